/** Who is signed in, and the sign-in that all apps use: as a page when nobody is, as a dialog over the page when a session ends. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, onSessionExpired, request } from './client.ts';
import { Button } from './components/button.tsx';
import { Dialog } from './components/dialog.tsx';
import { TextField } from './components/field.tsx';
import { Notice } from './components/notice.tsx';

export type Role = 'analyst' | 'clerk' | 'supervisor' | 'integrator' | 'operator' | 'evaluator' | 'admin';
export interface User {
  readonly username: string;
  readonly name: string;
  readonly realm: 'staff' | 'citizen';
  readonly agency: string | null;
  readonly agencyName: string | null;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  /** the app where this user's work is */
  readonly home: string;
}

const sessionKey = ['session'];

interface SessionAnswer {
  readonly user: User | null;
  /** ISO 8601; `now` is the server's clock, so that a wrong clock here warns nobody falsely */
  readonly session?: { readonly now: string; readonly idleAt: string; readonly endsAt: string; readonly warnAt: string } | null;
  /** the agencies' systems are imitations */
  readonly sandbox?: boolean;
}

const sessionQuery = {
  queryKey: sessionKey,
  queryFn: () => request<SessionAnswer>('/api/v1/session', { anonymous: true }),
  staleTime: 60_000,
};

/** What the server said about the session, and when (milliseconds since 1970 UTC on this machine's clock). */
export function useSessionAnswer(): {
  readonly answer: SessionAnswer | undefined;
  readonly at: number;
  readonly renew: () => Promise<unknown>;
} {
  const { data, dataUpdatedAt, refetch } = useQuery(sessionQuery);
  return { answer: data, at: dataUpdatedAt, renew: refetch };
}

/** The signed-in user, null when nobody is, undefined while it is not known yet. */
export function useSession(): {
  readonly user: User | null | undefined;
  readonly signOut: () => Promise<void>;
  readonly error: Error | null;
} {
  const { data, error } = useQuery(sessionQuery);
  const signOut = async (): Promise<void> => {
    await request('/api/v1/session', { method: 'DELETE', anonymous: true });
    window.location.assign('/'); // a full load, so that nothing of this user stays in memory
  };
  return { user: data?.user ?? (data ? null : undefined), signOut, error };
}

/** Names and a password; `onDone` gets the user. What was typed stays when it was wrong. */
export function SignInForm({ username = '', onDone }: { readonly username?: string; readonly onDone: (user: User) => void }): ReactNode {
  const { t } = useTranslation('ui');
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    setBusy(true);
    setFault(undefined);
    try {
      const body = { username: String(values.get('username')).trim(), password: String(values.get('password')) };
      onDone((await request<{ user: User }>('/api/v1/session', { method: 'POST', body, anonymous: true })).user);
    } catch (error) {
      setFault(error instanceof ProblemError ? error.message : t('problem.other'));
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
      <Button kind="primary" type="submit" busy={busy}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}

/** The sign-in as a page of its own. The address stays, so the reader arrives where they wanted to go. */
export function SignInPage({ why }: { readonly why?: string }): ReactNode {
  const { t } = useTranslation('ui');
  const client = useQueryClient();
  const done = (user: User): void => {
    client.setQueryData<SessionAnswer>(sessionKey, (before) => ({ ...before, user }));
    void client.invalidateQueries();
  };
  return (
    <div className="a-signin card stack">
      <h1>{t('signIn.title')}</h1>
      <p className="soft">{why ?? t('signIn.why')}</p>
      <SignInForm onDone={done} />
    </div>
  );
}

/** Rendered once per app, above everything: asks for a new sign-in when a session ended while somebody was working. */
export function SessionGuard({ children }: { readonly children: ReactNode }): ReactNode {
  const { t } = useTranslation('ui');
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const waiting = useRef<((again: boolean) => void)[]>([]);
  useEffect(() => {
    onSessionExpired(
      () =>
        new Promise((resolve) => {
          waiting.current.push(resolve);
          setAsking(true);
        }),
    );
    return () => onSessionExpired(undefined);
  }, []);
  const settle = (again: boolean): void => {
    setAsking(false);
    for (const resolve of waiting.current.splice(0)) resolve(again);
  };
  const before = client.getQueryData<SessionAnswer>(sessionKey)?.user;
  const done = (user: User): void => {
    if (before && before.username !== user.username) return window.location.reload(); // another person: nothing of the first one may stay
    client.setQueryData<SessionAnswer>(sessionKey, (known) => ({ ...known, user }));
    void client.invalidateQueries({ queryKey: sessionKey });
    settle(true);
  };
  return (
    <>
      {children}
      {asking && (
        <Dialog
          title={t('signIn.again')}
          onClose={() => settle(false)}
          actions={<Button onClick={() => settle(false)}>{t('cancel')}</Button>}
        >
          <p>{t('signIn.againWhy')}</p>
          <SignInForm username={before?.username ?? ''} onDone={done} />
        </Dialog>
      )}
    </>
  );
}

/** Shows `children` to a signed-in user with one of the roles (any staff role when none is named); others see the sign-in or why not. */
export function SessionGate({
  roles,
  children,
}: {
  readonly roles?: readonly Role[];
  readonly children: (user: User) => ReactNode;
}): ReactNode {
  const { t } = useTranslation('ui');
  const { user, error, signOut } = useSession();
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (user === undefined) return <p className="soft">{t('loading')}</p>;
  if (user === null) return <SignInPage />;
  if (roles && !user.roles.some((role) => roles.includes(role))) {
    return (
      <Notice kind="warn" title={t('signIn.notYours')}>
        <p>{t('signIn.notYoursWhy', { name: user.name })}</p>
        <Button small onClick={() => void signOut()}>
          {t('signOut')}
        </Button>
      </Notice>
    );
  }
  return children(user);
}
