import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { SignInPage, useSession } from '../ui/session.tsx';
import type { User } from '../ui/session.tsx';
import { NameForm } from './name-form.tsx';

interface Props {
  /** why an account is needed here */
  readonly why: string;
  readonly children: (user: User) => ReactNode;
}

/** Where the server says that it is a demonstration, it also names an account to try. */
function DemoHint(): ReactNode {
  const { t } = useTranslation('portal');
  const { data } = useQuery({
    queryKey: ['demo-account'],
    queryFn: () => request<{ readonly demo?: { readonly username: string } }>('/api/v1/session', { anonymous: true }),
    staleTime: Infinity,
  });
  return data?.demo ? <p className="portal-demo soft small">{t('signIn.demo', { ...data.demo })}</p> : null;
}

/** Shows its content to a signed-in citizen; others see the sign-in (the address stays, so they arrive where they wanted to go). */
export function CitizenGate({ why, children }: Props): ReactNode {
  const { t } = useTranslation(['portal', 'ui']);
  const { user, error, signOut } = useSession();
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (user === undefined) return <p className="soft">{t('ui:loading')}</p>;
  if (user === null) {
    return (
      <>
        <SignInPage why={why} realm="citizen" />
        <DemoHint />
      </>
    );
  }
  if (user.realm === 'citizen' && user.needsName) return <NameForm />;
  if (user.realm === 'citizen') return children(user);
  return (
    <Notice kind="warn" title={t('signIn.staffTitle')}>
      <p>{t('signIn.staffText', { name: user.name })}</p>
      <Button small onClick={() => void signOut()}>
        {t('ui:signOut')}
      </Button>
    </Notice>
  );
}
