import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Button } from '../ui/components/button.tsx';
import { TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { addressOf, useAgencies, useSending } from './agencies-data.ts';
import { Refused } from './refused.tsx';

const fields = ['agencyId', 'name', 'nameEn'] as const;

function Register(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { busy, refusal, send } = useSending<{ agencyId: string }>();
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const complete = fields.every((field) => given[field]?.trim());
  const register = async (): Promise<void> => {
    const { agencyId = '', ...profile } = given;
    const made = await send(addressOf(agencyId.trim()), 'PUT', profile);
    if (made) void navigate(`/agencies/${encodeURIComponent(made.agencyId)}`);
  };
  return (
    <form
      className="card stack"
      aria-label={t('register.register')}
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !busy) void register();
      }}
    >
      <h2>{t('register.register')}</h2>
      <div className="c-filters">
        {fields.map((field) => (
          <TextField
            key={field}
            label={t(`register.${field}`)}
            {...(field === 'agencyId' ? { hint: t('register.agencyIdHint') } : {})}
            value={given[field] ?? ''}
            onChange={(event) => setGiven({ ...given, [field]: event.target.value })}
          />
        ))}
      </div>
      <Refused refusal={refusal} />
      <div>
        <Button kind="primary" type="submit" busy={busy} disabled={!complete}>
          {t('register.register')}
        </Button>
      </div>
    </form>
  );
}

/** `/agencies`: the register. */
export function AgenciesScreen(): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending } = useAgencies();
  return (
    <div className="stack">
      <h1>{t('register.title')}</h1>
      <p className="soft">{t('register.what')}</p>
      {error && <Notice kind="bad">{error.message}</Notice>}
      {isPending && <p className="soft">{t('ui:loading')}</p>}
      {data && (
        <Table
          caption={t('register.title')}
          hideCaption
          rows={data.items}
          rowKey={(row) => row.agencyId}
          columns={[
            {
              key: 'name',
              title: t('register.name'),
              cell: (row) => <Link to={`/agencies/${encodeURIComponent(row.agencyId)}`}>{inLanguage(row.name, row.nameEn)}</Link>,
            },
            { key: 'id', title: t('register.agencyId'), cell: (row) => <span className="mono">{row.agencyId}</span> },
          ]}
        />
      )}
      <Register />
    </div>
  );
}
