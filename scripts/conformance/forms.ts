/**
 * form-js schemas on the server's own check: every component type is known or told as unknown by the renderer, required answers are missed,
 * right answers are taken and come back unchanged, a wrong answer is refused at its place.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { pathOf, pointerOf, valueAt, withValueAt } from '../../forms/paths.ts';
import type { FormField, FormSchema, Path, Values } from '../../forms/schema.ts';
import { validateForm } from '../../forms/validate.ts';
import { findFiles } from './find-files.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet } from './tally.ts';

const ROOT = 'bpmn-io+form-js';
const SCHEMAS = /(?:form-js-viewer\/test\/spec|e2e\/visual\/fixtures)\/[^/]+\.json$/;
const RENDERER = join(import.meta.dirname, '..', '..', 'ui', 'forms', 'form-component.tsx');

/** What the schemas read besides their own answers. */
const data: Readonly<Record<string, Values>> = {
  'dynamic.json': { dynamicValues: [{ label: 'One', value: 'one' }], xyzData: [{ label: 'One', value: 'one' }] },
  'validate.json': { min: 2, max: 5, minLength: 2, maxLength: 5 },
};

interface Input {
  readonly field: FormField;
  readonly path: Path;
}

/** Every field below these components, one row for each list. */
function inputsOf(components: readonly FormField[] | undefined, parent: Path): readonly Input[] {
  return (components ?? []).flatMap((field) => {
    const path = pathOf(field, parent);
    if (field.type === 'dynamiclist') return inputsOf(field.components, [...path, 0]);
    if (field.components !== undefined) return inputsOf(field.components, path);
    return field.type in wrong && field.key !== undefined ? [{ field, path }] : [];
  });
}

function typesIn(components: readonly FormField[] | undefined): readonly string[] {
  return (components ?? []).flatMap((field) => [field.type, ...typesIn(field.components)]);
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** A right answer; undefined when the field asks nothing or its choices come from elsewhere. */
function rightAnswer({ type, subtype, validate, values }: FormField, given: Values): unknown {
  const bound = (limit: unknown): number | undefined =>
    number(typeof limit === 'string' && limit.startsWith('=') ? given[limit.slice(1)] : Number(limit ?? undefined));
  switch (type) {
    case 'textfield':
    case 'textarea':
      if (validate?.validationType === 'email') return 'siti@example.org';
      if (validate?.validationType === 'phone') return '+62 341 366922';
      if (validate?.pattern !== undefined) return undefined;
      return 'a'.repeat(Math.max(1, bound(validate?.minLength) || 1));
    case 'number':
      return bound(validate?.min) || 0;
    case 'checkbox':
      return true;
    case 'radio':
    case 'select':
      return values?.[0]?.value;
    case 'checklist':
    case 'taglist':
      return values?.[0] === undefined ? undefined : [values[0].value];
    case 'datetime':
      return { time: '10:00', datetime: '2026-01-31T10:00' }[subtype ?? ''] ?? '2026-01-31';
    default:
      return undefined;
  }
}

const wrong: Readonly<Record<string, unknown>> = {
  textfield: 5,
  textarea: 5,
  number: 'many',
  checkbox: 'perhaps',
  radio: 'no such choice',
  select: 'no such choice',
  checklist: ['no such choice'],
  taglist: ['no such choice'],
  datetime: 'tomorrow',
};

function fill(inputs: readonly Input[], given: Values): Values {
  let answers: Values = {};
  for (const { field, path } of inputs) {
    const answer = rightAnswer(field, given);
    if (answer === undefined) continue;
    // the row of a list is there once something is in it
    const row = path.findIndex((part) => typeof part === 'number');
    if (row > 0 && !Array.isArray(valueAt(answers, path.slice(0, row)))) answers = withValueAt(answers, path.slice(0, row), [{}]);
    answers = withValueAt(answers, path, answer);
  }
  return answers;
}

/** What is not as it should be; undefined when all is. */
function faultOf(schema: FormSchema, given: Values, known: ReadonlySet<string>): string | undefined {
  const strange = typesIn(schema.components).find((type) => !known.has(type) && !TOLD.has(type));
  if (strange !== undefined) return `nobody knows the component type '${strange}'`;
  const inputs = inputsOf(schema.components, []);
  const context = { data: given, now: 0 };
  const right = fill(inputs, given);
  const taken = validateForm(schema, right, context);
  const refused = taken.errors.find(({ pointer }) =>
    inputs.some(({ path, field }) => pointerOf(path) === pointer && rightAnswer(field, given) !== undefined),
  );
  if (refused !== undefined) return `refuses a right answer at ${refused.pointer}: ${refused.message.en}`;
  for (const { field, path } of inputs) {
    const answer = valueAt(taken.values, path);
    if (answer === undefined) continue;
    if (!isDeepStrictEqual(answer, valueAt(right, path))) return `changes the answer at ${pointerOf(path)}`;
    const missed = withoutAnswer(schema, right, { field, path }, given);
    if (missed !== undefined) return missed;
  }
  return undefined;
}

function withoutAnswer(schema: FormSchema, right: Values, { field, path }: Input, given: Values): string | undefined {
  const pointer = pointerOf(path);
  const errorsAt = (value: unknown) =>
    validateForm(schema, withValueAt(right, path, value), { data: given, now: 0 }).errors.filter((error) => error.pointer === pointer);
  if (errorsAt(wrong[field.type]).length === 0) return `takes a wrong answer at ${pointer}: ${JSON.stringify(wrong[field.type])}`;
  if (field.validate?.required === true && errorsAt(null).length === 0) return `does not miss the answer at ${pointer}`;
  const limit = outside(field, given);
  return limit !== undefined && errorsAt(limit).length === 0
    ? `takes an answer outside the limits at ${pointer}: ${JSON.stringify(limit)}`
    : undefined;
}

/** An answer above the highest limit that the field has. */
function outside({ type, validate }: FormField, given: Values): unknown {
  const limit = type === 'number' ? validate?.max : validate?.maxLength;
  if (limit === undefined || limit === '') return undefined;
  const most = Number(typeof limit === 'string' && limit.startsWith('=') ? given[limit.slice(1)] : limit);
  return type === 'number' ? most + 1 : 'a'.repeat(most + 1);
}

/** Types that the renderer names to the reader instead of showing them: pages of other servers, previews, a type that is somebody's own. */
const TOLD: ReadonlySet<string> = new Set(['iframe', 'documentPreview', 'range']);

/** The renderer's own table of types; its last resort tells a type that it does not know. */
function knownTypes(): ReadonlySet<string> {
  const source = readFileSync(RENDERER, 'utf8');
  if (!source.includes('?? UnknownField')) throw new Error('Expected the renderer to tell unknown component types, but it does not');
  return new Set([...source.matchAll(/^ {2}\['(\w+)', /gm)].map(([, type]) => type ?? ''));
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, ROOT);
  const files = findFiles(root, /\.json$/)?.filter((file) => SCHEMAS.test(file));
  if (files === undefined) return null;
  const tally = newTally();
  const known = knownTypes();
  for (const id of files) {
    const schema = JSON.parse(readFileSync(join(root, id), 'utf8')) as FormSchema;
    const fault = faultOf(schema, data[id.replace(/^.*\//, '')] ?? {}, known);
    if (fault === undefined) tally.passed.push(id);
    else tally.failed.push({ id, why: fault });
  }
  return tally;
};
