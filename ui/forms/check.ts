import { ProblemError } from '../client.ts';
import type { FieldError, FormSchema, Values } from './schema.ts';

/** What is wrong with these answers, by the same rules as the server's. */
export function checkAnswers(schema: FormSchema, values: Values, data: Values = {}): readonly FieldError[] {
  void data;
  return schema.components
    .filter(
      (component) =>
        component.key !== undefined &&
        component.validate?.required &&
        (values[component.key] === undefined || values[component.key] === ''),
    )
    .map((component) => ({ pointer: `/${component.key ?? ''}`, code: 'required' }));
}

/** The field errors inside a refused request; empty when it was refused for another reason. */
export function fieldErrorsOf(error: unknown): readonly FieldError[] {
  if (!(error instanceof ProblemError)) return [];
  return (error.problem.errors ?? []).map(({ pointer, code = 'other', detail }) => ({
    pointer: pointer.replace(/^\/variables(?=\/)/, ''),
    code,
    detail,
  }));
}
