import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showClock } from './dates.ts';
import type { DraftState } from './use-draft.ts';

/** "Tersimpan 10.32", "belum tersimpan": always in the same place, read out when it changes. */
export function DraftStatus({ state }: { readonly state: DraftState }): ReactNode {
  const { t, i18n } = useTranslation('forms');
  const bad = state.kind === 'failed' || state.kind === 'signedOut';
  const time = 'at' in state ? showClock(state.at, i18n.language.startsWith('en') ? 'en' : 'id') : '';
  return (
    <p className={bad ? 'form-draft form-draft-bad' : 'form-draft'} role="status">
      {bad && <span aria-hidden="true">⚠ </span>}
      {state.kind !== 'none' && t(`draft.${state.kind}`, { time })}
    </p>
  );
}
