import { momentOf, wallClockAt } from './zone.ts';

/** Six fields (second minute hour day month weekday), as Camunda writes them, or a name such as `@daily`. */
export interface Cron {
  readonly second: ReadonlySet<number>;
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly day: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  /** 0 = Sunday */
  readonly weekday: ReadonlySet<number>;
  /** the last day of the month */
  readonly lastDay: boolean;
}

const NAMED = new Map([
  ['@yearly', '0 0 0 1 1 *'],
  ['@annually', '0 0 0 1 1 *'],
  ['@monthly', '0 0 0 1 * *'],
  ['@weekly', '0 0 0 * * 0'],
  ['@daily', '0 0 0 * * *'],
  ['@midnight', '0 0 0 * * *'],
  ['@hourly', '0 0 * * * *'],
]);
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Undefined when `text` is no cron expression. */
export function parseCron(text: string): Cron | undefined {
  const fields = (NAMED.get(text.trim().toLowerCase()) ?? text.trim()).split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [second, minute, hour, day, month, weekday] = fields as [string, string, string, string, string, string];
  const lastDay = day.toUpperCase() === 'L';
  const sets = {
    second: field(second, 0, 59),
    minute: field(minute, 0, 59),
    hour: field(hour, 0, 23),
    day: lastDay ? new Set<number>() : field(day, 1, 31),
    month: field(named(month, MONTHS, 1), 1, 12),
    weekday: field(named(weekday, WEEKDAYS, 0), 0, 7),
  };
  if (Object.values(sets).some((set) => set === undefined)) return undefined;
  const cron = { ...sets, lastDay } as Cron;
  return { ...cron, weekday: new Set([...cron.weekday].map((number) => number % 7)) };
}

function named(text: string, names: readonly string[], first: number): string {
  return names.reduce((result, name, index) => result.replaceAll(new RegExp(name, 'gi'), String(index + first)), text);
}

/** `*`, `5`, `1-5`, star-slash-10, `1,2,9-12`. */
function field(text: string, from: number, to: number): ReadonlySet<number> | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^(?:(\*|\?)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (found === null) return undefined;
    const start = found[1] === undefined ? Number(found[2]) : from;
    const end = found[3] !== undefined ? Number(found[3]) : found[1] !== undefined || found[4] !== undefined ? to : start;
    const step = Number(found[4] ?? 1);
    if (start < from || end > to || start > end || step < 1) return undefined;
    for (let number = start; number <= end; number += step) numbers.add(number);
  }
  return numbers;
}

const HORIZON_DAYS = 366 * 8;

/** The first moment after `after` that the expression names on the wall clock of `zone`; undefined when it never comes (30 February). */
export function nextCron(cron: Cron, after: number, zone: string): number | undefined {
  const start = wallClockAt(after, zone);
  for (let days = 0; days <= HORIZON_DAYS; days++) {
    const date = new Date(Date.UTC(start.year, start.month - 1, start.day + days));
    if (!onDay(cron, date)) continue;
    const found = firstOfDay(cron, date, { after, zone });
    if (found !== undefined) return found;
  }
  return undefined;
}

function onDay(cron: Cron, date: Date): boolean {
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const day = cron.lastDay ? date.getUTCDate() === lastDay : cron.day.has(date.getUTCDate());
  return day && cron.month.has(date.getUTCMonth() + 1) && cron.weekday.has(date.getUTCDay());
}

function firstOfDay(cron: Cron, date: Date, limit: { after: number; zone: string }): number | undefined {
  const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  for (const hour of ascending(cron.hour)) {
    if (momentOf({ ...day, hour, minute: 59, second: 59 }, limit.zone) <= limit.after) continue;
    for (const minute of ascending(cron.minute)) {
      if (momentOf({ ...day, hour, minute, second: 59 }, limit.zone) <= limit.after) continue;
      for (const second of ascending(cron.second)) {
        const moment = momentOf({ ...day, hour, minute, second }, limit.zone);
        if (moment > limit.after) return moment;
      }
    }
  }
  return undefined;
}

function ascending(numbers: ReadonlySet<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}
