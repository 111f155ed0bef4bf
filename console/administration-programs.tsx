/** Programs with credentials of ours: their secret is told once, renewed and taken away. */
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import type { Role, User } from '../ui/session.tsx';
import { dateTime } from '../ui/time.ts';
import { programRoles, useAgencyOptions, useClients } from './administration-data.ts';
import type { Client } from './administration-data.ts';
import { AgencyCell, RoleBadges, RoleBoxes, ToldOnce } from './administration-parts.tsx';
import { useSending } from './agencies-data.ts';
import { Refused } from './refused.tsx';

const KEYS = ['clients'];
interface Told {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** as the environment of a client wants it */
const linesOf = ({ clientId, clientSecret }: Told): readonly string[] => [
  'CAMUNDA_AUTH_STRATEGY=OAUTH',
  `CAMUNDA_REST_ADDRESS=${window.location.origin}`,
  `CAMUNDA_OAUTH_URL=${window.location.origin}/oauth/token`,
  `CAMUNDA_CLIENT_ID=${clientId}`,
  `CAMUNDA_CLIENT_SECRET=${clientSecret}`,
];

export function Programs({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending } = useClients();
  const { busy, refusal, send } = useSending<Told>(KEYS);
  const [told, setTold] = useState<Told>();
  const address = ({ clientId }: Client, rest = ''): string => `/api/v1/clients/${encodeURIComponent(clientId)}${rest}`;
  const renew = async (row: Client): Promise<void> => {
    if (!window.confirm(t('administration.renewConfirm'))) return;
    const made = await send(address(row, '/secret'), 'POST');
    if (made) setTold(made);
  };
  const remove = async (row: Client): Promise<void> => {
    if (window.confirm(t('administration.removeConfirm'))) await send(address(row), 'DELETE');
  };
  return (
    <div className="stack">
      <p className="soft">{t('administration.programsWhat')}</p>
      {told && (
        <ToldOnce title={t('administration.secretFor', { name: told.clientId })} lines={linesOf(told)} onGone={() => setTold(undefined)} />
      )}
      {error && <Notice kind="bad">{error.message}</Notice>}
      {isPending && <p className="soft">{t('ui:loading')}</p>}
      <Refused refusal={refusal} />
      {data && data.items.length > 0 && <ProgramTable {...{ rows: data.items, busy, renew, remove }} />}
      <NewProgram user={user} onTold={setTold} />
    </div>
  );
}

interface ProgramTableProps {
  readonly rows: readonly Client[];
  readonly busy: boolean;
  readonly renew: (row: Client) => Promise<void>;
  readonly remove: (row: Client) => Promise<void>;
}

function ProgramTable({ rows, busy, renew, remove }: ProgramTableProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Table
      caption={t('administration.programs')}
      hideCaption
      rows={rows}
      rowKey={(row) => row.clientId}
      columns={[
        {
          key: 'name',
          title: t('administration.name'),
          cell: (row) => (
            <>
              {row.name} <span className="mono soft small">{row.clientId}</span>
            </>
          ),
        },
        { key: 'agency', title: t('administration.agency'), cell: (row) => <AgencyCell row={row} /> },
        { key: 'roles', title: t('administration.roles'), cell: (row) => <RoleBadges roles={row.roles} /> },
        { key: 'made', title: t('administration.made'), cell: (row) => dateTime(row.createdAt) },
        {
          key: 'change',
          title: t('administration.change'),
          cell: (row) => (
            <span className="c-row">
              <Button small busy={busy} onClick={() => void renew(row)}>
                {t('administration.renew')}
                <span className="visually-hidden"> {row.name}</span>
              </Button>
              <Button small kind="danger" busy={busy} onClick={() => void remove(row)}>
                {t('administration.remove')}
                <span className="visually-hidden"> {row.name}</span>
              </Button>
            </span>
          ),
        },
      ]}
    />
  );
}

function NewProgram({ user, onTold }: { readonly user: User; readonly onTold: (told: Told) => void }): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending<Told>(KEYS);
  const options = useAgencyOptions(user.agency ?? '', t('administration.city'));
  const [name, setName] = useState('');
  const [agency, setAgency] = useState(user.agency ?? '');
  const [chosen, setChosen] = useState<readonly Role[]>(['integrator']);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void send('/api/v1/clients', 'POST', { name, agency, roles: chosen }).then((made) => {
      if (made === undefined) return;
      onTold(made);
      setName('');
    });
  };
  return (
    <form className="card stack" aria-label={t('administration.newProgram')} onSubmit={submit} autoComplete="off">
      <h2>{t('administration.newProgram')}</h2>
      <div className="c-filters">
        <TextField label={t('administration.name')} value={name} onChange={(event) => setName(event.target.value)} required />
        <SelectField
          label={t('administration.agency')}
          value={agency}
          onChange={(event) => setAgency(event.target.value)}
          options={options}
        />
      </div>
      <RoleBoxes of={programRoles} chosen={chosen} onChange={setChosen} />
      <Refused refusal={refusal} />
      <div>
        <Button kind="primary" type="submit" busy={busy} disabled={chosen.length === 0}>
          {t('administration.make')}
        </Button>
      </div>
    </form>
  );
}
