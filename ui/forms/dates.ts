import type { Lang } from './schema.ts';

const zone = 'Asia/Jakarta';
const two = (part: string): string => (/^\d$/.test(part) ? '0' + part : part);

export interface DateParts {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

/** Splits `2026-02-01` (or what was typed of it so far, e.g. `2026--1`) for three inputs. */
export function dateParts(value: unknown): DateParts {
  const [year = '', month = '', day = ''] = typeof value === 'string' ? (value.split('T')[0] ?? '').split('-') : [];
  return { day, month, year };
}

/** Joins the three inputs; everything empty is no answer. Nothing that was typed is lost, however wrong. */
export function joinDate({ day, month, year }: DateParts): string | undefined {
  if (!day && !month && !year) return undefined;
  return `${year}-${month}-${day}`;
}

/** `2026-2-1` becomes `2026-02-01`; anything that is no date stays as typed. */
export function padDate(value: string): string {
  const { day, month, year } = dateParts(value);
  return `${year}-${two(month)}-${two(day)}`;
}

/** A date for people, dd/mm/yyyy in both languages. */
export function showDate(value: unknown): string {
  const { day, month, year } = dateParts(value);
  return day && month && year ? `${two(day)}/${two(month)}/${year}` : String(value ?? '');
}

/** A time of day for people: 14.30 in Indonesian, 14:30 in English. */
export function showTime(value: unknown, lang: Lang): string {
  const found = /(\d{1,2}):(\d{2})/.exec(String(value ?? ''));
  return found ? `${two(found[1] ?? '')}${lang === 'id' ? '.' : ':'}${found[2] ?? ''}` : String(value ?? '');
}

/** "14.30" or "14:30" of a moment, in the city's own zone. */
export function showClock(iso: string | null | undefined, lang: Lang): string {
  const at = iso ? new Date(iso) : undefined;
  if (!at || Number.isNaN(at.getTime())) return '';
  const text = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: zone }).format(at);
  return showTime(text, lang);
}
