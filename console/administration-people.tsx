/** Accounts of the staff: made with a password that is told once, changed, disabled, given another password. */
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import type { Role, User } from '../ui/session.tsx';
import { dateTime } from '../ui/time.ts';
import { ChangeAccount, KEYS } from './administration-account.tsx';
import type { Told } from './administration-account.tsx';
import { roles, useAccounts, useAgencyOptions } from './administration-data.ts';
import type { Account } from './administration-data.ts';
import { AgencyCell, RoleBadges, RoleBoxes, ToldOnce } from './administration-parts.tsx';
import { useSending } from './agencies-data.ts';
import { Refused } from './refused.tsx';

export function People({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending } = useAccounts();
  const [wanted, setWanted] = useState('');
  const [told, setTold] = useState<Told>();
  const [changing, setChanging] = useState<Account>();
  const fits = (row: Account): boolean => `${row.name} ${row.username} ${row.email ?? ''}`.toLowerCase().includes(wanted.toLowerCase());
  return (
    <div className="stack">
      <p className="soft">{t('administration.peopleWhat')}</p>
      {told && (
        <ToldOnce
          title={t('administration.passwordFor', { name: told.username })}
          lines={[told.username, told.password]}
          onGone={() => setTold(undefined)}
        />
      )}
      {error && <Notice kind="bad">{error.message}</Notice>}
      {isPending && <p className="soft">{t('ui:loading')}</p>}
      <TextField label={t('administration.search')} type="search" value={wanted} onChange={(event) => setWanted(event.target.value)} />
      {data && (
        <Table
          caption={t('administration.people')}
          hideCaption
          rows={data.items.filter(fits)}
          rowKey={(row) => row.username}
          columns={[
            { key: 'name', title: t('administration.name'), cell: (row) => <Named row={row} /> },
            { key: 'agency', title: t('administration.agency'), cell: (row) => <AgencyCell row={row} /> },
            { key: 'roles', title: t('administration.roles'), cell: (row) => <RoleBadges roles={row.roles} /> },
            { key: 'seen', title: t('administration.lastSignIn'), cell: (row) => (row.lastSignIn ? dateTime(row.lastSignIn) : '–') },
            {
              key: 'change',
              title: t('administration.change'),
              cell: (row) => (
                <Button small onClick={() => setChanging(row)}>
                  {t('administration.change')}
                  <span className="visually-hidden"> {row.name}</span>
                </Button>
              ),
            },
          ]}
        />
      )}
      <NewAccount user={user} onTold={setTold} />
      {changing && <ChangeAccount account={changing} user={user} onTold={setTold} onClose={() => setChanging(undefined)} />}
    </div>
  );
}

function Named({ row }: { readonly row: Account }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {row.name} <span className="mono soft small">{row.username}</span>{' '}
      {row.disabled && <Badge kind="bad">{t('administration.disabled')}</Badge>}
      {row.passwordTemporary && <Badge kind="warn">{t('administration.temporary')}</Badge>}
      {row.managedBy !== null && <Badge kind="info">{t('administration.managedBy', { provider: row.managedBy })}</Badge>}
    </>
  );
}

const empty = { username: '', name: '', email: '' };

function NewAccount({ user, onTold }: { readonly user: User; readonly onTold: (told: Told) => void }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending<Told>(KEYS);
  const options = useAgencyOptions(user.agency ?? '', t('administration.city'));
  const [given, setGiven] = useState(empty);
  const [agency, setAgency] = useState(user.agency ?? '');
  const [chosen, setChosen] = useState<readonly Role[]>([]);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { email, ...rest } = given;
    void send('/api/v1/accounts', 'POST', { ...rest, ...(email ? { email } : {}), agency, roles: chosen }).then((made) => {
      if (made === undefined) return;
      onTold(made);
      setGiven(empty);
      setChosen([]);
    });
  };
  const field = (name: keyof typeof empty) => ({
    label: t(`administration.${name}`),
    value: given[name],
    onChange: (event: { readonly target: { readonly value: string } }) => setGiven({ ...given, [name]: event.target.value }),
  });
  return (
    <form className="card stack" aria-label={t('administration.newPerson')} onSubmit={submit} autoComplete="off">
      <h2>{t('administration.newPerson')}</h2>
      <div className="c-filters">
        <TextField {...field('username')} hint={t('administration.usernameHint')} autoCapitalize="none" required />
        <TextField {...field('name')} required />
        <TextField {...field('email')} type="email" />
        <SelectField
          label={t('administration.agency')}
          value={agency}
          onChange={(event) => setAgency(event.target.value)}
          options={options}
        />
      </div>
      <RoleBoxes of={roles} chosen={chosen} onChange={setChosen} />
      <Refused refusal={refusal} />
      <div>
        <Button kind="primary" type="submit" busy={busy}>
          {t('administration.make')}
        </Button>
      </div>
    </form>
  );
}
