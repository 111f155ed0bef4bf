import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Page } from '../ui/components/page.tsx';
import { SessionGate } from '../ui/session.tsx';
import type { User } from '../ui/session.tsx';

/** The frame of every inbox page, for clerks and their supervisors. Moving to another page puts the keyboard at its content. */
export function Frame({ title, children }: { readonly title: string; readonly children: (user: User) => ReactNode }): ReactNode {
  const { pathname, key } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (key === 'default' && before.current === pathname) return;
    before.current = pathname;
    // The list puts the focus on the row somebody came back from; do not take it away again.
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
  }, [pathname, key]);
  return (
    <Page app="inbox" title={title}>
      <SessionGate roles={['clerk', 'supervisor']}>{children}</SessionGate>
    </Page>
  );
}
