import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { order, within } from '../operators.ts';
import type { FeelRange } from '../values.ts';
import type { FeelValue } from '../values.ts';

/** Points and ranges (DMN 10.3.4.9, table 78). A null answer means that the two cannot be compared. */
type Answer = boolean | null;
type Point = FeelValue;

const cmp = (a: Point, b: Point): number => {
  const at = order(a, b);
  if (at === null) throw new Uncomparable();
  return at;
};

/** Thrown and caught in this file only. */
class Uncomparable extends Error {}

const lt = (a: Point, b: Point): boolean => cmp(a, b) < 0;
const eq = (a: Point, b: Point): boolean => cmp(a, b) === 0;
const has = (range: FeelRange, point: Point): boolean => {
  const inside = within(point, range);
  if (inside === null) throw new Uncomparable();
  return inside;
};
const startsSame = (a: FeelRange, b: FeelRange): boolean => eq(a.start, b.start) && a.startIncluded === b.startIncluded;
const endsSame = (a: FeelRange, b: FeelRange): boolean => eq(a.end, b.end) && a.endIncluded === b.endIncluded;
const startsLater = (a: FeelRange, b: FeelRange): boolean =>
  lt(b.start, a.start) || (eq(a.start, b.start) && (b.startIncluded || !a.startIncluded));
const endsEarlier = (a: FeelRange, b: FeelRange): boolean => lt(a.end, b.end) || (eq(a.end, b.end) && (b.endIncluded || !a.endIncluded));
const beforeRange = (a: FeelRange, b: FeelRange): boolean =>
  lt(a.end, b.start) || (eq(a.end, b.start) && !(a.endIncluded && b.startIncluded));
const meets = (a: FeelRange, b: FeelRange): boolean => a.endIncluded && b.startIncluded && eq(a.end, b.start);
const inside = (a: FeelRange, b: FeelRange): boolean => startsLater(a, b) && endsEarlier(a, b);
const overlapsBefore = (a: FeelRange, b: FeelRange): boolean =>
  (lt(a.start, b.start) || (eq(a.start, b.start) && a.startIncluded && !b.startIncluded)) &&
  (lt(b.start, a.end) || (eq(b.start, a.end) && a.endIncluded && b.startIncluded)) &&
  (lt(a.end, b.end) || (eq(a.end, b.end) && (!a.endIncluded || b.endIncluded)));
const overlapsAfter = (a: FeelRange, b: FeelRange): boolean =>
  (lt(b.start, a.start) || (eq(b.start, a.start) && b.startIncluded && !a.startIncluded)) &&
  (lt(a.start, b.end) || (eq(a.start, b.end) && b.endIncluded && a.startIncluded)) &&
  (lt(b.end, a.end) || (eq(b.end, a.end) && (!b.endIncluded || a.endIncluded)));

const pointPoint: Readonly<Record<string, (a: Point, b: Point) => Answer>> = { before: lt, after: (a, b) => lt(b, a), coincides: eq };

const pointRange: Readonly<Record<string, (point: Point, range: FeelRange) => Answer>> = {
  before: (point, range) => lt(point, range.start) || (eq(point, range.start) && !range.startIncluded),
  after: (point, range) => lt(range.end, point) || (eq(point, range.end) && !range.endIncluded),
  during: (point, range) => has(range, point),
  starts: (point, range) => eq(point, range.start) && range.startIncluded,
  finishes: (point, range) => eq(point, range.end) && range.endIncluded,
};

const rangePoint: Readonly<Record<string, (range: FeelRange, point: Point) => Answer>> = {
  before: (range, point) => lt(range.end, point) || (eq(range.end, point) && !range.endIncluded),
  after: (range, point) => lt(point, range.start) || (eq(range.start, point) && !range.startIncluded),
  includes: has,
  'started by': (range, point) => eq(point, range.start) && range.startIncluded,
  'finished by': (range, point) => eq(point, range.end) && range.endIncluded,
};

const rangeRange: Readonly<Record<string, (a: FeelRange, b: FeelRange) => Answer>> = {
  before: beforeRange,
  after: (a, b) => beforeRange(b, a),
  meets,
  'met by': (a, b) => meets(b, a),
  overlaps: (a, b) => !beforeRange(a, b) && !beforeRange(b, a),
  'overlaps before': overlapsBefore,
  'overlaps after': overlapsAfter,
  finishes: (a, b) => endsSame(a, b) && startsLater(a, b),
  'finished by': (a, b) => endsSame(a, b) && startsLater(b, a),
  includes: (a, b) => inside(b, a),
  during: inside,
  starts: (a, b) => startsSame(a, b) && endsEarlier(a, b),
  'started by': (a, b) => startsSame(a, b) && endsEarlier(b, a),
  coincides: (a, b) => startsSame(a, b) && endsSame(a, b),
};

export function defineRange(table: Table): void {
  const add = (name: string, signature: string, run: (a: never, b: never) => Answer): void => {
    define(table, name, { signature, run: ([a, b]: [never, never]) => guarded(() => run(a, b)) });
  };
  for (const [name, run] of Object.entries(rangeRange)) add(name, 'range1: range, range2: range', run as never);
  for (const [name, run] of Object.entries(rangePoint)) add(name, 'range: range, point: point', run as never);
  for (const [name, run] of Object.entries(pointRange)) add(name, 'point: point, range: range', run as never);
  for (const [name, run] of Object.entries(pointPoint)) add(name, 'point1: point, point2: point', run as never);
}

function guarded(run: () => Answer): FeelValue | undefined {
  try {
    return run();
  } catch (problem) {
    if (problem instanceof Uncomparable) return undefined;
    throw problem;
  }
}
