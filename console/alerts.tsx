import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import { request } from '../ui/client.ts';
import { inLanguage } from '../ui/i18n.ts';
import { useSession } from '../ui/session.tsx';
import { dateTime, since } from '../ui/time.ts';
import { AlertSettings } from './alert-settings.tsx';
import { useAlerts } from './alerts-data.ts';
import type { Alert } from './alerts-data.ts';
import { useAction } from './use-action.ts';

const isMoment = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
const nameOf = ({ agencyName, agencyNameEn }: Alert): string => inLanguage(agencyName ?? '–', agencyNameEn ?? agencyName ?? '–');

/** The sentence about it, in the reader's language and time. */
function useSentence(): (alert: Alert) => string {
  const { t } = useTranslation();
  return (alert) => {
    const values = Object.entries(alert.values).map(([name, value]) => [name, isMoment(value) ? dateTime(value) : (value ?? '–')] as const);
    return t(`alerts.says.${alert.kind}`, { agency: nameOf(alert), ...Object.fromEntries(values), defaultValue: alert.kind });
  };
}

const HOURS = [1, 8, 24, 72, 168] as const;

function MuteDialog({ alert, onClose }: { readonly alert: Alert; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const sentence = useSentence();
  const [hours, setHours] = useState('8');
  const [reason, setReason] = useState('');
  const action = useAction(() => {
    const until = new Date(Date.now() + Number(hours) * 3_600_000).toISOString();
    return request('/api/v1/alerts/mute', { method: 'POST', body: { alertId: alert.alertId, until, reason: reason.trim() } });
  });
  const run = async (): Promise<void> => {
    if (await action.run()) onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('ui:cancel')}</Button>
      <Button kind="primary" busy={action.busy} disabled={reason.trim().length < 3} onClick={() => void run()}>
        {t('alerts.mute')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('alerts.muteTitle')} onClose={onClose} actions={actions}>
      <p>{sentence(alert)}</p>
      <SelectField
        label={t('alerts.muteFor')}
        value={hours}
        onChange={(event) => setHours(event.target.value)}
        options={HOURS.map((count) => [String(count), t('alerts.hours', { count })] as const)}
      />
      <TextField label={t('alerts.muteWhy')} value={reason} onChange={(event) => setReason(event.target.value)} />
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </Dialog>
  );
}

/** Who has it in hand, who is not told of it, and whether telling somebody failed. */
function Standing({ alert }: { readonly alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const { acknowledgedBy, muted, escalatedAt, failure, notifiedAt } = alert;
  return (
    <ul className="c-plain soft small">
      {acknowledgedBy && <li>{t('alerts.takenBy', { name: acknowledgedBy })}</li>}
      {muted && <li>{t('alerts.mutedUntil', { when: dateTime(muted.until), name: muted.by, reason: muted.reason ?? '–' })}</li>}
      {escalatedAt ? (
        <li>{t('alerts.escalated', { when: dateTime(escalatedAt) })}</li>
      ) : (
        notifiedAt && <li>{t('alerts.told', { when: dateTime(notifiedAt) })}</li>
      )}
      {failure && <li className="c-long">{t('alerts.failed', { why: failure })}</li>}
    </ul>
  );
}

function Acts({ alert }: { readonly alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const sentence = useSentence();
  const [muting, setMuting] = useState(false);
  const about = <span className="visually-hidden"> {sentence(alert)}</span>;
  const { alertId } = alert;
  const take = useAction(() => request('/api/v1/alerts/acknowledgement', { method: 'POST', body: { alertId } }));
  const unmute = useAction(() => request('/api/v1/alerts/mute', { method: 'POST', body: { alertId, until: null } }));
  return (
    <div className="row">
      {!alert.acknowledgedBy && (
        <Button small kind="primary" busy={take.busy} onClick={() => void take.run()}>
          {t('alerts.take')}
          {about}
        </Button>
      )}
      <Button small busy={unmute.busy} onClick={() => (alert.muted ? void unmute.run() : setMuting(true))}>
        {t(alert.muted ? 'alerts.unmute' : 'alerts.muteOpen')}
        {about}
      </Button>
      {(take.fault ?? unmute.fault) && <span className="a-error">{take.fault ?? unmute.fault}</span>}
      {muting && <MuteDialog alert={alert} onClose={() => setMuting(false)} />}
    </div>
  );
}

function List({ state, mayAct }: { readonly state: 'open' | 'resolved'; readonly mayAct: boolean }): ReactNode {
  const { t } = useTranslation();
  const sentence = useSentence();
  const { data, error } = useAlerts(state);
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!data) return <p className="soft">{t('ui:loading')}</p>;
  if (data.items.length === 0) return <EmptyState title={t(`alerts.none.${state}`)} text={t('alerts.noneWhy')} />;
  return (
    <ul className="c-groups">
      {data.items.map((alert) => (
        <li key={alert.alertId} className={`card ${state === 'open' ? 'c-group' : ''}`}>
          <div className="stack-small">
            <div className="row">
              <Badge kind={state === 'resolved' ? 'good' : alert.severity}>{t(`alerts.kinds.${alert.kind}`, alert.kind)}</Badge>
              <span className="soft">
                {state === 'resolved' && alert.resolvedAt ? t('alerts.over', { when: dateTime(alert.resolvedAt) }) : since(alert.since)}
              </span>
            </div>
            <p className="c-long">{sentence(alert)}</p>
            <Standing alert={alert} />
          </div>
          {state === 'open' && mayAct && <Acts alert={alert} />}
        </li>
      ))}
    </ul>
  );
}

/** `/alerts`: what is the matter, in whose hands it is, and who is told. */
export function AlertsScreen(): ReactNode {
  const { t } = useTranslation();
  const { user } = useSession();
  const [tab, setTab] = useState('open');
  const mayAct = user?.roles.some((role) => role === 'operator' || role === 'admin') ?? false;
  const tabs = ['open', 'resolved', ...(mayAct ? ['settings'] : [])];
  return (
    <div className="stack">
      <h1>{t('alerts.title')}</h1>
      <Tabs label={t('alerts.title')} tabs={tabs.map((id) => ({ id, title: t(`alerts.tabs.${id}`) }))} selected={tab} onSelect={setTab}>
        {tab === 'settings' ? (
          <AlertSettings owner={user?.agency ?? 'kota'} />
        ) : (
          <List state={tab as 'open' | 'resolved'} mayAct={mayAct} />
        )}
      </Tabs>
    </div>
  );
}
