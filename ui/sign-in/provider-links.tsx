import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../i18n.ts';
import { useWays } from './ways.ts';
import type { Realm } from './ways.ts';

/** where a window that was opened for signing in ends */
export const SIGNED_IN = '/signed-in';

/**
 * The identity providers of these people. `apart`: in a window of its own, so that nothing on this page is lost; whoever shows it looks after a while
 * whether somebody signed in there.
 */
export function ProviderLinks({ realm, apart = false }: { readonly realm: Realm; readonly apart?: boolean }): ReactNode {
  const { t } = useTranslation('ui');
  const providers = useWays().providers.filter((one) => one.realm === realm);
  if (providers.length === 0) return null;
  const returnTo = apart ? SIGNED_IN : `${window.location.pathname}${window.location.search}`;
  return (
    <ul className="a-signin-ways">
      {providers.map(({ id, name, nameEn }) => (
        <li key={id}>
          <a
            className="a-button"
            href={`/api/v1/sign-in/${id}?returnTo=${encodeURIComponent(returnTo)}`}
            {...(apart ? { target: '_blank', rel: 'noopener' } : {})}
          >
            {t('signIn.with', { name: inLanguage(name, nameEn) })}
            {apart && <span className="visually-hidden"> {t('signIn.newWindow')}</span>}
          </a>
        </li>
      ))}
    </ul>
  );
}
