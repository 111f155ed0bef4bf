import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, request } from '../client.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Notice } from '../components/notice.tsx';
import type { User } from '../session.tsx';
import { useFocus } from './use-focus.ts';

interface Props {
  readonly username?: string;
  readonly onDone: (user: User) => void;
}

/** Names and a password; `onDone` gets the user. What was typed stays when it was wrong. A password that somebody gave asks for one of the reader's own. */
export function PasswordForm({ username = '', onDone }: Props): ReactNode {
  const { t } = useTranslation('ui');
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [temporary, setTemporary] = useState(false);
  const field = useFocus(temporary);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const next = values.get('new-password');
    setBusy(true);
    setFault(undefined);
    try {
      const body = {
        username: String(values.get('username')).trim(),
        password: String(values.get('password')),
        ...(typeof next === 'string' ? { newPassword: next } : {}),
      };
      onDone((await request<{ user: User }>('/api/v1/session', { method: 'POST', body, anonymous: true })).user);
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : '';
      setTemporary(temporary || code === 'PASSWORD_TEMPORARY');
      if (code !== 'PASSWORD_TEMPORARY') setFault(error instanceof ProblemError ? error.message : t('problem.other'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      {fault && <Notice kind="bad">{fault}</Notice>}
      <TextField
        label={t('signIn.username')}
        name="username"
        autoComplete="username"
        defaultValue={username}
        autoCapitalize="none"
        required
      />
      <TextField label={t('signIn.password')} name="password" type="password" autoComplete="current-password" required />
      {temporary && (
        <>
          <Notice kind="info">{t('signIn.temporary')}</Notice>
          <TextField
            id={field}
            label={t('account.next')}
            hint={t('account.nextHint')}
            name="new-password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            required
          />
        </>
      )}
      <Button kind="primary" type="submit" busy={busy}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
