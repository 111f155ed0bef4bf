/** Input is believed only after it was looked at: bodies by schema, keys by form. */
import { isKey } from '../engine/keys.ts';
import type { Json, Key, Variables } from '../engine/terms.ts';
import { z } from 'zod';
import { Problem } from './problem.ts';
import type { FieldProblem } from './problem.ts';
import type { Asked } from './route.ts';

export const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined, 'Expected a JSON value');
export const variables: z.ZodType<Variables> = z.record(z.string().min(1).max(256), json);
export const key = z.string().refine(isKey, 'Expected a key (a decimal number as text)');
/** short free text that names something */
export const name = z.string().min(1).max(1024);

/** `absent`: what a missing body counts as; undefined = it must be there */
export function parseBody<T>(asked: Asked, schema: z.ZodType<T>, absent?: unknown): T {
  const parsed = schema.safeParse(asked.body ?? absent);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(fieldProblem);
  const first = errors[0];
  throw new Problem('INVALID_ARGUMENT', `Expected a well-formed body, but ${first?.pointer || 'it'}: ${first?.detail ?? 'it is not'}`, {
    errors,
  });
}

function fieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  return {
    pointer: issue.path.map((part) => `/${escapePointer(String(part))}`).join(''),
    code: issue.code ?? 'invalid',
    detail: issue.message,
  };
}

export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A key in the address. */
export function keyParam(asked: Asked, param: string): Key {
  const value = asked.params[param];
  if (isKey(value)) return value;
  throw new Problem('INVALID_ARGUMENT', `Expected ${param} to be a key (a decimal number), but it is ${shown(value)}`);
}

export function textParam(asked: Asked, param: string): string {
  return asked.params[param] ?? '';
}

/** A caller's text inside our sentence: short and on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
