/**
 * Working days: what laws and service standards count deadlines in. Not part of DMN. Saturdays and Sundays are free, and so is every day of `holidays`:
 * dates, or texts such as "2026-08-17", as a cluster variable holds them (`camunda.vars.cluster.holidays`).
 */
import { fromDays, toDays } from '../calendar.ts';
import type { Runtime } from '../runtime.ts';
import { readDate } from '../temporal-text.ts';
import { FeelDate, FeelDateTime } from '../values.ts';
import type { FeelValue } from '../values.ts';
import { define } from './signature.ts';
import type { Table } from './signature.ts';

type Daylike = FeelDate | FeelDateTime;
type Holidays = readonly FeelValue[] | null | undefined;
/** number of a day (`toDays`) → whether people work on it */
type Works = (day: number) => boolean;

const DAY = 'date|date and time';
const A_MONDAY = toDays(new FeelDate(2026, 8, 17));
const dateIn = (value: Daylike): FeelDate => (value instanceof FeelDateTime ? value.date : value);

export function defineWorkingDays(table: Table): void {
  define(table, 'is working day', {
    signature: `date: ${DAY}, holidays?: list|null`,
    run: ([value, holidays]: [Daylike, Holidays]) => worksOn(holidays)?.(toDays(dateIn(value))),
  });
  define(table, 'add working days', {
    signature: `date: ${DAY}, days: number, holidays?: list|null`,
    run: ([value, days, holidays]: [Daylike, number, Holidays], runtime: Runtime) => {
      const works = worksOn(holidays);
      if (works === undefined || !Number.isInteger(days)) return undefined;
      const date = fromDays(moved(toDays(dateIn(value)), { days, works, runtime }));
      return date === null ? undefined : value instanceof FeelDateTime ? new FeelDateTime(date, value.time) : date;
    },
  });
  define(table, 'working days between', {
    signature: `from: ${DAY}, to: ${DAY}, holidays?: list|null`,
    run: ([from, to, holidays]: [Daylike, Daylike, Holidays], runtime: Runtime) => {
      const works = worksOn(holidays);
      return works && between(toDays(dateIn(from)), toDays(dateIn(to)), { works, runtime });
    },
  });
}

/** Undefined when one of the holidays is no date. */
function worksOn(holidays: Holidays): Works | undefined {
  const free = new Set<number>();
  for (const one of holidays ?? []) {
    const date = one instanceof FeelDate ? one : one instanceof FeelDateTime ? one.date : typeof one === 'string' ? readDate(one) : null;
    if (date === null) return undefined;
    free.add(toDays(date));
  }
  return (day) => (((day - A_MONDAY) % 7) + 7) % 7 < 5 && !free.has(day);
}

interface Walk {
  readonly works: Works;
  readonly runtime: Runtime;
}

/** The day itself does not count; 0 is the day itself or, when nobody works on it, the next one on which somebody does. */
function moved(from: number, { days, works, runtime }: Walk & { readonly days: number }): number {
  const step = days < 0 ? -1 : 1;
  let day = days === 0 ? from - 1 : from;
  for (let left = Math.max(1, Math.abs(days)); left > 0; left -= works(day) ? 1 : 0) {
    runtime.spend(1);
    day += step;
  }
  return day;
}

/** Of those after the earlier one up to the later one; below 0 when `to` lies before `from`. */
function between(from: number, to: number, { works, runtime }: Walk): number {
  let count = 0;
  for (let day = Math.min(from, to) + 1; day <= Math.max(from, to); day += 1) {
    runtime.spend(1);
    count += works(day) ? 1 : 0;
  }
  return from <= to ? count : -count;
}
