import { FeelDate, FeelDateTime, FeelTime, LOCAL } from './values.ts';
import type { Place } from './values.ts';
import type { Clock } from './runtime.ts';

/** The proleptic Gregorian calendar for years -999999999..999999999, which JavaScript's Date cannot reach. Zones come from Intl alone. */

export const DAY_SECONDS = 86400;
const YEAR_LIMIT = 999999999;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/** The date, or null when there is no such day. */
export function dateOf(year: number, month: number, day: number): FeelDate | null {
  if (!Number.isInteger(year) || !Number.isInteger(month) || !Number.isInteger(day)) return null;
  if (Math.abs(year) > YEAR_LIMIT || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return new FeelDate(year, month, day);
}

/** Days since 1970-01-01. March-based years make the leap day the last one, so no case distinction is needed. */
export function toDays(date: FeelDate): number {
  const year = date.month > 2 ? date.year : date.year - 1;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * ((date.month + 9) % 12) + 2) / 5) + date.day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** The date of a day number, or null beyond the calendar. */
export function fromDays(days: number): FeelDate | null {
  const shifted = Math.floor(days) + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return dateOf(year, month, dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1);
}

/** 1 = Monday ... 7 = Sunday */
export function weekday(date: FeelDate): number {
  return ((((toDays(date) + 3) % 7) + 7) % 7) + 1;
}

export function addMonths(date: FeelDate, months: number): FeelDate | null {
  const index = date.year * 12 + date.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return dateOf(year, month, Math.min(date.day, daysInMonth(year, month)));
}

/** Full months from one day to another, towards zero; the time of day does not count (as the conformance kit has it). */
export function monthsBetween(from: FeelDate, to: FeelDate): number {
  const months = (to.year - from.year) * 12 + to.month - from.month;
  const rest = to.day - from.day;
  if (months > 0 && rest < 0) return months - 1;
  return months < 0 && rest > 0 ? months + 1 : months;
}

// ---------------------------------------------------------------- zones

const formats = new Map<string, Intl.DateTimeFormat>();
const ZONES_KEPT = 1000;

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known) return known;
  // Intl also takes offsets such as +01:00 as zones; FEEL does not
  if (!/^[A-Za-z]/.test(zone)) return null;
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size < ZONES_KEPT) formats.set(zone, made);
    return made;
  } catch {
    return null;
  }
}

export function isZone(zone: string): boolean {
  return formatOf(zone) !== null;
}

/** Beyond what Intl can compute, the zone's offset at the edge is used. */
const INTL_LIMIT = 8.64e12 - DAY_SECONDS;

/** Seconds east of UTC that the zone has at an instant (seconds since 1970 UTC). */
export function offsetAt(zone: string, instant: number): number {
  const format = formatOf(zone);
  if (!format) return 0;
  const at = Math.floor(Math.max(-INTL_LIMIT, Math.min(INTL_LIMIT, instant)));
  const part = new Map<string, number>();
  let before = false;
  for (const { type, value } of format.formatToParts(at * 1000)) {
    if (type === 'era') before = value.startsWith('B');
    else part.set(type, Number(value));
  }
  const get = (name: string): number => part.get(name) ?? 0;
  const year = before ? 1 - get('year') : get('year');
  const days = toDays(new FeelDate(year, get('month'), get('day')));
  return days * DAY_SECONDS + get('hour') * 3600 + get('minute') * 60 + get('second') - at;
}

/** Offset of a wall-clock time in a zone. In a gap the later reading, in an overlap the earlier instant, as most calendars do. */
function offsetOfLocal(zone: string, local: number): number {
  const before = offsetAt(zone, local - DAY_SECONDS);
  const after = offsetAt(zone, local + DAY_SECONDS);
  if (before === after) return before;
  if (offsetAt(zone, local - before) === before) return before;
  return offsetAt(zone, local - after) === after ? after : before;
}

/** Seconds since 1970 as the wall clock reads. Whole seconds and fraction apart keep nanoseconds exact enough. */
export function localSeconds(value: FeelDateTime): number {
  return toDays(value.date) * DAY_SECONDS + value.time.seconds;
}

/** Seconds east of UTC, or undefined for a local value. */
export function offsetOf(value: FeelDateTime): number | undefined {
  const { offset, zone } = value.time.place;
  return zone !== undefined ? offsetOfLocal(zone, localSeconds(value)) : offset;
}

/** Seconds since 1970 UTC; a local value counts as UTC. */
export function instantOf(value: FeelDateTime): number {
  return localSeconds(value) - (offsetOf(value) ?? 0);
}

/** The wall-clock time at a place, or null beyond the calendar. */
export function atLocal(local: number, place: Place): FeelDateTime | null {
  const days = Math.floor(local / DAY_SECONDS);
  const date = fromDays(days);
  return date && new FeelDateTime(date, new FeelTime(trimFraction(local - days * DAY_SECONDS), place));
}

/** An instant (seconds since 1970 UTC) as read at a place. */
export function atInstant(instant: number, place: Place): FeelDateTime | null {
  const offset = place.zone !== undefined ? offsetAt(place.zone, instant) : (place.offset ?? 0);
  return atLocal(instant + offset, place);
}

/** A time of day on some date, for offsets of zones: its offset as of 1970 unless a clock says otherwise. */
export function timeOffset(time: FeelTime): number | undefined {
  return time.place.zone !== undefined ? offsetAt(time.place.zone, 0) : time.place.offset;
}

export function nowAt(clock: Clock): FeelDateTime {
  return atInstant(clock.now / 1000, { zone: clock.zone }) ?? new FeelDateTime(new FeelDate(1970, 1, 1), new FeelTime(0, LOCAL));
}

/** Nanoseconds are the finest that we keep. */
export function trimFraction(seconds: number): number {
  return Number.isInteger(seconds) ? seconds : Math.round(seconds * 1e9) / 1e9;
}
