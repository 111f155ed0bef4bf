import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../ui/time.ts';

const day = 86_400_000;
const zoneOffset = 7 * 3_600_000; // Asia/Jakarta, no daylight saving

/** Calendar days from now until then, in the city's zone: negative when it is over. */
export function daysUntil(due: string, now: number): number {
  const dayOf = (at: number): number => Math.floor((at + zoneOffset) / day);
  return dayOf(Date.parse(due)) - dayOf(now);
}

/** The date due in words with a mark; red only supports what the words say. */
export function Due({ due, done }: { readonly due: string | null | undefined; readonly done?: string | null | undefined }): ReactNode {
  const { t } = useTranslation('inbox');
  if (done) return <span className="soft">{t('due.done', { at: dateTime(done) })}</span>;
  if (!due) return <span className="soft">{t('due.none')}</span>;
  const now = Date.now();
  const days = daysUntil(due, now);
  const late = Date.parse(due) < now;
  const kind = late ? 'late' : days <= 1 ? 'soon' : 'calm';
  const words = late
    ? days < 0
      ? t('due.late', { count: -days })
      : t('due.lateToday')
    : days === 0
      ? t('due.today')
      : days === 1
        ? t('due.tomorrow')
        : t('due.in', { count: days });
  return (
    <span className={`inbox-due inbox-due-${kind}`} title={dateTime(due)}>
      <span aria-hidden="true">{late ? '⚠' : '◷'} </span>
      {words}
      <span className="visually-hidden"> ({dateTime(due)})</span>
    </span>
  );
}
