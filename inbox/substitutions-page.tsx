import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { actFor } from '../ui/acting.ts';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Page } from '../ui/components/page.tsx';
import { Table } from '../ui/components/table.tsx';
import { SessionGate } from '../ui/session.tsx';
import type { User } from '../ui/session.tsx';
import { dateTime } from '../ui/time.ts';
import { SubstitutionForm } from './substitution-form.tsx';
import { isNow, useColleagues, useSubstitutionChanges, useSubstitutions } from './substitutions.ts';
import type { Substitution } from './substitutions.ts';

/** `/inbox/substitutions`: who stands in for whom, for everybody on the staff. */
export function SubstitutionsPage(): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <Page app="inbox" title={t('away.title')}>
      <SessionGate asOneself>{(user) => <Substitutions user={user} />}</SessionGate>
    </Page>
  );
}

function Substitutions({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation('inbox');
  const found = useSubstitutions();
  const people = useColleagues();
  const error = found.error ?? people.error;
  if (user.realm !== 'staff') return <Notice kind="warn">{t('away.staffOnly')}</Notice>;
  const all = found.data?.items ?? [];
  return (
    <div className="stack">
      <h1>{t('away.title')}</h1>
      <p className="soft">{t('away.what')}</p>
      {error && <Notice kind="bad">{error.message}</Notice>}
      <Mine rows={all.filter(({ substitute }) => substitute === user.username)} user={user} />
      <Others rows={all.filter(({ substitute }) => substitute !== user.username)} />
      {people.data && <SubstitutionForm user={user} colleagues={people.data.items} />}
    </div>
  );
}

function Times({ row }: { readonly row: Substitution }): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <>
      {t('away.times', { from: dateTime(row.from), until: dateTime(row.until) })} {isNow(row) && <Badge kind="good">{t('away.now')}</Badge>}
    </>
  );
}

function useColumns() {
  const { t } = useTranslation('inbox');
  const roles = (row: Substitution): string => row.roles.map((role) => t(`ui:acting.role.${role}`)).join(', ');
  return {
    absent: { key: 'absent', title: t('away.absent'), cell: (row: Substitution) => <strong>{row.absentName}</strong> },
    substitute: { key: 'substitute', title: t('away.substitute'), cell: (row: Substitution) => row.substituteName },
    roles: { key: 'roles', title: t('away.roles'), cell: roles },
    times: { key: 'times', title: t('away.when'), cell: (row: Substitution) => <Times row={row} /> },
    reason: { key: 'reason', title: t('away.reason'), cell: (row: Substitution) => row.reason ?? '–' },
  };
}

/** For whom one may work, and the way into it. */
function Mine({ rows, user }: { readonly rows: readonly Substitution[]; readonly user: User }): ReactNode {
  const { t } = useTranslation('inbox');
  const columns = useColumns();
  const begin = ({ substitutionId, absent, absentName, roles, until }: Substitution): void =>
    actFor({ substitutionId, by: user.username, absent, absentName, roles, until }, '/inbox/');
  const act = (row: Substitution): ReactNode =>
    isNow(row) ? (
      <Button small kind="primary" onClick={() => begin(row)}>
        {t('away.act', { name: row.absentName })}
      </Button>
    ) : (
      <span className="soft">{t('away.later')}</span>
    );
  if (rows.length === 0) return <p>{t('away.nobody')}</p>;
  return (
    <Table
      caption={t('away.mine')}
      columns={[columns.absent, columns.roles, columns.times, columns.reason, { key: 'act', title: t('away.do'), cell: act }]}
      rows={rows}
      rowKey={({ substitutionId }) => substitutionId}
    />
  );
}

/** Who stands in for oneself, and for the unit that one leads. */
function Others({ rows }: { readonly rows: readonly Substitution[] }): ReactNode {
  const { t } = useTranslation('inbox');
  const { end } = useSubstitutionChanges();
  const [fault, setFault] = useState<string>();
  const columns = useColumns();
  const finish = (row: Substitution): void =>
    void end(row).then(
      () => setFault(undefined),
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error)),
    );
  const act = (row: Substitution): ReactNode => (
    <Button small onClick={() => finish(row)}>
      {t('away.end', { name: row.substituteName })}
    </Button>
  );
  if (rows.length === 0) return null;
  return (
    <>
      {fault && <Notice kind="bad">{fault}</Notice>}
      <Table
        caption={t('away.others')}
        columns={[columns.absent, columns.substitute, columns.roles, columns.times, columns.reason, { key: 'act', title: t('away.do'), cell: act }]}
        rows={rows}
        rowKey={({ substitutionId }) => substitutionId}
      />
    </>
  ); // prettier-ignore
}
