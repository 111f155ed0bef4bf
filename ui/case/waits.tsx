import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../i18n.ts';
import { dateTime, since } from '../time.ts';
import type { Case, How, Wait } from './case.ts';
import { isDelayed } from './trouble.ts';

const late: ReadonlySet<How> = new Set(['retrying', 'stuck', 'not-answering', 'held', 'maintenance']);

/** Is it longer than usual, and not because of anybody in front of a screen? */
export const isLate = ({ how }: Wait): boolean => late.has(how);

/** What the notice about a late case tells: the calls that are late; undefined when nothing is. */
export function lateWaits(found: Case): readonly Wait[] | undefined {
  const waits = (found.waits ?? []).filter(isLate);
  return waits.length > 0 || isDelayed(found) ? waits : undefined;
}

/** What is the matter with one wait, as a sentence that begins with the agency. */
export function waitSentence(wait: Wait, t: TFunction): string {
  return t(`case:waits.${wait.how}`, {
    name: inLanguage(wait.agencyName ?? wait.agency, wait.agencyNameEn),
    trouble: wait.troubleSince ? dateTime(wait.troubleSince) : '',
    until: wait.until ? dateTime(wait.until) : t('case:waits.unknownEnd'),
  });
}

/** Whom the case waits for, since when and why: one line per call. */
export function Waits({ waits }: { readonly waits: readonly Wait[] }): ReactNode {
  const { t } = useTranslation('case');
  return (
    <ul className="case-waits">
      {waits.map((wait, at) => (
        <li key={`${wait.agency}-${at}`}>
          {waitSentence(wait, t)}
          <span className="soft small case-waits-since">
            {wait.step && `${inLanguage(wait.step, wait.stepEn)} · `}
            {wait.since && t('waits.since', { ago: since(wait.since), at: dateTime(wait.since) })}
          </span>
        </li>
      ))}
    </ul>
  );
}
