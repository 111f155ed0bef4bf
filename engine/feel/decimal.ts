/**
 * Numbers are doubles (DMN 10.3.2.3.1 asks for 34 decimal digits; JSON, which all our data is, brings doubles).
 * What we do so that people see decimal arithmetic:
 * - after + - * / ** a result within a few units in the last place of a decimal with at most 12 decimals becomes that decimal,
 *   so 0.1 + 0.2 = 0.3 and 1.1 * 1.1 = 1.21;
 * - rounding (`decimal`, `round half up`, ...) works on the shortest decimal text of the number, exactly, not on its binary value,
 *   so `decimal(2.675, 2)` sees 2.675;
 * - a result that is not finite is null.
 */

const SCALES = [1e4, 1e8, 1e12];

/** The decimal that a computed double stands for; NaN and infinity give null. */
export function tidy(value: number): number | null {
  if (Number.isInteger(value)) return value === 0 ? 0 : value;
  if (!Number.isFinite(value)) return null;
  const size = Math.abs(value);
  const slack = size * 6.7e-16;
  for (const scale of SCALES) {
    const scaled = size * scale;
    if (scaled > 9007199254740991) return value;
    const near = Math.round(scaled) / scale;
    if (Math.abs(near - size) <= slack) return near === 0 ? value : value < 0 ? -near : near;
  }
  return value;
}

/** Plain decimal text without exponent, e.g. 1e21 → 1000000000000000000000. */
export function numberText(value: number): string {
  const text = String(value === 0 ? 0 : value);
  const cut = text.indexOf('e');
  if (cut < 0) return text;
  const exponent = Number(text.slice(cut + 1));
  const [whole = '', fraction = ''] = text.slice(0, cut).replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const sign = value < 0 ? '-' : '';
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

export type Rounding = 'half-even' | 'half-up' | 'half-down' | 'up' | 'down' | 'floor' | 'ceiling';

/** Rounds to `scale` decimals (may be negative), exactly on the decimal text. `half-up`/`up` go away from zero, as DMN 10.3.4.5 says. */
export function roundTo(value: number, scale: number, mode: Rounding): number {
  if (!Number.isFinite(value)) return value;
  const negative = value < 0;
  const [whole = '0', fraction = ''] = numberText(Math.abs(value)).split('.');
  const keep = whole.length + scale;
  const digits = whole + fraction;
  if (keep >= digits.length) return value;
  const kept = keep > 0 ? BigInt(digits.slice(0, keep)) : 0n;
  const rest = keep >= 0 ? digits.slice(keep) : '0'.repeat(-keep) + digits;
  const rounded = kept + (awayFromZero(rest, kept, { mode, negative }) ? 1n : 0n);
  const result = Number(`${rounded}e${-scale}`);
  return negative && result !== 0 ? -result : result;
}

function awayFromZero(rest: string, kept: bigint, how: { mode: Rounding; negative: boolean }): boolean {
  if (/^0*$/.test(rest)) return false;
  const first = rest.charCodeAt(0) - 48;
  const half = first === 5 && /^0*$/.test(rest.slice(1));
  switch (how.mode) {
    case 'up':
      return true;
    case 'down':
      return false;
    case 'floor':
      return how.negative;
    case 'ceiling':
      return !how.negative;
    case 'half-up':
      return first >= 5;
    case 'half-down':
      return first >= 5 && !half;
    case 'half-even':
      return half ? kept % 2n === 1n : first >= 5;
  }
}
