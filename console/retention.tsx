import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { TextArea } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Link } from 'react-router';
import { request } from '../ui/client.ts';
import type { SearchAnswer } from '../ui/client.ts';
import { live } from '../ui/events.ts';
import { dateTime, longDate } from '../ui/time.ts';
import { StateBadge } from './state-badge.tsx';
import { useAction } from './use-action.ts';

interface Archive {
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionName?: string;
  readonly processDefinitionVersion: number;
  readonly businessId: string | null;
  readonly state: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly archivedAt: string;
  readonly size: number;
  readonly sha256: string;
}
export interface Retention {
  /** of the outermost case */
  readonly processInstanceKey: string;
  readonly wholeUntil: string | null;
  readonly archivedUntil: string | null;
  readonly legalHold: { readonly placedAt: string; readonly placedBy: string | null; readonly reason: string | null } | null;
  readonly archive: Archive | null;
  readonly mayHold: boolean;
}

export function useRetention(key: string): UseQueryResult<Retention> {
  return useQuery({
    queryKey: [live(['processInstances'], key), 'retention', key],
    queryFn: () => request<Retention>(`/api/v1/cases/${key}/retention`),
    retry: false,
  });
}

function HoldDialog({ kept, onClose }: { readonly kept: Retention; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const what = kept.legalHold ? 'lift' : 'hold';
  const address = `/api/v1/cases/${kept.processInstanceKey}/${kept.legalHold ? 'legal-hold-lifting' : 'legal-hold'}`;
  const action = useAction(() => request(address, { method: 'POST', body: { reason: reason.trim() } }));
  const actions = (
    <>
      <Button onClick={onClose}>{t('retention.leave')}</Button>
      <Button
        kind="primary"
        busy={action.busy}
        disabled={!reason.trim()}
        onClick={() => void action.run().then((done) => done && onClose())}
      >
        {t(`retention.${what}Now`)}
      </Button>
    </>
  );
  return (
    <Dialog title={t(`retention.${what}Title`)} onClose={onClose} actions={actions}>
      <p>{t(`retention.${what}What`)}</p>
      <TextArea
        label={t('retention.reason')}
        hint={t('retention.reasonHint')}
        rows={3}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </Dialog>
  );
}

/** How long the case is kept, and who holds it. */
export function RetentionLine({ instanceKey, ended }: { readonly instanceKey: string; readonly ended: boolean }): ReactNode {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { data } = useRetention(instanceKey);
  if (!data) return null;
  const { wholeUntil, archivedUntil, legalHold, mayHold } = data;
  const until = wholeUntil === null ? t('retention.forEver') : t('retention.whole', { date: longDate(wholeUntil) });
  const then =
    wholeUntil === null
      ? ''
      : archivedUntil === null
        ? t('retention.archiveForEver')
        : t('retention.archive', { date: longDate(archivedUntil) });
  const hold = legalHold && (
    <Notice kind="warn" title={t('retention.held')}>
      {t('retention.heldSince', { at: dateTime(legalHold.placedAt), by: legalHold.placedBy ?? '–' })}
      {legalHold.reason && <> {legalHold.reason}</>}
    </Notice>
  );
  return (
    <div className="stack-small">
      {hold}
      <p className="soft row">
        {!legalHold && ended && <span>{`${until} ${then}`}</span>}
        {mayHold && (
          <Button small onClick={() => setAsking(true)}>
            {t(legalHold ? 'retention.lift' : 'retention.hold')}
          </Button>
        )}
      </p>
      {asking && <HoldDialog kept={data} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** Stands where the case stood: its time is over, its file is there. */
export function ArchivedCase({ kept, archive }: { readonly kept: Retention; readonly archive: Archive }): ReactNode {
  const { t } = useTranslation();
  const key = archive.processInstanceKey;
  return (
    <div className="stack">
      <div className="row">
        <h1>{archive.businessId ?? key}</h1>
        <StateBadge state={archive.state} trouble={false} />
      </div>
      <p className="soft">
        {archive.processDefinitionName ?? archive.processDefinitionId} ·{' '}
        {t('instance.version', { version: archive.processDefinitionVersion })} · {t('instance.ended', { at: dateTime(archive.endDate) })}
      </p>
      <Notice kind="info" title={t('retention.archivedTitle', { at: dateTime(archive.archivedAt) })}>
        {t('retention.archivedWhat')} {kept.archivedUntil && t('retention.goes', { date: longDate(kept.archivedUntil) })}
      </Notice>
      <p className="small soft">
        SHA-256 <span className="mono break">{archive.sha256}</span>
      </p>
      {kept.mayHold && (
        <p>
          <a href={`/api/v1/cases/${key}/archive`} download>
            {t('retention.download', { size: Math.ceil(archive.size / 1024) })}
          </a>
        </p>
      )}
      <RetentionLine instanceKey={key} ended={false} />
    </div>
  );
}

/** A case that is no longer in the list may be in the archive. */
export function AlsoArchived({ reference }: { readonly reference: string }): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['archived', reference],
    queryFn: () =>
      request<SearchAnswer<Archive>>('/api/v1/archives/search', {
        method: 'POST',
        body: { filter: { businessId: reference }, page: { limit: 10 } },
      }),
    enabled: reference !== '',
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Notice title={t('retention.alsoArchived')}>
      <ul>
        {data.items.map(({ processInstanceKey, processDefinitionName, processDefinitionId, endDate }) => (
          <li key={processInstanceKey}>
            <Link to={`/instances/${processInstanceKey}`}>{reference}</Link> · {processDefinitionName ?? processDefinitionId} ·{' '}
            {t('instance.ended', { at: dateTime(endDate) })}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
