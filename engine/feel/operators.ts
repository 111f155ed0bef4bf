import {
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelRange,
  FeelTime,
  MonthsDuration,
  SecondsDuration,
  Special,
  entryOf,
  isContext,
  isList,
} from './values.ts';
import type { FeelContext, FeelList, FeelValue } from './values.ts';
import { instantOf, localSeconds, offsetOf, timeOffset, toDays } from './calendar.ts';

/** -1, 0 or 1; null when the two cannot be ordered (DMN 10.3.2.3, table 50). */
export function order(a: FeelValue, b: FeelValue): number | null {
  if (typeof a === 'number') return typeof b === 'number' ? sign(a, b) : null;
  if (typeof a === 'string') return typeof b === 'string' ? textOrder(a, b) : null;
  if (a instanceof Special && b instanceof Special) return specialOrder(a, b);
  return null;
}

const sign = (a: number, b: number): number | null => (a < b ? -1 : a > b ? 1 : a === b ? 0 : null);

/** By code point, as DMN says, not by UTF-16 unit. */
function textOrder(a: string, b: string): number {
  if (a === b) return 0;
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const x = left.next();
    const y = right.next();
    if (x.done || y.done) return x.done ? -1 : 1;
    if (x.value !== y.value) return (x.value.codePointAt(0) ?? 0) < (y.value.codePointAt(0) ?? 0) ? -1 : 1;
  }
}

function specialOrder(a: Special, b: Special): number | null {
  if (a instanceof FeelDate && b instanceof FeelDate) return sign(toDays(a), toDays(b));
  if (a instanceof FeelDateTime && b instanceof FeelDateTime) return dateTimeOrder(a, b);
  if (a instanceof FeelTime && b instanceof FeelTime) return timeOrder(a, b);
  if (a instanceof MonthsDuration && b instanceof MonthsDuration) return sign(a.months, b.months);
  if (a instanceof SecondsDuration && b instanceof SecondsDuration) return sign(a.seconds, b.seconds);
  return null;
}

/** A local and a zoned value cannot be ordered: nobody said where the local one is. */
function dateTimeOrder(a: FeelDateTime, b: FeelDateTime): number | null {
  const left = offsetOf(a);
  const right = offsetOf(b);
  if ((left === undefined) !== (right === undefined)) return null;
  if (left === right) return sign(toDays(a.date), toDays(b.date)) || sign(a.time.seconds, b.time.seconds);
  return sign(localSeconds(a) - (left ?? 0), localSeconds(b) - (right ?? 0));
}

function timeOrder(a: FeelTime, b: FeelTime): number | null {
  const left = timeOffset(a);
  const right = timeOffset(b);
  if ((left === undefined) !== (right === undefined)) return null;
  return sign(a.seconds - (left ?? 0), b.seconds - (right ?? 0));
}

/** Three-valued `=` (DMN 10.3.2.13): null for different kinds of values. */
export function equals(a: FeelValue, b: FeelValue): boolean | null {
  if (a === null || b === null) return a === b;
  if (typeof a !== 'object' || typeof b !== 'object') return typeof a === typeof b ? a === b : null;
  if (isList(a) || isList(b)) return isList(a) && isList(b) ? listEquals(a, b) : null;
  if (isContext(a) || isContext(b)) return isContext(a) && isContext(b) ? contextEquals(a, b) : null;
  return specialEquals(a, b);
}

function listEquals(a: FeelList, b: FeelList): boolean {
  return a.length === b.length && a.every((item, index) => equals(item, b[index] ?? null) === true);
}

function contextEquals(a: FeelContext, b: FeelContext): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = entryOf(b, name);
    return other !== undefined && equals(a[name] ?? null, other) === true;
  });
}

function specialEquals(a: Special, b: Special): boolean | null {
  if (a instanceof FeelRange) return b instanceof FeelRange ? rangeEquals(a, b) : null;
  if (a instanceof FeelFunction) return a === b;
  if (a instanceof MonthsDuration && b instanceof SecondsDuration) return null;
  if (a.kind !== b.kind) return null;
  const ordered = specialOrder(a, b);
  return ordered === null ? false : ordered === 0;
}

function rangeEquals(a: FeelRange, b: FeelRange): boolean {
  return (
    a.startIncluded === b.startIncluded &&
    a.endIncluded === b.endIncluded &&
    equals(a.start, b.start) === true &&
    equals(a.end, b.end) === true
  );
}

/** Is the value inside the range? Null when it cannot be compared. */
export function within(value: FeelValue, range: FeelRange): boolean | null {
  if (value === null || (range.start === null && range.end === null)) return null;
  let inside = true;
  if (range.start !== null) {
    const at = order(value, range.start);
    if (at === null) return null;
    inside = at > 0 || (at === 0 && range.startIncluded);
  }
  if (range.end === null) return inside;
  const at = order(value, range.end);
  if (at === null) return null;
  return inside && (at < 0 || (at === 0 && range.endIncluded));
}

/** The same in every respect, zones and offsets included (DMN 10.3.4.11 `is`). */
export function identical(a: FeelValue, b: FeelValue): boolean {
  if (a instanceof FeelTime && b instanceof FeelTime) {
    return a.seconds === b.seconds && a.place.zone === b.place.zone && a.place.offset === b.place.offset;
  }
  if (a instanceof FeelDateTime && b instanceof FeelDateTime) return equals(a.date, b.date) === true && identical(a.time, b.time);
  return equals(a, b) === true;
}

/** For sorting and `min`/`max` of temporal values: an instant or a length. */
export function rank(value: FeelDateTime): number {
  return instantOf(value);
}
