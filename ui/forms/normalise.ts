import { padDate } from './dates.ts';
import { parseNumber } from './numbers.ts';
import { pathOf, valueAt, withValueAt } from './paths.ts';
import type { FormComponent, FormSchema, Lang, Path, Values } from './schema.ts';

/** Whether a text answer is a string of digits (NIK, KK, postcode): shown with the number keyboard, kept as text. */
export function isDigits(component: FormComponent): boolean {
  const pattern = component.validate?.pattern ?? '';
  return /^\^?(\\d|\[0-9\])(\{\d+(,\d*)?\}|\+)?\$?$/.test(pattern) || component.properties?.inputmode === 'numeric';
}

/**
 * Answers as they are sent: spaces around texts and inside digit strings fall away, typed numbers become numbers, dates get their zeros,
 * and an empty answer is no answer. What cannot be understood stays as typed, so that checking can say so.
 */
export function normalise(schema: FormSchema, values: Values, lang: Lang): Values {
  return schema.components.reduce((sofar, component) => normaliseOne(component, [], { values: sofar, lang }), values);
}

interface Work {
  readonly values: Values;
  readonly lang: Lang;
}

function normaliseOne(component: FormComponent, parent: Path, { values, lang }: Work): Values {
  const path = pathOf(component, parent);
  const inside = (at: Path, from: Values): Values =>
    (component.components ?? []).reduce((sofar, child) => normaliseOne(child, at, { values: sofar, lang }), from);
  if (component.type === 'group') return inside(path, values);
  if (component.type === 'dynamiclist') {
    const rows = valueAt(values, path);
    return Array.isArray(rows) ? rows.reduce<Values>((sofar, _row, at) => inside([...path, at], sofar), values) : values;
  }
  if (component.key === undefined) return values;
  const before = valueAt(values, path);
  const after = tidy(component, before, lang);
  return before === after ? values : withValueAt(values, path, after);
}

function tidy(component: FormComponent, value: unknown, lang: Lang): unknown {
  if (typeof value !== 'string') return Array.isArray(value) && value.length === 0 ? undefined : value;
  const text = value.trim();
  if (text === '') return undefined;
  if (component.type === 'number') return parseNumber(text, lang) ?? text;
  if (component.type === 'datetime' && component.subtype !== 'time' && !text.includes('T')) return padDate(text);
  return component.type === 'textfield' && isDigits(component) ? text.replace(/[\s.-]/g, '') : text;
}
