import { format } from '../../engine/feel/format.ts';
import { identical } from '../../engine/feel/operators.ts';
import { entryOf, isContext, isList } from '../../engine/feel/values.ts';
import type { FeelValue } from '../../engine/feel/index.ts';

/** The kits' tolerance for decimals. */
const TOLERANCE = 1e-8;

/** FEEL equality with numbers at the kits' tolerance, and null equal to null. */
export function sameValue(a: FeelValue, b: FeelValue): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => sameValue(item, b[at] ?? null));
  if (isContext(a) && isContext(b)) {
    const names = Object.keys(b);
    return Object.keys(a).length === names.length && names.every((name) => sameValue(entryOf(a, name) ?? null, entryOf(b, name) ?? null));
  }
  return a === b || identical(a, b);
}

export const show = (value: FeelValue): string => (value === null ? 'null' : format(value));
