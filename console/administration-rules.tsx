/** Mapping rules: what a claim of an identity provider means here. */
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import type { Role, User } from '../ui/session.tsx';
import { CITY, roles, useAgencyOptions, useRules } from './administration-data.ts';
import type { Rule } from './administration-data.ts';
import { AgencyCell, RoleBadges, RoleBoxes } from './administration-parts.tsx';
import { useSending } from './agencies-data.ts';
import { Refused } from './refused.tsx';

const KEYS = ['mapping-rules'];

export function Rules({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { data, error, isPending } = useRules();
  const { busy, refusal, send } = useSending(KEYS);
  const [editing, setEditing] = useState<Rule>();
  // what decides for everybody is kept by no single agency
  const keeps = user.agency === CITY;
  const remove = async ({ mappingRuleId }: Rule): Promise<void> => {
    if (window.confirm(t('administration.removeConfirm'))) await send(`/v2/mapping-rules/${encodeURIComponent(mappingRuleId)}`, 'DELETE');
  };
  const changes = {
    key: 'change',
    title: t('administration.change'),
    cell: (row: Rule) => (
      <span className="c-row">
        <Button small onClick={() => setEditing(row)}>
          {t('administration.change')}
          <span className="visually-hidden"> {row.name}</span>
        </Button>
        <Button small kind="danger" busy={busy} onClick={() => void remove(row)}>
          {t('administration.remove')}
          <span className="visually-hidden"> {row.name}</span>
        </Button>
      </span>
    ),
  };
  return (
    <div className="stack">
      <p className="soft">{t('administration.rulesWhat')}</p>
      {error && <Notice kind="bad">{error.message}</Notice>}
      {isPending && <p className="soft">{t('ui:loading')}</p>}
      <Refused refusal={refusal} />
      {data && data.items.length > 0 && (
        <Table
          caption={t('administration.rules')}
          hideCaption
          rows={data.items}
          rowKey={(row) => row.mappingRuleId}
          columns={[
            { key: 'name', title: t('administration.name'), cell: (row) => row.name },
            {
              key: 'claim',
              title: t('administration.claim'),
              cell: (row) => (
                <span className="mono c-long">
                  {row.claimName} = {row.claimValue}
                </span>
              ),
            },
            { key: 'agency', title: t('administration.agency'), cell: (row) => <AgencyCell row={row} /> },
            { key: 'roles', title: t('administration.roles'), cell: (row) => <RoleBadges roles={row.roles} /> },
            ...(keeps ? [changes] : []),
          ]}
        />
      )}
      {keeps && <RuleForm key={editing?.mappingRuleId ?? ''} rule={editing} user={user} onKept={() => setEditing(undefined)} />}
    </div>
  );
}

interface RuleFormProps {
  /** the one that is changed; undefined: a new one */
  readonly rule: Rule | undefined;
  readonly user: User;
  readonly onKept: () => void;
}

function RuleForm({ rule, user, onKept }: RuleFormProps): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, answer, send } = useSending(KEYS);
  const options = useAgencyOptions(user.agency ?? '', t('administration.city'));
  const blank = { mappingRuleId: '', name: '', claimName: '', claimValue: '' };
  const [given, setGiven] = useState(rule ?? blank);
  const [agency, setAgency] = useState(rule?.agency ?? '');
  const [chosen, setChosen] = useState<readonly Role[]>(rule?.roles ?? []);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const { mappingRuleId, name, claimName, claimValue } = given;
    const body = { name, claimName, claimValue, agency, roles: chosen };
    void send(`/api/v1/mapping-rules/${encodeURIComponent(mappingRuleId.trim())}`, 'PUT', body).then((kept) => {
      if (kept === undefined) return;
      setGiven(blank);
      onKept();
    });
  };
  const field = (name: keyof typeof blank) => ({
    label: t(`administration.${name}`),
    value: given[name],
    onChange: (event: { readonly target: { readonly value: string } }) => setGiven({ ...given, [name]: event.target.value }),
    required: true,
  });
  const title = t(rule === undefined ? 'administration.newRule' : 'administration.changeRule');
  return (
    <form className="card stack" aria-label={title} onSubmit={submit} autoComplete="off">
      <h2>{title}</h2>
      <div className="c-filters">
        <TextField {...field('mappingRuleId')} readOnly={rule !== undefined} autoCapitalize="none" />
        <TextField {...field('name')} />
        <TextField {...field('claimName')} hint={t('administration.claimHint')} autoCapitalize="none" />
        <TextField {...field('claimValue')} />
        <SelectField
          label={t('administration.agency')}
          value={agency}
          onChange={(event) => setAgency(event.target.value)}
          options={[['', t('administration.noAgency')], ...options]}
        />
      </div>
      <RoleBoxes of={roles} chosen={chosen} onChange={setChosen} />
      <Refused refusal={refusal} />
      {answer !== undefined && <Notice kind="good">{t('administration.kept')}</Notice>}
      <div className="c-row">
        <Button kind="primary" type="submit" busy={busy}>
          {t('administration.keep')}
        </Button>
        {rule !== undefined && <Button onClick={onKept}>{t('ui:cancel')}</Button>}
      </div>
    </form>
  );
}
