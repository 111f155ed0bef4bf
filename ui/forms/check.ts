import { conditionsOf } from '../../forms/conditions.ts';
import { validateForm } from '../../forms/validate.ts';
import { ProblemError } from '../client.ts';
import type { FieldError, FormSchema, Values } from './schema.ts';

/** What is wrong with these answers, by the server's own rules, and the answers that the form really asks for: hidden ones are left out. */
export function checkAnswers(
  schema: FormSchema,
  given: Values,
  data: Values = {},
): { readonly values: Values; readonly errors: readonly FieldError[] } {
  return validateForm(schema, given, { data, now: Date.now() });
}

/** The form's conditions and expressions over the answers so far. */
export function conditionsNow(values: Values): ReturnType<typeof conditionsOf> {
  return conditionsOf(values, Date.now());
}

/** The field errors inside a refused request; empty when it was refused for another reason. */
export function fieldErrorsOf(error: unknown): readonly FieldError[] {
  if (!(error instanceof ProblemError)) return [];
  const found = (error.problem.errors ?? []) as readonly FieldError[];
  return found.map((one) => ({ ...one, pointer: one.pointer.replace(/^\/variables(?=\/)/, '') }));
}
