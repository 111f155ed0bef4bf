import { FeelDate, FeelDateTime, FeelFunction, FeelRange, FeelTime, MonthsDuration, SecondsDuration } from './values.ts';
import type { FeelValue } from './values.ts';
import { numberText } from './decimal.ts';
import { dateText, dateTimeText, monthsText, secondsText, timeText } from './temporal-text.ts';

/** What `string(value)` yields for everything but null: texts bare, temporal values as ISO. */
export function format(value: FeelValue): string {
  if (typeof value === 'string') return value;
  return literal(value);
}

/** The value as FEEL would write it inside a list: texts in quotes. */
function literal(value: FeelValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return `[${(value as readonly FeelValue[]).map(literal).join(', ')}]`;
  return special(value);
}

function special(value: FeelValue): string {
  if (value instanceof FeelDate) return dateText(value);
  if (value instanceof FeelTime) return timeText(value);
  if (value instanceof FeelDateTime) return dateTimeText(value);
  if (value instanceof MonthsDuration) return monthsText(value);
  if (value instanceof SecondsDuration) return secondsText(value);
  if (value instanceof FeelRange) return rangeText(value);
  if (value instanceof FeelFunction) return `function(${value.parameters.map((parameter) => parameter.name).join(', ')})`;
  const entries = Object.entries(value as { [name: string]: FeelValue });
  return `{${entries.map(([name, entry]) => `${/^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name) ? name : JSON.stringify(name)}: ${literal(entry)}`).join(', ')}}`;
}

function rangeText(range: FeelRange): string {
  const start = range.start === null ? '' : literal(range.start);
  const end = range.end === null ? '' : literal(range.end);
  if (range.start === null && range.end !== null) return `(<${range.endIncluded ? '=' : ''}${end})`;
  if (range.end === null && range.start !== null) return `(>${range.startIncluded ? '=' : ''}${start})`;
  return `${range.startIncluded ? '[' : '('}${start}..${end}${range.endIncluded ? ']' : ')'}`;
}
