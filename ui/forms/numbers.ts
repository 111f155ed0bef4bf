import type { Lang } from './schema.ts';

/**
 * A number as people type it: `1.500,5` in Indonesian, `1,500.5` in English; a lone mark that cannot be a thousands mark is the decimal one.
 * Answers undefined when it is no number.
 */
export function parseNumber(typed: string, lang: Lang): number | undefined {
  const [thousands, decimal] = lang === 'id' ? ['.', ','] : [',', '.'];
  const text = typed.replace(/\s/g, '');
  const grouped = new RegExp(`^-?\\d{1,3}(\\${thousands}\\d{3})+(\\${decimal}\\d+)?$`).test(text);
  const plain = (grouped ? text.replaceAll(thousands ?? '', '') : text).replace(',', '.');
  return /^-?(\d+(\.\d+)?|\.\d+)$/.test(plain) ? Number(plain) : undefined;
}

/** A number for reading: `1.500,5` or `1,500.5`. */
export function showNumber(value: unknown, lang: Lang): string {
  return typeof value === 'number'
    ? new Intl.NumberFormat(lang === 'id' ? 'id-ID' : 'en-GB', { maximumFractionDigits: 10 }).format(value)
    : String(value ?? '');
}

/** A number for typing on: no thousands marks, the reader's own decimal mark. */
export function editNumber(value: unknown, lang: Lang): string {
  return typeof value === 'number' ? String(value).replace('.', lang === 'id' ? ',' : '.') : String(value ?? '');
}
