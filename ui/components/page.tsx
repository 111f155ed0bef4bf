import { useEffect, useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { actorOf } from '../acting.ts';
import { changeLanguage, language, languages } from '../i18n.ts';
import { SessionWarning } from '../session-warning.tsx';
import { useSession, useSessionAnswer } from '../session.tsx';
import type { Role, User } from '../session.tsx';
import { AccountDialog } from '../sign-in/account-dialog.tsx';
import { SignInProblem } from '../sign-in/problem.tsx';
import { ActingBanner } from './acting-banner.tsx';
import { Button } from './button.tsx';

export type App = 'portal' | 'inbox' | 'modeler' | 'console';

const doors: readonly { readonly app: App; readonly href: string; readonly roles?: readonly Role[] }[] = [
  { app: 'portal', href: '/' },
  { app: 'inbox', href: '/inbox/', roles: ['clerk', 'supervisor'] },
  { app: 'modeler', href: '/modeler/', roles: ['analyst'] },
  { app: 'console', href: '/console/', roles: ['operator', 'evaluator', 'admin'] },
];

function Mark(): ReactNode {
  return (
    <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <rect width="28" height="28" rx="7" fill="var(--brand)" />
      <path d="M6 18c4 0 4-8 8-8s4 8 8 8" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="6" cy="18" r="2.4" fill="#fff" />
      <circle cx="22" cy="18" r="2.4" fill="#f2b880" />
    </svg>
  );
}

function LanguageSwitch(): ReactNode {
  const { t } = useTranslation('ui');
  return (
    <div className="a-lang" role="group" aria-label={t('language')}>
      {languages.map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={language() === each} onClick={() => void changeLanguage(each)}>
          {each.toUpperCase()}
          <span className="visually-hidden"> {each === 'id' ? 'Bahasa Indonesia' : 'English'}</span>
        </button>
      ))}
    </div>
  );
}

interface UserMenuProps {
  readonly user: User;
  readonly onAccount: () => void;
  readonly onSignOut: () => void;
}

function UserMenu({ user, onAccount, onSignOut }: UserMenuProps): ReactNode {
  const { t } = useTranslation('ui');
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event): void => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', away);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keydown', away);
    };
  }, [open]);
  return (
    <div className="a-menu" ref={box}>
      <Button small aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <span className="a-user-name">{user.name || t('account.title')}</span> <span aria-hidden="true">▾</span>
      </Button>
      {open && (
        <div className="a-menu-panel stack-small" id={id}>
          <strong>{user.name}</strong>
          {user.agencyName && <span className="soft small">{user.agencyName}</span>}
          <Button
            small
            onClick={() => {
              setOpen(false);
              onAccount();
            }}
          >
            {t('account.title')}
          </Button>
          {user.realm === 'staff' && <a href="/inbox/substitutions">{t('acting.link')}</a>}
          <Button small onClick={onSignOut}>
            {t('signOut')}
          </Button>
        </div>
      )}
    </div>
  );
}

export interface PageProps {
  readonly app: App;
  /** name of this screen: goes into the browser's title */
  readonly title: string;
  /** `bare`: the screen brings its own layout (modeler); `wide`: as wide as the window */
  readonly width?: 'normal' | 'wide' | 'bare';
  readonly children: ReactNode;
}

/** What is a sandbox says so: all of the agencies' systems, or some. */
function Imitations(): ReactNode {
  const { t, i18n } = useTranslation('ui');
  const { sandbox = false, imitations = [] } = useSessionAnswer().answer ?? {};
  if (sandbox) return <p className="a-sandbox">{t('sandbox')}</p>;
  if (imitations.length === 0) return null;
  const names = imitations.map(({ name, nameEn }) => (i18n.language === 'en' ? nameEn : name)).join(', ');
  return <p className="a-sandbox">{t('sandboxSome', { names })}</p>;
}

/** The frame of every screen: skip link, header with apps by role, language, user; then the screen as `main`. */
export function Page({ app, title, width = 'normal', children }: PageProps): ReactNode {
  const { t } = useTranslation('ui');
  const { user, signOut } = useSession();
  const [account, setAccount] = useState(false);
  useEffect(() => {
    document.title = `${title} · Alur`;
  }, [title]);
  const roles = user ? actorOf(user).roles : [];
  const open = doors.filter((door) => !door.roles || roles.some((role) => door.roles?.includes(role)));
  return (
    <div className={`a-page ${width === 'normal' ? '' : 'a-page-wide'}`}>
      <a className="a-skip" href="#main">
        {t('skip')}
      </a>
      <header className="a-header">
        <div className="a-header-in">
          <a className="a-brand" href={doors.find((door) => door.app === app)?.href ?? '/'}>
            <Mark /> Alur <small>{t(`apps.${app}`)}</small>
          </a>
          {open.length > 1 && (
            <nav aria-label={t('apps.label')}>
              <ul className="a-apps">
                {open.map((door) => (
                  <li key={door.app}>
                    <a href={door.href} aria-current={door.app === app ? 'true' : undefined}>
                      {t(`apps.${door.app}`)}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          <div className="a-header-end">
            <LanguageSwitch />
            {user && <UserMenu user={user} onAccount={() => setAccount(true)} onSignOut={() => void signOut()} />}
          </div>
        </div>
        <Imitations />
        {user && <ActingBanner username={user.username} />}
        <SessionWarning />
        <SignInProblem />
      </header>
      <main id="main" tabIndex={-1} className={`a-main ${width === 'normal' ? '' : `a-main-${width}`}`}>
        {children}
      </main>
      {account && <AccountDialog onClose={() => setAccount(false)} />}
    </div>
  );
}
