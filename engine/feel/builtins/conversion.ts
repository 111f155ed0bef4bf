import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { format } from '../format.ts';
import { toJson } from '../json.ts';
import type { Runtime } from '../runtime.ts';
import { FeelDateTime, FeelFunction, FeelRange, FeelTime, LOCAL } from '../values.ts';
import type { FeelValue } from '../values.ts';
import { readTemporal, dateTimeText, offsetText } from '../temporal-text.ts';
import { offsetOf } from '../calendar.ts';
import { order } from '../operators.ts';

const JSON_LIMIT = 1_000_000;

/** Conversions (DMN 10.3.4.1) and JSON. */
export function defineConversion(table: Table): void {
  define(table, 'string', {
    signature: 'from: any',
    run: ([value]: [FeelValue], runtime: Runtime) => (value === null ? null : runtime.grown(format(value))),
  });
  define(table, 'number', { signature: 'from: number', run: ([value]: [number]) => value });
  define(table, 'number', {
    signature: 'from: string, grouping separator?: string|null, decimal separator?: string|null',
    run: ([text, group, decimal]: [string, (string | null)?, (string | null)?]) => readNumber(text, group ?? null, decimal ?? null),
  });
  for (const name of ['from json', 'fromJson'])
    define(table, name, { signature: 'value: string', run: ([text]: [string], runtime: Runtime) => fromText(text, runtime) });
  for (const name of ['to json', 'toJson']) {
    define(table, name, {
      signature: 'value: any',
      run: ([value]: [FeelValue], runtime: Runtime) => (value instanceof FeelFunction ? undefined : runtime.grown(jsonText(value))),
    });
  }
  define(table, 'range', { signature: 'from: string', run: ([text]: [string]) => readRange(text) });
}

function readNumber(text: string, group: string | null, decimal: string | null): number | undefined {
  const groups = [null, ' ', ',', '.'];
  if (!groups.includes(group) || ![null, ',', '.'].includes(decimal)) return undefined;
  if (group !== null && group === (decimal ?? (group === '.' ? '.' : null))) return undefined;
  const plain = (group === null ? text : text.replaceAll(group, '')).replace(decimal ?? '.', '.');
  return /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}

function fromText(text: string, runtime: Runtime): FeelValue | undefined {
  if (text.length > JSON_LIMIT) return undefined;
  runtime.spend(text.length >> 4);
  try {
    return JSON.parse(text) as FeelValue;
  } catch {
    return undefined;
  }
}

/** As `toJson`, but a zoned date and time carries its offset too, so that readers without zones understand it. */
function jsonText(value: FeelValue): string {
  if (value instanceof FeelDateTime && value.time.place.zone !== undefined) {
    const local = new FeelDateTime(value.date, new FeelTime(value.time.seconds, LOCAL));
    return JSON.stringify(`${dateTimeText(local)}${offsetText(offsetOf(value) ?? 0)}[${value.time.place.zone}]`);
  }
  return JSON.stringify(toJson(value));
}

/** `range("[1..5]")`: ends are numbers, quoted texts or temporal literals (DMN 1.5, 10.3.4.1). */
function readRange(text: string): FeelValue | undefined {
  const found = /^\s*([[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])[])\s*$/.exec(text);
  if (!found) return undefined;
  const [start, end] = [readEnd(found[2] ?? ''), readEnd(found[3] ?? '')];
  if (start === undefined || end === undefined || (start === null && end === null)) return undefined;
  const at = start === null || end === null ? -1 : order(start, end);
  if (at === null || at > 0) return undefined;
  const startIncluded = found[1] === '[';
  const endIncluded = found[4] === ']';
  if ((start === null && startIncluded) || (end === null && endIncluded)) return undefined;
  return new FeelRange({ start, end, startIncluded, endIncluded });
}

function readEnd(text: string): FeelValue | undefined {
  if (text === '') return null;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const temporal = /^@"([^"]*)"$/.exec(text) ?? /^(?:date|time|date and time|duration)\(\s*"([^"]*)"\s*\)$/.exec(text);
  if (temporal) return readTemporal(temporal[1] ?? '') ?? undefined;
  return /^"([^"]*)"$/.exec(text)?.[1];
}
