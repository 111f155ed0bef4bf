import { FeelDate, FeelDateTime, FeelTime, MonthsDuration, SecondsDuration } from './values.ts';
import type { FeelValue } from './values.ts';
import type { ArithmeticOperator } from './ast.ts';
import {
  DAY_SECONDS,
  addMonths,
  atInstant,
  atLocal,
  fromDays,
  instantOf,
  localSeconds,
  offsetOf,
  timeOffset,
  toDays,
  trimFraction,
} from './calendar.ts';
import { tidy } from './decimal.ts';

/** Arithmetic (DMN 10.3.2.13, tables 53 to 55). Undefined = the operator does not take these operands. */
export function arithmetic(op: ArithmeticOperator, a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (typeof a === 'number' && typeof b === 'number') return numeric(op, a, b);
  if (a === null || b === null) return undefined;
  switch (op) {
    case '+':
      return add(a, b) ?? (b instanceof MonthsDuration || b instanceof SecondsDuration ? undefined : add(b, a, true));
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b) ?? multiply(b, a);
    case '/':
      return divide(a, b);
    default:
      return undefined;
  }
}

export function numeric(op: ArithmeticOperator, a: number, b: number): number | null {
  switch (op) {
    case '+':
      return tidy(a + b);
    case '-':
      return tidy(a - b);
    case '*':
      return tidy(a * b);
    case '/':
      return b === 0 ? null : tidy(a / b);
    case '**':
      return tidy(a ** b);
  }
}

function add(a: FeelValue, b: FeelValue, swapped = false): FeelValue | undefined {
  if (typeof a === 'string' && typeof b === 'string') return swapped ? undefined : a + b;
  if (b instanceof MonthsDuration) return addMonthsTo(a, b.months);
  return b instanceof SecondsDuration ? addSecondsTo(a, b.seconds) : undefined;
}

function addMonthsTo(value: FeelValue, months: number): FeelValue | undefined {
  if (value instanceof MonthsDuration) return new MonthsDuration(value.months + months);
  if (value instanceof FeelDate) return addMonths(value, months);
  if (!(value instanceof FeelDateTime)) return undefined;
  const date = addMonths(value.date, months);
  return date && new FeelDateTime(date, value.time);
}

function addSecondsTo(value: FeelValue, seconds: number): FeelValue | undefined {
  if (value instanceof SecondsDuration) return new SecondsDuration(trimFraction(value.seconds + seconds));
  if (value instanceof FeelTime)
    return new FeelTime(trimFraction((((value.seconds + seconds) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS), value.place);
  if (value instanceof FeelDate) return fromDays(toDays(value) + Math.floor(seconds / DAY_SECONDS));
  if (!(value instanceof FeelDateTime)) return undefined;
  // an exact length of time: through the instant where there is a zone, so that a day with a clock change has 23 or 25 hours
  if (value.time.place.zone !== undefined) return atInstant(instantOf(value) + seconds, value.time.place);
  return atLocal(localSeconds(value) + seconds, value.time.place);
}

const asDateTime = (value: FeelValue): FeelDateTime | null =>
  value instanceof FeelDateTime ? value : value instanceof FeelDate ? new FeelDateTime(value, new FeelTime(0, { offset: 0 })) : null;

function subtract(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (b instanceof MonthsDuration) return addMonthsTo(a, -b.months);
  if (b instanceof SecondsDuration) return addSecondsTo(a, -b.seconds);
  if (a instanceof FeelTime && b instanceof FeelTime) return timeDifference(a, b);
  if (a instanceof FeelDate && b instanceof FeelDate) return new SecondsDuration((toDays(a) - toDays(b)) * DAY_SECONDS);
  const left = asDateTime(a);
  const right = asDateTime(b);
  if (!left || !right) return undefined;
  if ((offsetOf(left) === undefined) !== (offsetOf(right) === undefined)) return undefined;
  return new SecondsDuration(trimFraction(instantOf(left) - instantOf(right)));
}

function timeDifference(a: FeelTime, b: FeelTime): FeelValue | undefined {
  const left = timeOffset(a);
  const right = timeOffset(b);
  if ((left === undefined) !== (right === undefined)) return undefined;
  return new SecondsDuration(trimFraction(a.seconds - (left ?? 0) - (b.seconds - (right ?? 0))));
}

function multiply(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (typeof b !== 'number') return undefined;
  if (a instanceof MonthsDuration) return new MonthsDuration(Math.trunc(a.months * b));
  return a instanceof SecondsDuration ? new SecondsDuration(trimFraction(a.seconds * b)) : undefined;
}

function divide(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (typeof b === 'number') return b === 0 ? null : quotient(a, b);
  if (a instanceof MonthsDuration && b instanceof MonthsDuration) return b.months === 0 ? null : tidy(a.months / b.months);
  if (a instanceof SecondsDuration && b instanceof SecondsDuration) return b.seconds === 0 ? null : tidy(a.seconds / b.seconds);
  return undefined;
}

function quotient(a: FeelValue, b: number): FeelValue | undefined {
  if (a instanceof MonthsDuration) return new MonthsDuration(Math.trunc(a.months / b));
  return a instanceof SecondsDuration ? new SecondsDuration(trimFraction(a.seconds / b)) : undefined;
}

/** `-value`, or undefined when it has no negative. */
export function negate(value: FeelValue): FeelValue | undefined {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  if (value instanceof MonthsDuration) return new MonthsDuration(-value.months);
  return value instanceof SecondsDuration ? new SecondsDuration(-value.seconds) : undefined;
}
