import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime, relative } from '../ui/time.ts';
import { retryIncident } from './data.ts';
import type { ElementInstance, Incident, Job, Variable } from './data.ts';
import { StateBadge } from './state-badge.tsx';
import { useAction } from './use-action.ts';

type NameOf = (elementId: string) => string;
const only = <Item extends { readonly elementId: string }>(items: readonly Item[], id: string | undefined): readonly Item[] =>
  id ? items.filter((item) => item.elementId === id) : items;

function Loading(): ReactNode {
  const { t } = useTranslation();
  return <p className="soft">{t('ui:loading')}</p>;
}

function IncidentCard({ incident, nameOf }: { readonly incident: Incident; readonly nameOf: NameOf }): ReactNode {
  const { t } = useTranslation();
  const action = useAction(() => retryIncident(incident.incidentKey));
  return (
    <li className="card c-group">
      <div className="stack-small">
        <div className="row">
          <Badge kind={incident.state === 'ACTIVE' ? 'bad' : 'good'}>
            {t(incident.state === 'ACTIVE' ? 'incident.open' : 'incident.resolved')}
          </Badge>
          <strong>{nameOf(incident.elementId)}</strong>
          <span className="soft small">{relative(incident.creationTime)}</span>
        </div>
        <p>{t(`errorType.${incident.errorType}`, incident.errorType)}</p>
        <p className="mono">{incident.errorMessage}</p>
        {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      </div>
      {incident.state === 'ACTIVE' && (
        <Button kind="primary" busy={action.busy} onClick={() => void action.run()}>
          {t('incident.retry')}
          <span className="visually-hidden"> {nameOf(incident.elementId)}</span>
        </Button>
      )}
    </li>
  );
}

export function IncidentsTab({
  incidents,
  only: id,
  nameOf,
}: {
  readonly incidents: readonly Incident[] | undefined;
  readonly only: string | undefined;
  readonly nameOf: NameOf;
}): ReactNode {
  const { t } = useTranslation();
  if (!incidents) return <Loading />;
  const shown = only(incidents, id);
  if (shown.length === 0) return <EmptyState title={t('incident.none')} text={t('incident.noneWhy')} />;
  const openFirst = [...shown].sort((a, b) => Number(b.state === 'ACTIVE') - Number(a.state === 'ACTIVE'));
  return (
    <ul className="c-groups">
      {openFirst.map((incident) => (
        <IncidentCard key={incident.incidentKey} incident={incident} nameOf={nameOf} />
      ))}
    </ul>
  );
}

export function ElementsTab({
  elements,
  only: id,
}: {
  readonly elements: readonly ElementInstance[] | undefined;
  readonly only: string | undefined;
}): ReactNode {
  const { t } = useTranslation();
  if (!elements) return <Loading />;
  return (
    <Table
      caption={t('tabs.elements')}
      hideCaption
      rows={only(elements, id)}
      rowKey={(row) => row.elementInstanceKey}
      columns={[
        { key: 'name', title: t('element.name'), cell: (row) => row.elementName || row.elementId },
        {
          key: 'type',
          title: t('element.type'),
          cell: (row) => <span className="soft small">{t(`elementType.${row.type}`, row.type)}</span>,
        },
        { key: 'state', title: t('instances.state'), cell: (row) => <StateBadge state={row.state} trouble={row.hasIncident} /> },
        { key: 'start', title: t('element.start'), cell: (row) => dateTime(row.startDate) },
        { key: 'end', title: t('element.end'), cell: (row) => (row.endDate ? dateTime(row.endDate) : '–') },
      ]}
    />
  );
}

function readable(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? JSON.stringify(parsed, null, 2) : value;
  } catch {
    return value;
  }
}

export interface VariablesTabProps {
  readonly variables: readonly Variable[] | undefined;
  readonly elements: readonly ElementInstance[] | undefined;
  /** key of the instance: variables of this scope belong to the whole case */
  readonly root: string;
}
export function VariablesTab({ variables, elements, root }: VariablesTabProps): ReactNode {
  const { t } = useTranslation();
  if (!variables) return <Loading />;
  if (variables.length === 0) return <EmptyState title={t('variable.none')} text={t('variable.noneWhy')} />;
  const scope = (key: string): string => {
    const element = elements?.find((each) => each.elementInstanceKey === key);
    return key === root || !element ? t('variable.case') : element.elementName || element.elementId;
  };
  return (
    <Table
      caption={t('tabs.variables')}
      hideCaption
      rows={variables}
      rowKey={(row) => row.variableKey}
      columns={[
        { key: 'name', title: t('variable.name'), cell: (row) => <span className="mono">{row.name}</span> },
        { key: 'value', title: t('variable.value'), cell: (row) => <pre className="c-value">{readable(row.value)}</pre> },
        { key: 'scope', title: t('variable.scope'), cell: (row) => scope(row.scopeKey) },
      ]}
    />
  );
}

export function JobsTab({
  jobs,
  only: id,
  nameOf,
}: {
  readonly jobs: readonly Job[] | undefined;
  readonly only: string | undefined;
  readonly nameOf: NameOf;
}): ReactNode {
  const { t } = useTranslation();
  if (!jobs) return <Loading />;
  const shown = only(jobs, id);
  if (shown.length === 0) return <EmptyState title={t('job.none')} text={t('job.noneWhy')} />;
  return (
    <Table
      caption={t('tabs.jobs')}
      hideCaption
      rows={shown}
      rowKey={(row) => row.jobKey}
      columns={[
        { key: 'element', title: t('element.name'), cell: (row) => nameOf(row.elementId) },
        { key: 'type', title: t('job.type'), cell: (row) => <span className="mono">{row.type}</span> },
        { key: 'state', title: t('instances.state'), cell: (row) => <StateBadge state={row.state} /> },
        { key: 'retries', title: t('job.retries'), number: true, cell: (row) => row.retries },
        { key: 'error', title: t('job.error'), cell: (row) => row.errorMessage || '–' },
      ]}
    />
  );
}
