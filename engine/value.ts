import { format } from './feel/format.ts';
import { toJson } from './feel/index.ts';
import type { Clock, Scope } from './feel/index.ts';
import type { Value } from './process.ts';
import type { Json } from './terms.ts';

/** A value that is needed outside any instance: the timer or message of a start event. */
export function evaluateText(
  value: Value,
  scope: Scope,
  clock: Clock,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } {
  if ('fixed' in value) return asText(value.fixed);
  const result = value.expression.evaluate(scope, clock);
  return result.ok ? asText(toJson(result.value)) : { ok: false, message: result.message };
}

function asText(value: Json): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } {
  if (typeof value === 'string') return { ok: true, text: value };
  if (typeof value === 'number') return { ok: true, text: format(value) };
  return { ok: false, message: `Expected a text, but found ${JSON.stringify(value)}.` };
}
