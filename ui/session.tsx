/** Who is signed in, and the sign-in that all apps use: as a page when nobody is, as a dialog over the page when a session ends. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { acting, actorOf, stopActing } from './acting.ts';
import { onSessionExpired, request } from './client.ts';
import { Button } from './components/button.tsx';
import { Dialog } from './components/dialog.tsx';
import { Notice } from './components/notice.tsx';
import { CodeForm } from './sign-in/code-form.tsx';
import { PasswordForm } from './sign-in/password-form.tsx';
import { ProviderLinks } from './sign-in/provider-links.tsx';
import { useWays } from './sign-in/ways.ts';
import type { Realm } from './sign-in/ways.ts';

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
  /** a citizen who came with a code alone is not called anything yet */
  readonly needsName?: boolean;
}

const sessionKey = ['session'];

interface SessionAnswer {
  readonly user: User | null;
  /** ISO 8601; `now` is the server's clock, so that a wrong clock here warns nobody falsely */
  readonly session?: { readonly now: string; readonly idleAt: string; readonly endsAt: string; readonly warnAt: string } | null;
  /** the agencies' systems are imitations */
  readonly sandbox?: boolean;
  /** registered agencies whose calls go to a sandbox, where not all are imitations */
  readonly imitations?: readonly { readonly name: string; readonly nameEn: string }[];
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
    const answer = await request<{ location: string } | undefined>('/api/v1/session', { method: 'DELETE', anonymous: true });
    stopActing();
    // a full load, so that nothing of this user stays in memory; at an identity provider one signs out too
    window.location.assign(answer?.location ?? '/');
  };
  return { user: data?.user ?? (data ? null : undefined), signOut, error };
}

/** The sign-in as a page of its own. The address stays, so the reader arrives where they wanted to go. */
export function SignInPage({ why, realm = 'staff' }: { readonly why?: string; readonly realm?: Realm }): ReactNode {
  const { t } = useTranslation('ui');
  const client = useQueryClient();
  // codes are for citizens: staff have accounts
  const codes = useWays().codes.length > 0 && realm === 'citizen';
  const done = (user: User): void => {
    if (acting()?.by !== user.username) stopActing();
    client.setQueryData<SessionAnswer>(sessionKey, (before) => ({ ...before, user }));
    void client.invalidateQueries();
  };
  return (
    <div className="a-signin card stack">
      <h1>{t('signIn.title')}</h1>
      <p className="soft">{why ?? t('signIn.why')}</p>
      <ProviderLinks realm={realm} />
      {codes && (
        <>
          <h2>{t('signIn.code.title')}</h2>
          <CodeForm onDone={done} />
          <h2>{t('signIn.passwordTitle')}</h2>
        </>
      )}
      <PasswordForm onDone={done} />
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
  useSignedInElsewhere(asking, (user) => done(user));
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
          <ProviderLinks realm={before?.realm ?? 'staff'} apart />
          <PasswordForm username={before?.username ?? ''} onDone={done} />
        </Dialog>
      )}
    </>
  );
}

/** milliseconds between two looks for somebody who signs in in another window */
const LOOK = 3_000;

/** While the dialog asks, somebody may sign in with a provider in another window. */
function useSignedInElsewhere(asking: boolean, onDone: (user: User) => void): void {
  const latest = useRef(onDone);
  useEffect(() => {
    latest.current = onDone;
  });
  useEffect(() => {
    if (!asking) return undefined;
    const look = (): void =>
      void request<SessionAnswer>('/api/v1/session', { anonymous: true }).then(
        ({ user }) => user && latest.current(user),
        () => undefined,
      );
    const timer = setInterval(look, LOOK);
    window.addEventListener('focus', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', look);
    };
  }, [asking]);
}

/** Shows `children` to a signed-in user with one of the roles (any staff role when none is named); others see the sign-in or why not. Who works in somebody's place is that person here, unless `asOneself`. */
export function SessionGate({
  roles,
  asOneself,
  children,
}: {
  readonly roles?: readonly Role[];
  readonly asOneself?: boolean;
  readonly children: (user: User) => ReactNode;
}): ReactNode {
  const { t } = useTranslation('ui');
  const { user, error, signOut } = useSession();
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (user === undefined) return <p className="soft">{t('loading')}</p>;
  if (user === null) return <SignInPage />;
  const actor = asOneself ? user : actorOf(user);
  if (roles && !actor.roles.some((role) => roles.includes(role))) {
    return (
      <Notice kind="warn" title={t('signIn.notYours')}>
        <p>{t('signIn.notYoursWhy', { name: user.name })}</p>
        <Button small onClick={() => void signOut()}>
          {t('signOut')}
        </Button>
      </Notice>
    );
  }
  return children(actor);
}
