import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { SelectField, TextField } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import type { User } from '../ui/session.tsx';
import { roles, useAgencyOptions } from './administration-data.ts';
import type { Account } from './administration-data.ts';
import { RoleBoxes } from './administration-parts.tsx';
import { useSending } from './agencies-data.ts';
import { Refused } from './refused.tsx';

export const KEYS = ['accounts'];
const addressOf = (username: string, rest = ''): string => `/api/v1/accounts/${encodeURIComponent(username)}${rest}`;

/** a password that is told once */
export interface Told {
  readonly username: string;
  readonly password: string;
}

interface ChangeProps {
  readonly account: Account;
  readonly user: User;
  readonly onTold: (told: Told) => void;
  readonly onClose: () => void;
}

export function ChangeAccount({ account, user, onTold, onClose }: ChangeProps): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending<Told>(KEYS);
  const options = useAgencyOptions(user.agency ?? '', t('administration.city'));
  const [name, setName] = useState(account.name);
  const [email, setEmail] = useState(account.email ?? '');
  const [agency, setAgency] = useState(account.agency ?? '');
  const [chosen, setChosen] = useState(account.roles);
  const managed = account.managedBy !== null;
  const keep = async (more: object): Promise<void> => {
    if (await send(addressOf(account.username), 'PATCH', more)) onClose();
  };
  const reset = async (): Promise<void> => {
    const made = await send(addressOf(account.username, '/password'), 'POST');
    if (made === undefined) return;
    onTold(made);
    onClose();
  };
  return (
    <Dialog
      title={account.name}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button kind="primary" busy={busy} onClick={() => void keep({ name, email, ...(managed ? {} : { agency, roles: chosen }) })}>
            {t('administration.keep')}
          </Button>
        </>
      }
    >
      <div className="stack">
        {managed && <Notice kind="info">{t('administration.managedText', { provider: account.managedBy })}</Notice>}
        <TextField label={t('administration.name')} value={name} onChange={(event) => setName(event.target.value)} />
        <TextField label={t('administration.email')} type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
        {!managed && (
          <>
            <SelectField
              label={t('administration.agency')}
              value={agency}
              onChange={(event) => setAgency(event.target.value)}
              options={[['', t('administration.noAgency')], ...options]}
            />
            <RoleBoxes of={roles} chosen={chosen} onChange={setChosen} />
          </>
        )}
        <Refused refusal={refusal} />
        <Actions {...{ account, busy, reset, keep }} />
      </div>
    </Dialog>
  );
}

interface ActionsProps {
  readonly account: Account;
  readonly busy: boolean;
  readonly reset: () => Promise<void>;
  readonly keep: (fields: object) => Promise<void>;
}

function Actions({ account, busy, reset, keep }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <p className="c-row">
      {account.managedBy === null && (
        <Button small busy={busy} onClick={() => void reset()}>
          {t('administration.reset')}
        </Button>
      )}
      <Button small kind={account.disabled ? 'normal' : 'danger'} busy={busy} onClick={() => void keep({ disabled: !account.disabled })}>
        {t(account.disabled ? 'administration.enable' : 'administration.disable')}
      </Button>
    </p>
  );
}
