import type { Key } from './terms.ts';

/** Local numbers per instance: 2^20. Beyond that an instance is refused more work (see docs/SPEC.md). */
export const MAX_LOCAL = 2 ** 20 - 1;
const LOCAL_BITS = 20n;

/** The key of thing `n` in instance `instanceNumber`: a decimal string that fits a signed 64-bit integer. */
export function keyOf(instanceKey: Key, n: number): Key {
  return n === 0 ? instanceKey : (((BigInt(instanceKey) >> LOCAL_BITS) << LOCAL_BITS) | BigInt(n)).toString();
}

/** Instance (or definition, message, user) number → its own key. */
export function keyOfNumber(number: number): Key {
  return (BigInt(number) << LOCAL_BITS).toString();
}

/** The instance that a key belongs to. Throws a SyntaxError when `key` is no decimal string: check with `isKey` first. */
export function instanceKeyOf(key: Key): Key {
  return ((BigInt(key) >> LOCAL_BITS) << LOCAL_BITS).toString();
}

/** The local number inside a key; 0 for the instance itself. */
export function localOf(key: Key): number {
  return Number(BigInt(key) & BigInt(MAX_LOCAL));
}

const MAX_KEY = 2n ** 63n - 1n;

/** Is this text a key that could exist? Decimal, positive, at most a signed 64-bit integer. */
export function isKey(text: unknown): text is Key {
  return typeof text === 'string' && /^[1-9][0-9]{0,18}$/.test(text) && BigInt(text) <= MAX_KEY;
}
