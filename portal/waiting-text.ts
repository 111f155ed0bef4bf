import type { TFunction } from 'i18next';
import type { Waiting } from '../ui/case/case.ts';
import { inLanguage } from '../ui/i18n.ts';
import { longDate, since } from '../ui/time.ts';

/** Who has to act now, in words: "Menunggu Dinas Kominfo, sejak 2 hari (21 November 2026)". */
export function waitingText(waiting: Waiting | null, t: TFunction): string {
  if (!waiting) return t('portal:waiting.none');
  const who =
    waiting.kind === 'agency'
      ? t('portal:waiting.agency', {
          name: waiting.agencyName ? inLanguage(waiting.agencyName, waiting.agencyNameEn) : t('portal:waiting.someAgency'),
        })
      : t(`portal:waiting.${waiting.kind}`);
  const when = waiting.since ? `${who}, ${since(waiting.since)} (${longDate(waiting.since)})` : who;
  return waiting.how ? `${when}. ${t(`case:waits.short.${waiting.how}`)}` : when;
}

/** The step that is waited for, where it has words. */
export function waitingStep(waiting: Waiting | null): string {
  return waiting ? inLanguage(waiting.step, waiting.stepEn) : '';
}
