import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { atInstant, dateOf, daysInMonth, instantOf, isZone, monthsBetween, nowAt, offsetOf, toDays, weekday } from '../calendar.ts';
import type { Runtime } from '../runtime.ts';
import { readDate, readDateTime, readDuration, readTime, timeOf } from '../temporal-text.ts';
import type { SecondsDuration } from '../values.ts';
import { FeelDate, FeelDateTime, FeelTime, LOCAL, MonthsDuration } from '../values.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYLIKE = 'date|date and time';

type Daylike = FeelDate | FeelDateTime;
const dateIn = (value: Daylike): FeelDate => (value instanceof FeelDateTime ? value.date : value);
const midnight = (value: Daylike): FeelDateTime => (value instanceof FeelDateTime ? value : new FeelDateTime(value, new FeelTime(0)));

/** Dates, times and durations (DMN 10.3.4.1, 10.3.4.8, 10.3.4.7). */
export function defineTemporal(table: Table): void {
  defineDates(table);
  defineDateTimes(table);
  defineDurations(table);
  define(table, 'now', { signature: '', run: (_args, runtime) => nowAt(runtime.clock) });
  define(table, 'today', { signature: '', run: (_args, runtime) => nowAt(runtime.clock).date });
  define(table, 'day of week', { signature: `date: ${DAYLIKE}`, run: ([value]: [Daylike]) => WEEKDAYS[weekday(dateIn(value)) - 1] });
  define(table, 'month of year', { signature: `date: ${DAYLIKE}`, run: ([value]: [Daylike]) => MONTHS[dateIn(value).month - 1] });
  define(table, 'day of year', { signature: `date: ${DAYLIKE}`, run: ([value]: [Daylike]) => dayOfYear(dateIn(value)) });
  define(table, 'week of year', { signature: `date: ${DAYLIKE}`, run: ([value]: [Daylike]) => weekOfYear(dateIn(value)) });
  define(table, 'last day of month', {
    signature: `date: ${DAYLIKE}`,
    run: ([value]: [Daylike]) =>
      new FeelDate(dateIn(value).year, dateIn(value).month, daysInMonth(dateIn(value).year, dateIn(value).month)),
  });
}

function dayOfYear(date: FeelDate): number {
  return toDays(date) - toDays(new FeelDate(date.year, 1, 1)) + 1;
}

/** ISO 8601: the week of the year's first Thursday is week 1. */
function weekOfYear(date: FeelDate): number {
  const week = Math.floor((dayOfYear(date) - weekday(date) + 10) / 7);
  if (week < 1) return weekOfYear(new FeelDate(date.year - 1, 12, 31));
  return week === 53 && weekday(new FeelDate(date.year, 12, 31)) < 4 ? 1 : week;
}

function defineDates(table: Table): void {
  define(table, 'date', { signature: 'from: string', run: ([text]: [string]) => readDate(text) ?? undefined });
  define(table, 'date', { signature: `from: ${DAYLIKE}`, run: ([value]: [Daylike]) => dateIn(value) });
  define(table, 'date', {
    signature: 'year: number, month: number, day: number',
    run: ([year, month, day]: [number, number, number]) => dateOf(year, month, day) ?? undefined,
  });
  define(table, 'time', { signature: 'from: string', run: ([text]: [string]) => readTime(text) ?? undefined });
  define(table, 'time', { signature: 'from: date|time|date and time', run: ([value]: [Daylike | FeelTime]) => timeIn(value) });
  define(table, 'time', {
    signature: 'hour: number, minute: number, second: number, offset?: days and time duration|null',
    run: ([hour, minute, second, offset]: [number, number, number, (SecondsDuration | null)?]) => {
      if (offset && Math.abs(offset.seconds) > 18 * 3600) return undefined;
      return timeOf({ hour, minute, second }, offset ? { offset: offset.seconds } : LOCAL) ?? undefined;
    },
  });
}

/** A date is its midnight in UTC. A zoned date and time keeps its offset, because the time alone has no date to find it by. */
function timeIn(value: Daylike | FeelTime): FeelTime {
  if (value instanceof FeelTime) return value;
  return value instanceof FeelDateTime ? value.time : new FeelTime(0, { offset: 0 });
}

function defineDateTimes(table: Table): void {
  const name = 'date and time';
  define(table, name, { signature: 'from: string', run: ([text]: [string]) => readDateTime(text) ?? undefined });
  define(table, name, { signature: `from: ${DAYLIKE}`, run: ([value]: [Daylike]) => midnight(value) });
  define(table, name, {
    signature: `date: ${DAYLIKE}, time: time`,
    run: ([date, time]: [Daylike, FeelTime]) => new FeelDateTime(dateIn(date), time),
  });
  define(table, name, {
    signature: 'date: date and time, timezone: string',
    run: ([value, zone]: [FeelDateTime, string], runtime: Runtime) => {
      const place = zone === 'Z' ? { offset: 0 } : isZone(zone) ? { zone } : (readTime(`00:00:00${zone}`)?.place ?? null);
      return place ? (atInstant(instantHere(value, runtime), place) ?? undefined) : undefined;
    },
  });
  define(table, name, {
    signature:
      'year: number, month: number, day: number, hour: number, minute: number, second: number, offset?: days and time duration|null',
    run: ([year, month, day, hour, minute, second, offset]: [
      number,
      number,
      number,
      number,
      number,
      number,
      (SecondsDuration | null)?,
    ]) => {
      const date = dateOf(year, month, day);
      const time = timeOf({ hour, minute, second }, offset ? { offset: offset.seconds } : LOCAL);
      return date && time ? new FeelDateTime(date, time) : undefined;
    },
  });
}

/** A local value is read as the clock's zone reads it. */
function instantHere(value: FeelDateTime, runtime: Runtime): number {
  if (offsetOf(value) !== undefined) return instantOf(value);
  return instantOf(new FeelDateTime(value.date, new FeelTime(value.time.seconds, { zone: runtime.clock.zone })));
}

function defineDurations(table: Table): void {
  define(table, 'duration', { signature: 'from: string', run: ([text]: [string]) => readDuration(text) ?? undefined });
  define(table, 'duration', {
    signature: 'from: days and time duration|years and months duration',
    run: ([value]: [SecondsDuration | MonthsDuration]) => value,
  });
  define(table, 'years and months duration', {
    signature: `from: ${DAYLIKE}, to: ${DAYLIKE}`,
    run: ([from, to]: [Daylike, Daylike]) => new MonthsDuration(monthsBetween(dateIn(from), dateIn(to))),
  });
}
