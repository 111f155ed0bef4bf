import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useLocation } from 'react-router';
import { Page } from '../ui/components/page.tsx';

interface Props {
  readonly title: string;
  /** the page above this one: [words, address] */
  readonly above?: readonly [string, string];
  readonly children: ReactNode;
}

/** The frame of every portal page: way back, help always in the same place, focus on the new page after moving. */
export function Frame({ title, above, children }: Props): ReactNode {
  const { t } = useTranslation('portal');
  const { pathname } = useLocation();
  useFocusOnMove();
  return (
    <Page app="portal" title={title}>
      <nav className="portal-nav" aria-label={t('nav.label')}>
        <NavLink to="/" end className={({ isActive }) => (isActive || pathname.startsWith('/services/') ? 'active' : '')}>
          {t('nav.services')}
        </NavLink>
        <NavLink to="/applications">{t('nav.applications')}</NavLink>
      </nav>
      {above && (
        <Link className="portal-back" to={above[1]}>
          <span aria-hidden="true">←</span>
          {above[0]}
        </Link>
      )}
      {children}
      <footer className="portal-help">
        <h2>{t('help.title')}</h2>
        <p>{t('help.text')}</p>
        <p>
          <Link to="/verify">{t('help.verify')}</Link>
        </p>
      </footer>
    </Page>
  );
}

/** After going to another page the keyboard starts at its content, and screen readers hear it; not on the first page of a visit. */
function useFocusOnMove(): void {
  const { pathname, key } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (key === 'default' && before.current === pathname) return;
    before.current = pathname;
    document.getElementById('main')?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, key]);
}
