import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { Button } from '../ui/components/button.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime, relative } from '../ui/time.ts';
import { pageSize, useDefinitions, useInstances } from './data.ts';
import type { InstanceFilter } from './data.ts';
import { AlsoArchived } from './retention.tsx';
import { StateBadge } from './state-badge.tsx';

const states = ['ACTIVE', 'COMPLETED', 'TERMINATED'] as const;

/** The filter lives in the address, so that it survives opening an instance and can be sent to a colleague. */
function filterOf(params: URLSearchParams): InstanceFilter {
  const state = params.get('state');
  const process = params.get('process');
  const reference = params.get('reference');
  return {
    ...(state ? { state } : {}),
    ...(process ? { processDefinitionId: process } : {}),
    ...(params.get('incident') === 'yes' ? { hasIncident: true as const } : {}),
    ...(reference ? { businessId: reference } : {}),
  };
}

type Change = (name: string, value: string) => void;

function Filters({ params, onChange }: { readonly params: URLSearchParams; readonly onChange: Change }): ReactNode {
  const { t } = useTranslation();
  const definitions = useDefinitions().data ?? [];
  const all = ['', t('instances.all')] as const;
  return (
    <form className="c-filters card" onSubmit={(event) => event.preventDefault()} aria-label={t('instances.filters')}>
      <SelectField
        label={t('instances.state')}
        value={params.get('state') ?? ''}
        onChange={(event) => onChange('state', event.target.value)}
        options={[all, ...states.map((state) => [state, t(`state.${state}`)] as const)]}
      />
      <SelectField
        label={t('instances.process')}
        value={params.get('process') ?? ''}
        onChange={(event) => onChange('process', event.target.value)}
        options={[all, ...definitions.map((each) => [each.processDefinitionId, each.name ?? each.processDefinitionId] as const)]}
      />
      <SelectField
        label={t('instances.incident')}
        value={params.get('incident') ?? ''}
        onChange={(event) => onChange('incident', event.target.value)}
        options={[all, ['yes', t('instances.withIncident')]]}
      />
      <TextField
        label={t('instances.reference')}
        hint={t('instances.referenceHint')}
        key={params.get('reference') ?? ''}
        defaultValue={params.get('reference') ?? ''}
        onBlur={(event) => onChange('reference', event.target.value.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onChange('reference', event.currentTarget.value.trim());
        }}
      />
    </form>
  );
}

interface PagerProps {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}
function Pager({ page, total, onPage }: PagerProps): ReactNode {
  const { t } = useTranslation();
  const last = Math.max(0, Math.ceil(total / pageSize) - 1);
  return (
    <nav className="row" aria-label={t('instances.pages')}>
      <Button small disabled={page === 0} onClick={() => onPage(page - 1)}>
        {t('instances.newer')}
      </Button>
      <span role="status">{t('instances.page', { from: page * pageSize + 1, to: Math.min(total, (page + 1) * pageSize), total })}</span>
      <Button small disabled={page >= last} onClick={() => onPage(page + 1)}>
        {t('instances.older')}
      </Button>
    </nav>
  );
}

function Results({ params, onChange }: { readonly params: URLSearchParams; readonly onChange: Change }): ReactNode {
  const { t } = useTranslation();
  const page = Math.max(0, Number.parseInt(params.get('page') ?? '1', 10) - 1 || 0);
  const { data, error } = useInstances(filterOf(params), page);
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!data) return <p className="soft">{t('ui:loading')}</p>;
  if (data.items.length === 0)
    return (
      <>
        <EmptyState title={t('instances.none')} text={t('instances.noneWhy')} />
        <AlsoArchived reference={params.get('reference') ?? ''} />
      </>
    );
  return (
    <>
      <Table
        caption={t('instances.title')}
        hideCaption
        rows={data.items}
        rowKey={(row) => row.processInstanceKey}
        columns={[
          {
            key: 'reference',
            title: t('instances.reference'),
            cell: (row) => <Link to={`/instances/${row.processInstanceKey}`}>{row.businessId || row.processInstanceKey}</Link>,
          },
          {
            key: 'process',
            title: t('instances.process'),
            cell: (row) => `${row.processDefinitionName ?? row.processDefinitionId} · v${row.processDefinitionVersion}`,
          },
          { key: 'state', title: t('instances.state'), cell: (row) => <StateBadge state={row.state} trouble={row.hasIncident} /> },
          { key: 'start', title: t('instances.started'), cell: (row) => dateTime(row.startDate) },
          { key: 'updated', title: t('instances.updated'), cell: (row) => (row.lastUpdated ? relative(row.lastUpdated) : '–') },
        ]}
      />
      <Pager page={page} total={data.page.totalItems} onPage={(next) => onChange('page', String(next + 1))} />
    </>
  );
}

/** `/instances`: all cases that match. */
export function Instances(): ReactNode {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const change: Change = (name, value) => {
    if ((params.get(name) ?? '') === value) return;
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    if (name !== 'page') next.delete('page');
    setParams(next);
  };
  return (
    <div className="stack">
      <h1>{t('instances.title')}</h1>
      <Filters params={params} onChange={change} />
      <Results params={params} onChange={change} />
    </div>
  );
}
