import type { Key } from './terms.ts';

/**
 * A key is a decimal string of a signed 64-bit integer: `block (5 bits) | instance number (38 bits) | low part of n (20 bits)`.
 * An instance begins in block 0. When its 2^20 numbers there are used up it continues in block 1, and so on up to block 31,
 * so every key names its instance and nothing has to be looked up to route a command.
 */
const [LOCAL_BITS, NUMBER_BITS, BLOCKS] = [20n, 38n, 32];
const BLOCK_SHIFT = LOCAL_BITS + NUMBER_BITS;
const LOW = 2 ** 20;
/** decimal numbers of fewer digits are exact as JavaScript numbers, and lie in block 0 */
const EXACT_DIGITS = 16;
const NUMBER_MASK = ((1n << NUMBER_BITS) - 1n) << LOCAL_BITS;

/** Local numbers per instance: 2^25, in blocks of 2^20. Beyond that an instance is refused more work. */
export const MAX_LOCAL = BLOCKS * LOW - 1;
/** Numbers of instances, definitions, messages, users: 2^38. */
export const MAX_NUMBER = 2 ** 38 - 1;

/** The key of thing `n` in instance `instanceNumber`: a decimal string that fits a signed 64-bit integer. */
export function keyOf(instanceKey: Key, n: number): Key {
  if (n === 0) return instanceKey;
  // most keys are small enough for plain numbers, which are several times as quick
  if (n < LOW && instanceKey.length < EXACT_DIGITS) return String(Number(instanceKey) - (Number(instanceKey) % LOW) + n);
  return ((BigInt(Math.floor(n / LOW)) << BLOCK_SHIFT) | (BigInt(instanceKey) & NUMBER_MASK) | BigInt(n % LOW)).toString();
}

/** `keyOf` of one instance, for who asks often. */
export function keysOf(instanceKey: Key): (n: number) => Key {
  if (instanceKey.length >= EXACT_DIGITS) return (n) => keyOf(instanceKey, n);
  const base = Number(instanceKey) - (Number(instanceKey) % LOW);
  return (n) => (n > 0 && n < LOW ? String(base + n) : keyOf(instanceKey, n));
}

/** Instance (or definition, message, user) number → its own key. */
export function keyOfNumber(number: number): Key {
  if (number > MAX_NUMBER) throw new Error(`Expected a number up to ${MAX_NUMBER}, but got ${number}`);
  return (BigInt(number) << LOCAL_BITS).toString();
}

/** The instance that a key belongs to. Throws a SyntaxError when `key` is no decimal string: check with `isKey` first. */
export function instanceKeyOf(key: Key): Key {
  if (isExact(key)) return String(Number(key) - (Number(key) % LOW));
  return (BigInt(key) & NUMBER_MASK).toString();
}

/** The local number inside a key; 0 for the instance itself. */
export function localOf(key: Key): number {
  if (isExact(key)) return Number(key) % LOW;
  const number = BigInt(key);
  return Number(number >> BLOCK_SHIFT) * LOW + Number(number & BigInt(LOW - 1));
}

function isExact(key: Key): boolean {
  return key.length < EXACT_DIGITS && /^[0-9]+$/.test(key);
}

const MAX_KEY = 2n ** 63n - 1n;

/** Is this text a key that could exist? Decimal, positive, at most a signed 64-bit integer. */
export function isKey(text: unknown): text is Key {
  return typeof text === 'string' && /^[1-9][0-9]{0,18}$/.test(text) && BigInt(text) <= MAX_KEY;
}
