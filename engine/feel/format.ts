import type { FeelValue } from './values.ts';
export function format(value: FeelValue): string {
  return String(value);
}
