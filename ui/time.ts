/** Dates as people of Malang read them: language of the screen, zone Asia/Jakarta. Input: ISO 8601 text or milliseconds since 1970 UTC. */
import i18next from 'i18next';

export type Moment = string | number;
const timeZone = 'Asia/Jakarta';

function locale(): string {
  return i18next.language === 'en' ? 'en-GB' : 'id-ID';
}
function format(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? String(moment) : new Intl.DateTimeFormat(locale(), { timeZone, ...options }).format(date);
}

/** e.g. "23 November 2026" */
export function longDate(moment: Moment): string {
  return format(moment, { dateStyle: 'long' });
}
/** e.g. "23 Nov 2026, 14.05" */
export function dateTime(moment: Moment): string {
  return format(moment, { dateStyle: 'medium', timeStyle: 'short' });
}
/** e.g. "14.05.09" */
export function clockTime(moment: Moment): string {
  return format(moment, { timeStyle: 'medium' });
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** e.g. "2 jam yang lalu", "dalam 3 hari", "baru saja" */
export function relative(moment: Moment, now: number = Date.now()): string {
  const away = new Date(moment).getTime() - now;
  const step = steps.find(([, size]) => Math.abs(away) >= size);
  if (!step) return i18next.t('ui:time.now');
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.trunc(away / step[1]), step[0]);
}

/** How long something has lasted, e.g. "sejak 2 jam" / "for 2 hours". */
export function since(moment: Moment, now: number = Date.now()): string {
  const lasted = Math.max(0, now - new Date(moment).getTime());
  const [unit, size] = steps.find(([, each]) => lasted >= each) ?? (['minute', 60_000] as const);
  const count = Math.max(1, Math.trunc(lasted / size));
  return i18next.t(`ui:time.since.${unit}`, { count });
}
