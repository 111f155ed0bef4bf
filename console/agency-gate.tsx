import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { request } from '../ui/client.ts';
import { useSession } from '../ui/session.tsx';
import { dateTime, relative, since } from '../ui/time.ts';
import { addressOf } from './agencies-data.ts';
import type { Gate, Health } from './exchanges-data.ts';
import { useAction } from './use-action.ts';

const kinds = { open: 'good', ramping: 'warn', maintenance: 'warn', held: 'bad', broken: 'bad', probing: 'bad' } as const;

export function GateBadge({ gate }: { readonly gate: Gate }): ReactNode {
  const { t } = useTranslation();
  return <Badge kind={kinds[gate.state]}>{t(`agencyHealth.gate.${gate.state}`)}</Badge>;
}

/** Why nothing goes out, since when, and what happens next. */
export function GateStory({ gate }: { readonly gate: Gate }): ReactNode {
  const { t } = useTranslation();
  if (gate.state === 'open') return null;
  return (
    <div className="stack-small">
      <p>
        {t(`agencyHealth.story.${gate.state}`, { by: gate.by ?? '–' })} {gate.since && `${dateTime(gate.since)} (${since(gate.since)}).`}{' '}
        {gate.until && t('agencyHealth.until', { when: dateTime(gate.until) })}{' '}
        {gate.nextTryAt && t('agencyHealth.nextTry', { when: relative(gate.nextTryAt) })}
      </p>
      {gate.reason && <p className="c-long">{t('agencyHealth.reason', { reason: gate.reason })}</p>}
      {gate.failure && <p className="soft small c-long">{gate.failure}</p>}
    </div>
  );
}

type Act = 'hold' | 'release';

function ActDialog({
  act,
  agencyId,
  name,
  onClose,
}: {
  readonly act: Act;
  readonly agencyId: string;
  readonly name: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [perSecond, setPerSecond] = useState('5');
  const action = useAction(() =>
    request(addressOf(agencyId, `/${act}`), {
      method: 'POST',
      body: { reason: reason.trim(), ...(act === 'release' ? { perSecond: Number(perSecond) } : {}) },
    }),
  );
  const run = async (): Promise<void> => {
    if (await action.run()) onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('ui:cancel')}</Button>
      <Button
        kind={act === 'hold' ? 'danger' : 'primary'}
        busy={action.busy}
        disabled={reason.trim().length < 3 || !(Number(perSecond) > 0)}
        onClick={() => void run()}
      >
        {t(`agencyHealth.acts.${act}`)}
      </Button>
    </>
  );
  return (
    <Dialog title={t(`agencyHealth.actTitle.${act}`, { name })} onClose={onClose} actions={actions}>
      <p>{t(`agencyHealth.actWhat.${act}`)}</p>
      <TextField label={t('agencyHealth.why')} value={reason} onChange={(event) => setReason(event.target.value)} />
      {act === 'release' && (
        <TextField
          label={t('agencyHealth.perSecond')}
          hint={t('agencyHealth.perSecondHint')}
          inputMode="decimal"
          value={perSecond}
          onChange={(event) => setPerSecond(event.target.value)}
        />
      )}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </Dialog>
  );
}

/** Hold and release, for operators of the agency and of the city. */
export function GateActs({ health, name }: { readonly health: Health; readonly name: string }): ReactNode {
  const { t } = useTranslation();
  const { user } = useSession();
  const [act, setAct] = useState<Act>();
  const { agencyId, gate } = health;
  const mayAct = user?.roles.some((role) => role === 'operator' || role === 'admin') && ['kota', agencyId].includes(user.agency ?? '');
  if (!mayAct) return null;
  const mayRelease = gate.state === 'held' || gate.state === 'broken' || gate.state === 'probing';
  return (
    <div className="row">
      {gate.state !== 'held' && (
        <Button small onClick={() => setAct('hold')}>
          {t('agencyHealth.acts.hold')}…<span className="visually-hidden"> {name}</span>
        </Button>
      )}
      {mayRelease && (
        <Button small kind="primary" onClick={() => setAct('release')}>
          {t('agencyHealth.acts.release')}…<span className="visually-hidden"> {name}</span>
        </Button>
      )}
      {act && <ActDialog act={act} agencyId={agencyId} name={name} onClose={() => setAct(undefined)} />}
    </div>
  );
}
