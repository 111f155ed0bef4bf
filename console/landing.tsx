import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { relative, since } from '../ui/time.ts';
import { retryIncident, setFault, useSandbox, useSummary } from './data.ts';
import { GateBadge } from './agency-gate.tsx';
import type { AgencyHealth, Fault, IncidentGroup, Sandbox, Summary } from './data.ts';
import { useAction } from './use-action.ts';

function RetryGroup({ group, onClose }: { readonly group: IncidentGroup; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [done, setDone] = useState(0);
  const action = useAction(async () => {
    for (const key of group.incidentKeys) {
      await retryIncident(key);
      setDone((before) => before + 1);
    }
  });
  const actions = (
    <>
      <Button onClick={onClose}>{t(action.done ? 'ui:close' : 'ui:cancel')}</Button>
      {!action.done && (
        <Button kind="primary" busy={action.busy} onClick={() => void action.run()}>
          {t('incidents.retryAll', { count: group.incidentKeys.length })}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={t('incidents.retryTitle')} onClose={onClose} actions={actions}>
      <p>{t('incidents.retryWhat', { count: group.incidentKeys.length, step: group.elementName ?? group.elementId })}</p>
      {(action.busy || done > 0) && (
        <div>
          <progress max={group.incidentKeys.length} value={done} aria-label={t('incidents.retryTitle')} />
          <p role="status">{t('incidents.retried', { done, all: group.incidentKeys.length })}</p>
        </div>
      )}
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
    </Dialog>
  );
}

function Incidents({ groups }: { readonly groups: readonly IncidentGroup[] }): ReactNode {
  const { t } = useTranslation();
  const [retrying, setRetrying] = useState<IncidentGroup>();
  if (groups.length === 0) return <EmptyState title={t('incidents.none')} text={t('incidents.noneWhy')} />;
  return (
    <>
      <ul className="c-groups">
        {groups.map((group) => (
          <li key={`${group.processDefinitionId} ${group.elementId} ${group.errorType} ${group.errorMessage}`} className="card c-group">
            <div className="stack-small">
              <div className="row">
                <Badge kind="bad">{t('incidents.count', { count: group.count })}</Badge>
                <strong>{group.elementName ?? group.elementId}</strong>
                <span className="soft">{group.processName ?? group.processDefinitionId}</span>
                {group.agency && <span className="soft">· {group.agency}</span>}
              </div>
              <p>
                {t(`errorType.${group.errorType}`, group.errorType)} <span className="soft">{group.errorMessage}</span>
              </p>
              <p className="soft small">{t('incidents.seen', { first: relative(group.firstAt), last: relative(group.lastAt) })}</p>
            </div>
            <div className="row">
              <Link
                className="a-button a-button-small"
                to={`/instances?incident=yes&process=${encodeURIComponent(group.processDefinitionId)}`}
              >
                {t('incidents.show')}
              </Link>
              <Button small kind="primary" onClick={() => setRetrying(group)}>
                {t('incidents.retry')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {retrying && <RetryGroup group={retrying} onClose={() => setRetrying(undefined)} />}
    </>
  );
}

function Queues({ queues }: { readonly queues: Summary['queues'] }): ReactNode {
  const { t } = useTranslation();
  if (queues.entries.length === 0) return <EmptyState title={t('queues.none')} text={t('queues.noneWhy')} />;
  const number = (key: 'waiting' | 'active' | 'delayed' | 'failed') => ({
    key,
    title: t(`queues.${key}`),
    number: true,
    cell: (row: Summary['queues']['entries'][number]) => row[key],
  });
  return (
    <Table
      caption={t('queues.title', { kind: t(`queues.kind.${queues.kind}`, queues.kind) })}
      rows={queues.entries}
      rowKey={(row) => row.queue}
      columns={[
        { key: 'queue', title: t('queues.queue'), cell: (row) => row.queue },
        number('waiting'),
        number('active'),
        number('delayed'),
        number('failed'),
      ]}
    />
  );
}

/** What keeps its calls back; else whether those that go out end well. */
function AgencyState({ row }: { readonly row: AgencyHealth }): ReactNode {
  const { t } = useTranslation();
  if (row.gate.state === 'open')
    return <Badge kind={row.failing ? 'bad' : 'good'}>{t(row.failing ? 'agencies.failing' : 'agencies.well')}</Badge>;
  return (
    <>
      <GateBadge gate={row.gate} /> <span className="soft">{row.gate.since && since(row.gate.since)}</span>
    </>
  );
}

function Agencies({ agencies }: { readonly agencies: Summary['agencies'] }): ReactNode {
  const { t } = useTranslation();
  if (agencies.length === 0) return null;
  return (
    <Table
      caption={t('agencies.title')}
      rows={agencies}
      rowKey={(row) => row.agencyId}
      columns={[
        { key: 'name', title: t('agencies.agency'), cell: (row) => row.name },
        {
          key: 'state',
          title: t('agencies.state'),
          cell: (row) => <AgencyState row={row} />,
        },
        { key: 'jobs', title: t('agencies.waiting'), number: true, cell: (row) => row.waitingJobs },
        { key: 'oldest', title: t('agencies.oldest'), cell: (row) => (row.oldestSince ? since(row.oldestSince) : '–') },
      ]}
    />
  );
}

const faults: readonly Fault[] = ['none', 'slow', 'down', 'wrong-body'];

function FaultSwitch({ sandbox }: { readonly sandbox: Sandbox }): ReactNode {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<Fault>();
  const action = useAction(() => setFault(sandbox.agencyId, wanted ?? sandbox.fault));
  const name = sandbox.name ?? sandbox.agencyId;
  return (
    <div className="row">
      <select
        className="a-input c-fault"
        aria-label={t('sandbox.faultOf', { name })}
        value={wanted ?? sandbox.fault}
        onChange={(event) => setWanted(event.target.value as Fault)}
      >
        {faults.map((fault) => (
          <option key={fault} value={fault}>
            {t(`sandbox.fault.${fault}`)}
          </option>
        ))}
      </select>
      <Button small busy={action.busy} disabled={wanted === undefined || wanted === sandbox.fault} onClick={() => void action.run()}>
        {t('sandbox.apply')}
        <span className="visually-hidden"> {name}</span>
      </Button>
      {action.fault && <span className="a-error">{action.fault}</span>}
    </div>
  );
}

function Sandboxes(): ReactNode {
  const { t } = useTranslation();
  const { data } = useSandbox();
  if (!data?.length) return null;
  return (
    <section className="stack">
      <h2>{t('sandbox.title')}</h2>
      <p className="soft">{t('sandbox.what')}</p>
      <Table
        caption={t('sandbox.title')}
        hideCaption
        rows={data}
        rowKey={(row) => row.agencyId}
        columns={[
          { key: 'name', title: t('agencies.agency'), cell: (row) => row.name ?? row.agencyId },
          { key: 'fault', title: t('sandbox.behaves'), cell: (row) => <FaultSwitch sandbox={row} /> },
        ]}
      />
    </section>
  );
}

const tiles = [
  ['active', '/instances?state=ACTIVE'],
  ['withIncident', '/instances?incident=yes'],
  ['completed', '/instances?state=COMPLETED'],
  ['terminated', '/instances?state=TERMINATED'],
] as const;

/** `/`: what is broken now, first; then queues, agencies, sandboxes. */
export function Landing(): ReactNode {
  const { t } = useTranslation();
  const { data, error } = useSummary();
  return (
    <div className="stack-large">
      <h1>{t('landing.title')}</h1>
      {error && <Notice kind="bad">{error.message}</Notice>}
      {!data && !error && <p className="soft">{t('ui:loading')}</p>}
      {data && (
        <>
          <section className="stack">
            <h2>{t('incidents.title')}</h2>
            <Incidents groups={data.incidents} />
          </section>
          <nav aria-label={t('landing.counts')}>
            <ul className="c-tiles">
              {tiles.map(([key, href]) => (
                <li key={key}>
                  <Link to={href} className="card">
                    <span className="c-number">{data.instances[key]}</span>
                    <span>{t(`landing.${key}`)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <div className="c-columns">
            <Queues queues={data.queues} />
            <Agencies agencies={data.agencies} />
          </div>
        </>
      )}
      <Sandboxes />
    </div>
  );
}
