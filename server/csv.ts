/**
 * Rows as CSV (RFC 4180). Lists are joined by a blank.
 * A text that a spreadsheet would take for a formula gets an apostrophe in front: parts of it come from agencies.
 */
export function csvOf(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = [columns.join(','), ...rows.map((row) => columns.map((name) => cell(row[name])).join(','))];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** The same piece by piece, for as many rows as there are: the head first, then a piece for each page. */
export async function* csvPieces(columns: readonly string[], pages: AsyncIterable<readonly Readonly<Record<string, unknown>>[]>) {
  yield `${columns.join(',')}\r\n`;
  for await (const rows of pages) if (rows.length > 0) yield csvOf(columns, rows).slice(columns.join(',').length + 2);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number);
  const safe = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
