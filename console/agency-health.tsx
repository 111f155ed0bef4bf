import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime, relative, since } from '../ui/time.ts';
import { GateActs, GateBadge, GateStory } from './agency-gate.tsx';
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

/** What its connection allows and how much of it is left; when the credential ends. */
function Bears({ health }: { readonly health: Health }): ReactNode {
  const { t } = useTranslation();
  const { limits, quota, credential } = health;
  const allows = (['concurrency', 'callsPerMinute', 'callsPerDay'] as const).flatMap((name) =>
    limits[name] === undefined ? [] : [t(`agencyHealth.limit.${name}`, { count: limits[name] })],
  );
  const ends = credential?.expiresAt;
  return (
    <>
      {allows.length > 0 && (
        <p className="soft">
          {t('agencyHealth.limits')} {allows.join(', ')}. {quota && t('agencyHealth.quota', { left: quota.left, all: quota.callsPerDay })}
        </p>
      )}
      {credential && ends && (
        <p className={credential.expiry === 'fine' ? 'soft' : undefined}>
          {credential.expiry !== 'fine' && (
            <Badge kind={credential.expiry === 'expired' ? 'bad' : 'warn'}>{t(`register.expiry.${credential.expiry}`)}</Badge>
          )}{' '}
          {t(`agencyHealth.credential.${credential.expiry}`, { when: dateTime(ends) })}
        </p>
      )}
    </>
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
        <GateBadge gate={gate} />
        {health.environment === 'sandbox' && <Badge kind="warn">{t('agencyHealth.sandbox')}</Badge>}
      </div>
      <GateStory gate={gate} />
      <p>
        {t('agencyHealth.summary', {
          calls: health.calls,
          success: share(health.successRate),
          waiting: backlog.waiting,
          held: backlog.held,
        })}{' '}
        {backlog.oldestSince && t('agencyHealth.oldest', { since: since(backlog.oldestSince) })}
      </p>
      <p className="soft">{lastGoodAt ? t('agencyHealth.lastGood', { when: relative(lastGoodAt) }) : t('agencyHealth.neverGood')}</p>
      <Bears health={health} />
      {health.operations.length > 0 && <Operations health={health} name={name} />}
      <GateActs health={health} name={name} />
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
      {found
        .flatMap(({ data }) => data ?? [])
        .toSorted((left, right) => Number(left.gate.state === 'open') - Number(right.gate.state === 'open'))
        .map((health) => (
          <Agency key={health.agencyId} health={health} />
        ))}
    </div>
  );
}
