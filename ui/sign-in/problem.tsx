import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../components/notice.tsx';

const PARAMETER = 'sign-in-problem';

/** Says once what went wrong at an identity provider; the address is cleaned, so that it is not said again. */
export function SignInProblem(): ReactNode {
  const { t } = useTranslation('ui');
  const [code] = useState(taken);
  if (code === null) return null;
  return <Notice kind="bad">{t([`signIn.problem.${code}`, 'signIn.problem.other'])}</Notice>;
}

function taken(): string | null {
  const address = new URL(window.location.href);
  const code = address.searchParams.get(PARAMETER);
  if (code === null) return null;
  address.searchParams.delete(PARAMETER);
  window.history.replaceState(window.history.state, '', address);
  return /^[A-Z_]{1,40}$/.test(code) ? code : 'other';
}
