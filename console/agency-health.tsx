import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { relative, since } from '../ui/time.ts';
import { useSummary } from './data.ts';
import { useHealth } from './exchanges-data.ts';
import type { Figures, Health } from './exchanges-data.ts';

const share = (rate: number | null): string => (rate === null ? '–' : `${Math.floor(rate * 100)} %`);
const milliseconds = (value: number | null): string => (value === null ? '–' : String(value));

function Operations({ health, name }: { readonly health: Health; readonly name: string }): ReactNode {
  const { t } = useTranslation();
  const figure = (key: string, cell: (row: Figures) => ReactNode) => ({ key, title: t(`agencyHealth.${key}`), number: true, cell });
  return (
    <Table
      caption={t('agencyHealth.operationsOf', { name })}
      hideCaption
      rows={health.operations}
      rowKey={(row) => row.operationId}
      columns={[
        { key: 'operation', title: t('agencyHealth.operation'), cell: (row) => row.operationId },
        figure('calls', (row) => row.calls),
        figure('success', (row) => share(row.successRate)),
        figure('p50', (row) => milliseconds(row.p50Ms)),
        figure('p95', (row) => milliseconds(row.p95Ms)),
      ]}
    />
  );
}

function Agency({ health }: { readonly health: Health }): ReactNode {
  const { t, i18n } = useTranslation();
  const { gate, backlog, lastGoodAt } = health;
  const name = i18n.language === 'en' ? health.nameEn : health.name;
  return (
    <section className="card stack" aria-label={name}>
      <div className="row">
        <h2>{name}</h2>
        <Badge kind={gate.state === 'open' ? 'good' : 'bad'}>{t(`agencyHealth.gate.${gate.state}`)}</Badge>
        {gate.since && <span className="soft">{since(gate.since)}</span>}
      </div>
      <p>
        {t('agencyHealth.summary', { calls: health.calls, success: share(health.successRate), waiting: backlog.waiting })}{' '}
        {backlog.oldestSince && t('agencyHealth.oldest', { since: since(backlog.oldestSince) })}
      </p>
      <p className="soft">{lastGoodAt ? t('agencyHealth.lastGood', { when: relative(lastGoodAt) }) : t('agencyHealth.neverGood')}</p>
      {health.operations.length > 0 && <Operations health={health} name={name} />}
      <Link to={`/exchanges?agency=${encodeURIComponent(health.agencyId)}`}>
        {t('agencyHealth.records')}
        <span className="visually-hidden"> {name}</span>
      </Link>
    </section>
  );
}

/** `/agency-health`: how the agencies' systems did in the last 24 hours. */
export function AgencyHealthScreen(): ReactNode {
  const { t } = useTranslation();
  const summary = useSummary();
  const found = useHealth((summary.data?.agencies ?? []).map(({ agencyId }) => agencyId));
  const fault = summary.error ?? found.find(({ error }) => error)?.error;
  return (
    <div className="stack">
      <h1>{t('agencyHealth.title')}</h1>
      <p className="soft">{t('agencyHealth.what')}</p>
      {fault && <Notice kind="bad">{fault.message}</Notice>}
      {summary.isPending && <p className="soft">{t('ui:loading')}</p>}
      {found.flatMap(({ data }) => (data ? [<Agency key={data.agencyId} health={data} />] : []))}
    </div>
  );
}
