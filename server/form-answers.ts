import type { Json, Variables } from '../engine/terms.ts';
import { validateForm } from '../forms/validate.ts';
import { Problem } from './problem.ts';
import type { Asked } from './route.ts';

/** names that the house itself sets: no form answers them, whatever it calls its fields */
const reserved = new Set(['applicant']);

/** The form's answers as the form asks for them, or FORM_INVALID with every wrong one. What was not asked is dropped. */
export function answersOf(
  asked: Asked,
  schema: Json,
  { given, data = {} }: { readonly given: Variables; readonly data?: Variables },
): Variables {
  const { values, errors } = validateForm(schema, given, { data, now: asked.context.runtime.clock.now() });
  if (errors.length > 0) {
    const found = errors.map(({ pointer, code, params, message }) => ({
      pointer: `/variables${pointer}`,
      code,
      ...(params ? { params } : {}),
      detail: message.id,
      detailEn: message.en,
    }));
    throw new Problem(
      'FORM_INVALID',
      `Expected every answer of the form to be right, but ${errors.length} ${errors.length === 1 ? 'is' : 'are'} not`,
      { errors: found },
    );
  }
  return Object.fromEntries(Object.entries(values).filter(([name]) => !reserved.has(name))) as Variables;
}
