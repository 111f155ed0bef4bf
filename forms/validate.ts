/**
 * Checks the answers of a form by its own form-js schema. The server believes no browser: it drops what the form did not ask,
 * and says of every wrong answer which one, what and why. The browser runs the same code before it sends. Pure.
 */
import { checkAnswer } from './check-answer.ts';
import type { Wrong } from './check-answer.ts';
import { conditionsOf } from './conditions.ts';
import { pathOf, pointerOf, valueAt, withValueAt } from './paths.ts';
import type { FormField, FormSchema, Path, Values } from './schema.ts';
import { sentences } from './sentences.ts';

/** `pointer`: JSON pointer into the answers. `params` fill the sentence, e.g. {min: 3}. */
export interface FormError {
  readonly pointer: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly message: { readonly id: string; readonly en: string };
}

export interface FormAnswer {
  /** only what the form asks for and shows */
  readonly values: Values;
  readonly errors: readonly FormError[];
}

export interface FormContext {
  /** variables that the form may read besides its own answers (conditions, choices) */
  readonly data?: Values;
  /** milliseconds since 1970 UTC, for conditions that ask for today */
  readonly now: number;
}

const MOST_ROWS = 500;

/** `schema`: form-js JSON. A schema that is none asks nothing: every answer is dropped. */
export function validateForm(schema: unknown, sent: Values, context: FormContext): FormAnswer {
  const components = (schema as Partial<FormSchema> | null)?.components;
  // WHAT THE FORM DOES NOT ASK FOR MUST NOT STAND IN FOR THE CASE'S OWN VARIABLES: conditions, choices and limits read these
  const given = onlyAsked(sent, components);
  const data = { ...context.data, ...given };
  const { isHidden, evaluate } = conditionsOf(data, context.now);
  const errors: FormError[] = [];
  let values: Values = {};

  const refuse = (path: Path, wrong: Wrong): void => {
    const params = wrong.params ?? {};
    errors.push({
      pointer: pointerOf(path),
      code: wrong.code,
      ...(wrong.params ? { params } : {}),
      message: sentences(wrong.code, params),
    });
  };
  const field = (component: FormField, parent: Path): void => {
    const path = pathOf(component, parent);
    const answer = valueAt(given, path);
    const wrong = checkAnswer(component, answer, { data, evaluate: (text) => evaluate(text, parent) });
    if (wrong) refuse(path, wrong);
    else if (answer !== undefined && answer !== null && answer !== '') values = withValueAt(values, path, answer);
    // an answer that was taken back must not survive from an earlier round
    else if (Object.hasOwn(context.data ?? {}, String(path[0]))) values = withValueAt(values, path, null);
  };
  const rows = (component: FormField, path: Path): void => {
    const list = valueAt(given, path);
    if (list === undefined || list === null) return;
    if (!Array.isArray(list) || list.length > MOST_ROWS) return refuse(path, { code: 'type' });
    values = withValueAt(values, path, []);
    list.forEach((_row, at) => walk(component.components, [...path, at]));
  };
  const walk = (components: readonly FormField[] | undefined, parent: Path): void => {
    for (const component of components ?? []) {
      if (isHidden(component, parent)) continue;
      if (component.type === 'dynamiclist') rows(component, pathOf(component, parent));
      else if (component.components !== undefined) walk(component.components, pathOf(component, parent));
      else if (asks(component)) field(component, parent);
    }
  };
  walk(components, []);
  return { values, errors };
}

const inputs = new Set(['textfield', 'textarea', 'number', 'checkbox', 'checklist', 'taglist', 'radio', 'select', 'datetime']);

/** Shown-only fields are no questions: whoever answers them all the same is not heard. */
function asks({ type, key, readonly, disabled }: FormField): boolean {
  return inputs.has(type) && typeof key === 'string' && key !== '' && readonly !== true && disabled !== true;
}

/** The answers to what the form asks somewhere, hidden or not. */
function onlyAsked(sent: Values, components: readonly FormField[] | undefined): Values {
  const asked = new Set<string>();
  const visit = (fields: readonly FormField[] | undefined, parent: Path): void => {
    for (const component of fields ?? []) {
      const path = pathOf(component, parent);
      const first = path[0];
      if (first !== undefined && (component.type === 'dynamiclist' || asks(component))) asked.add(String(first));
      else visit(component.components, path);
    }
  };
  visit(components, []);
  return Object.fromEntries(Object.entries(sent).filter(([name]) => asked.has(name)));
}
