import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import type { Role, User } from '../ui/session.tsx';
import { dayOf, handedOn, ofUnit, useSubstitutionChanges } from './substitutions.ts';
import type { Colleague, Wanted } from './substitutions.ts';

interface FormProps {
  readonly user: User;
  readonly colleagues: readonly Colleague[];
}

/** What may be handed on: one's own roles; of somebody else, as whoever leads the unit, the unit's. */
function rolesFor({ user, colleagues }: FormProps, absent: string): readonly Role[] {
  const held = colleagues.find(({ username }) => username === absent)?.roles ?? user.roles;
  return handedOn.filter((role) => held.includes(role) && (absent === user.username || ofUnit.includes(role)));
}

function firstWanted(props: FormProps): Wanted {
  const { username } = props.user;
  const today = dayOf(new Date());
  return { absent: username, substitute: '', roles: rolesFor(props, username), from: today, until: today, reason: '' };
}

/** Names a substitute for oneself, or for somebody of the unit that one leads. */
export function SubstitutionForm(props: FormProps): ReactNode {
  const { t } = useTranslation('inbox');
  const { make } = useSubstitutionChanges();
  const [wanted, setWanted] = useState(() => firstWanted(props));
  const [fault, setFault] = useState<string>();
  const [done, setDone] = useState(false);
  const change = (next: Partial<Wanted>): void => {
    setDone(false);
    setWanted((before) => ({ ...before, ...next }));
  };
  const missing = wanted.substitute === '' ? 'substitute' : wanted.roles.length === 0 ? 'roles' : wanted.until < wanted.from ? 'until' : undefined; // prettier-ignore
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (missing) return setFault(t(`away.missing.${missing}`));
    try {
      await make(wanted);
      setFault(undefined);
      setWanted(firstWanted(props));
      setDone(true);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="stack card" onSubmit={(event) => void submit(event)}>
      <h2>{t('away.new')}</h2>
      {fault && <Notice kind="bad">{fault}</Notice>}
      {done && <Notice kind="good">{t('away.made')}</Notice>}
      <People {...props} wanted={wanted} onChange={change} />
      <Roles allowed={rolesFor(props, wanted.absent)} chosen={wanted.roles} onChange={(roles) => change({ roles })} />
      <TextField label={t('away.from')} type="date" required value={wanted.from} onChange={({ target }) => change({ from: target.value })} />
      <TextField label={t('away.until')} hint={t('away.untilHint')} type="date" required value={wanted.until} onChange={({ target }) => change({ until: target.value })} />
      <TextField label={t('away.reason')} maxLength={500} value={wanted.reason} onChange={({ target }) => change({ reason: target.value })} />
      <div>
        <Button type="submit" kind="primary">
          {t('away.make')}
        </Button>
      </div>
    </form>
  ); // prettier-ignore
}

function People({ user, colleagues, wanted, onChange, ...rest }: FormProps & { readonly wanted: Wanted; readonly onChange: (next: Partial<Wanted>) => void }): ReactNode {
  const { t } = useTranslation('inbox');
  const leads = user.roles.includes('supervisor');
  const named = (list: readonly Colleague[]): (readonly [string, string])[] => list.map(({ username, name }) => [username, name]);
  const substitutes = colleagues.filter(({ username }) => username !== wanted.absent && (wanted.absent === user.username || username !== user.username));
  const away = (absent: string): void => onChange({ absent, substitute: '', roles: rolesFor({ user, colleagues, ...rest }, absent) });
  return (
    <>
      {leads && <SelectField label={t('away.absent')} value={wanted.absent} options={named(colleagues)} onChange={({ target }) => away(target.value)} />}
      <SelectField
        label={t('away.substitute')}
        value={wanted.substitute}
        options={[['', t('away.choose')], ...named(substitutes)]}
        onChange={({ target }) => onChange({ substitute: target.value })}
      />
    </>
  );
} // prettier-ignore

interface RolesProps {
  readonly allowed: readonly Role[];
  readonly chosen: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}

function Roles({ allowed, chosen, onChange }: RolesProps): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <fieldset className="a-field">
      <legend>{t('away.roles')}</legend>
      {allowed.length === 0 && <p className="soft">{t('away.noRoles')}</p>}
      {allowed.map((role) => (
        <label key={role} className="row">
          <input
            type="checkbox"
            checked={chosen.includes(role)}
            onChange={({ target }) => onChange(target.checked ? [...chosen, role] : chosen.filter((one) => one !== role))}
          />
          {t(`ui:acting.role.${role}`)}
        </label>
      ))}
    </fieldset>
  );
}
