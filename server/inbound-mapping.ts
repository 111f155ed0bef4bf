/** From what an agency tells us to a message that cases wait for: by FEEL that an integrator wrote, over `body`. */
import { z } from 'zod';
import type { Json, Variables } from '../engine/terms.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Problem } from './problem.ts';

const expression = z.string().trim().min(1).max(4000);
export const mappingBody = z.strictObject({
  /** which case: a text or number */
  correlationKey: expression,
  /** what the case gets to know: a context; absent: the whole body as `news` */
  variables: expression.optional(),
  /** which news matter; absent: all */
  condition: expression.optional(),
  /** what tells one event from another; absent: the body's bytes */
  eventId: expression.optional(),
});
export type Mapping = z.infer<typeof mappingBody>;

export interface Mapped {
  readonly correlationKey: string;
  readonly variables: Variables;
  /** undefined: the body itself tells it */
  readonly eventId: string | undefined;
}

type Evaluating = Pick<Runtime, 'evaluateExpression'>;

/** Undefined: the condition does not hold. Throws a Problem that names the expression which gives nothing usable; never a value. */
export async function mapped(runtime: Evaluating, mapping: Mapping, body: Json): Promise<Mapped | undefined> {
  const ask = async (name: keyof Mapping): Promise<Json> => {
    const answer = await runtime.evaluateExpression((mapping[name] ?? '').replace(/^\s*=/, '').trim(), { body });
    if (answer.ok) return answer.result;
    throw wrong(name, 'can be evaluated over this body');
  };
  if (mapping.condition !== undefined && (await ask('condition')) !== true) return undefined;
  const variables = mapping.variables === undefined ? { news: body } : await ask('variables');
  if (variables === null || typeof variables !== 'object' || Array.isArray(variables)) throw wrong('variables', 'gives a context');
  return {
    correlationKey: nameOf(await ask('correlationKey'), 'correlationKey'),
    variables: variables as Variables,
    eventId: mapping.eventId === undefined ? undefined : nameOf(await ask('eventId'), 'eventId'),
  };
}

function nameOf(value: Json, name: keyof Mapping): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text !== '' && text.length <= 500) return text;
  throw wrong(name, 'gives a text or a number');
}

const wrong = (name: string, what: string): Problem =>
  new Problem('INVALID_ARGUMENT', `Expected a body for which ${name} ${what}, but it is not one`);
