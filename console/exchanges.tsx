import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { SelectField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime } from '../ui/time.ts';
import { useSummary } from './data.ts';
import { useExchanges } from './exchanges-data.ts';
import type { Exchange } from './exchanges-data.ts';

const outcomes = ['answered', 'business-error', 'contract-drift', 'failed', 'exchange-fault', 'not-sent'] as const;
const good: readonly string[] = ['answered', 'business-error'];

/** The filter lives in the address; `after` is the place in the list. */
function queryOf(params: URLSearchParams): string {
  const known = ['agency', 'outcome', 'after'].flatMap((name) => (params.get(name) ? [[name, params.get(name) ?? '']] : []));
  return new URLSearchParams(known).toString();
}

function Filters({
  params,
  onChange,
}: {
  readonly params: URLSearchParams;
  readonly onChange: (name: string, value: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const agencies = useSummary().data?.agencies ?? [];
  const all = ['', t('exchanges.all')] as const;
  return (
    <form className="c-filters card" onSubmit={(event) => event.preventDefault()} aria-label={t('exchanges.filters')}>
      <SelectField
        label={t('exchanges.agency')}
        value={params.get('agency') ?? ''}
        onChange={(event) => onChange('agency', event.target.value)}
        options={[all, ...agencies.map(({ agencyId, name }) => [agencyId, name] as const)]}
      />
      <SelectField
        label={t('exchanges.outcome')}
        value={params.get('outcome') ?? ''}
        onChange={(event) => onChange('outcome', event.target.value)}
        options={[all, ...outcomes.map((outcome) => [outcome, t(`exchanges.outcomes.${outcome}`)] as const)]}
      />
    </form>
  );
}

function Fields({ row }: { readonly row: Exchange }): ReactNode {
  const { t } = useTranslation();
  const [sent, received] = [row.sentFields ?? [], row.receivedFields ?? []];
  return (
    <details>
      <summary>{t('exchanges.fieldCount', { sent: sent.length, received: received.length })}</summary>
      <p className="small">
        <strong>{t('exchanges.sent')}</strong> {sent.join(', ') || '–'}
      </p>
      <p className="small">
        <strong>{t('exchanges.received')}</strong> {received.join(', ') || '–'}
      </p>
    </details>
  );
}

function Results({ rows }: { readonly rows: readonly Exchange[] }): ReactNode {
  const { t, i18n } = useTranslation();
  const named = (row: Exchange) => (i18n.language === 'en' ? row.agencyNameEn : row.agencyName) ?? row.agency;
  return (
    <Table
      caption={t('exchanges.title')}
      hideCaption
      rows={rows}
      rowKey={(row) => row.exchangeId}
      columns={[
        { key: 'at', title: t('exchanges.at'), cell: (row) => dateTime(row.at) },
        {
          key: 'agency',
          title: t('exchanges.agency'),
          cell: (row) => `${named(row)} · ${row.operationId}${row.kind ? ` (${t(`exchanges.kinds.${row.kind}`)})` : ''}`,
        },
        {
          key: 'case',
          title: t('exchanges.case'),
          cell: (row) =>
            row.processInstanceKey ? <Link to={`/instances/${row.processInstanceKey}`}>{row.processDefinitionId}</Link> : '–',
        },
        { key: 'purpose', title: t('exchanges.purpose'), cell: (row) => row.purpose ?? '–' },
        { key: 'fields', title: t('exchanges.fields'), cell: (row) => <Fields row={row} /> },
        {
          key: 'outcome',
          title: t('exchanges.outcome'),
          cell: (row) => (
            <Badge kind={good.includes(row.outcome) ? 'good' : 'bad'}>{t(`exchanges.outcomes.${row.outcome}`, row.outcome)}</Badge>
          ),
        },
        { key: 'duration', title: t('exchanges.duration'), number: true, cell: (row) => row.durationMs ?? '–' },
      ]}
    />
  );
}

/** `/exchanges`: which data went where and why. */
export function Exchanges(): ReactNode {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const { data, error } = useExchanges(queryOf(params));
  const change = (name: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    if (name !== 'after') next.delete('after');
    setParams(next);
  };
  const filter = new URLSearchParams(queryOf(params));
  filter.delete('after');
  const cursor = data?.page.endCursor;
  return (
    <div className="stack">
      <h1>{t('exchanges.title')}</h1>
      <p className="soft">{t('exchanges.what')}</p>
      <Filters params={params} onChange={change} />
      <p className="row">
        <a className="a-button a-button-small" href={`/api/v1/exchanges?format=csv&${filter}`} download>
          {t('exchanges.csv')}
        </a>
        <a className="a-button a-button-small" href={`/api/v1/register-of-processing?format=csv&${filter}`} download>
          {t('exchanges.register')}
        </a>
      </p>
      {error && <Notice kind="bad">{error.message}</Notice>}
      {data?.items.length === 0 && <EmptyState title={t('exchanges.none')} text={t('exchanges.noneWhy')} />}
      {data !== undefined && data.items.length > 0 && <Results rows={data.items} />}
      {data !== undefined && (
        <div className="row">
          {params.get('after') && (
            <Button small onClick={() => change('after', '')}>
              {t('exchanges.newest')}
            </Button>
          )}
          <Button small disabled={!cursor || data.items.length < 50} onClick={() => change('after', cursor ?? '')}>
            {t('exchanges.older')}
          </Button>
        </div>
      )}
    </div>
  );
}
