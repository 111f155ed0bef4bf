/**
 * What a FEEL expression can yield. JSON values are FEEL values as they are; the rest are the classes below.
 *
 * null, boolean, string   as in JSON
 * number                  a double; see decimal.ts for how decimal results are kept friendly
 * list                    a JavaScript array
 * context                 a plain object; ONLY its own properties are entries, nothing reaches a prototype
 * date, time, date-time, the two durations, range, function: subclasses of Special
 *
 * Source: DMN 1.5, chapter 10.3.2.
 */

export type FeelValue = null | boolean | number | string | FeelList | FeelContext | Special;
export type FeelList = readonly FeelValue[];
export interface FeelContext {
  readonly [name: string]: FeelValue;
}

/** Common ancestor of every value that JSON does not have, so that one `instanceof` tells a context from it. */
export abstract class Special {
  abstract readonly kind: 'date' | 'time' | 'date and time' | 'years and months duration' | 'days and time duration' | 'range' | 'function';
}

export class FeelDate extends Special {
  readonly kind = 'date';
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  constructor(year: number, month: number, day: number) {
    super();
    this.year = year;
    this.month = month;
    this.day = day;
  }
}

/** Where a time is valid: nowhere in particular (local), at an offset, or in an IANA zone. */
export interface Place {
  /** seconds east of UTC */
  readonly offset?: number;
  readonly zone?: string;
}
export const LOCAL: Place = Object.freeze({});

export class FeelTime extends Special {
  readonly kind = 'time';
  /** seconds since midnight, may have a fraction */
  readonly seconds: number;
  readonly place: Place;
  constructor(seconds: number, place: Place = LOCAL) {
    super();
    this.seconds = seconds;
    this.place = place;
  }
}

export class FeelDateTime extends Special {
  readonly kind = 'date and time';
  readonly date: FeelDate;
  readonly time: FeelTime;
  constructor(date: FeelDate, time: FeelTime) {
    super();
    this.date = date;
    this.time = time;
  }
}

export class MonthsDuration extends Special {
  readonly kind = 'years and months duration';
  readonly months: number;
  constructor(months: number) {
    super();
    this.months = months === 0 ? 0 : months;
  }
}

export class SecondsDuration extends Special {
  readonly kind = 'days and time duration';
  /** may have a fraction */
  readonly seconds: number;
  constructor(seconds: number) {
    super();
    this.seconds = seconds === 0 ? 0 : seconds;
  }
}

/** `start` or `end` null with its bound excluded = unbounded on that side. */
export class FeelRange extends Special {
  readonly kind = 'range';
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;
  constructor(bounds: { start: FeelValue; end: FeelValue; startIncluded: boolean; endIncluded: boolean }) {
    super();
    this.start = bounds.start;
    this.end = bounds.end;
    this.startIncluded = bounds.startIncluded;
    this.endIncluded = bounds.endIncluded;
  }
}

export interface Parameter {
  readonly name: string;
  readonly type?: FeelType;
}

/** A function literal, a built-in used as a value, a business knowledge model or a decision service. */
export class FeelFunction extends Special {
  readonly kind = 'function';
  readonly parameters: readonly Parameter[];
  /** positional arguments, exactly as many as parameters */
  readonly invoke: (args: readonly FeelValue[], runtime: unknown) => FeelValue;
  /** set for built-ins, which resolve overloads and named arguments themselves */
  readonly builtin: string | null;
  readonly result: FeelType | undefined;
  constructor(made: {
    parameters: readonly Parameter[];
    invoke: (args: readonly FeelValue[], runtime: unknown) => FeelValue;
    builtin?: string;
    result?: FeelType;
  }) {
    super();
    this.parameters = made.parameters;
    this.invoke = made.invoke;
    this.builtin = made.builtin ?? null;
    this.result = made.result;
  }
}

/** A type as written after `instance of`, in a function's parameter or in a DMN item definition. */
export type FeelType =
  | {
      readonly name:
        | 'Any'
        | 'Null'
        | 'number'
        | 'string'
        | 'boolean'
        | 'date'
        | 'time'
        | 'date and time'
        | 'years and months duration'
        | 'days and time duration';
    }
  | { readonly name: 'list'; readonly of: FeelType }
  | { readonly name: 'range'; readonly of: FeelType }
  | { readonly name: 'context'; readonly entries: ReadonlyMap<string, FeelType> | null }
  | { readonly name: 'function'; readonly parameters: readonly FeelType[] | null; readonly result: FeelType }
  /** `allows` checks one value against the allowed values of an item definition */
  | { readonly name: 'constrained'; readonly of: FeelType; readonly allows: (value: FeelValue) => boolean }
  /** resolved when used, so that item definitions may be recursive */
  | { readonly name: 'named'; readonly resolve: () => FeelType | undefined };

export function isList(value: FeelValue | undefined): value is FeelList {
  return Array.isArray(value);
}

export function isContext(value: FeelValue | undefined): value is FeelContext {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Special);
}

/** The entry `name` of a context, or undefined when it has none. Own properties only. */
export function entryOf(context: FeelContext, name: string): FeelValue | undefined {
  return Object.hasOwn(context, name) ? (context[name] ?? null) : undefined;
}

/** A context from entries; it has no prototype, so that even `__proto__` is an ordinary name. */
export function contextOf(entries: Iterable<readonly [string, FeelValue]>): FeelContext {
  const made = Object.create(null) as Record<string, FeelValue>;
  for (const [name, value] of entries) made[name] = value;
  return made;
}

/** The name that people read in messages. */
export function typeName(value: FeelValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Special) return value.kind;
  return typeof value === 'object' ? 'context' : typeof value;
}
