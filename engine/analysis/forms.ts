import type { Element, Process } from '../process.ts';
import type { AnalysisOptions, Finding } from './finding.ts';
import { allNames } from './reads.ts';
import { named } from './words.ts';
import { decisionOf } from './writes.ts';

/**
 * Form fields that nobody reads: no expression, no decision, no later form. Silent when somebody sees all variables: a job without
 * input mappings, a called process that gets everything, a decision whose inputs are not given.
 */
export function formFindings(process: Process, options: AnalysisOptions): Finding[] {
  const { forms } = options;
  if (forms === undefined || forms.size === 0) return [];
  const elements = [...process.elements.values()];
  if (elements.some((element) => readsAll(element, options))) return [];
  const read = new Set(elements.flatMap((element) => [...allNames(element), ...decisionNames(element, options)]));
  const users = elements.flatMap((element) => formOf(element, forms));
  return users.flatMap(({ element, names }) =>
    names
      .filter((name) => !read.has(name) && !users.some((other) => other.element !== element && other.names.includes(name)))
      .map((name) => findingOf(element, name)),
  );
}

function formOf(element: Element, forms: ReadonlyMap<string, readonly string[]>): { element: Element; names: readonly string[] }[] {
  const id = 'form' in element ? element.form?.id : undefined;
  const names = id === undefined ? undefined : forms.get(id);
  // with output mappings, only what they pass on leaves the task, and they are expressions like any other
  return names === undefined || element.outputs.length > 0 ? [] : [{ element, names }];
}

function readsAll(element: Element, options: AnalysisOptions): boolean {
  if (element.listeners.length > 0) return true;
  if (element.kind === 'call-activity') return element.propagateAllParentVariables && element.inputs.length === 0;
  if (element.kind === 'user-task') return element.form === undefined || !options.forms?.has(element.form.id);
  if (element.kind === 'business-rule-task' && element.decision !== undefined) {
    const id = decisionOf(element);
    return element.inputs.length === 0 && (id === undefined || !options.decisions?.has(id));
  }
  return 'job' in element && element.job !== undefined && element.inputs.length === 0;
}

function decisionNames(element: Element, options: AnalysisOptions): readonly string[] {
  const id = decisionOf(element);
  return (id === undefined ? undefined : options.decisions?.get(id)) ?? [];
}

function findingOf(element: Element, name: string): Finding {
  return {
    code: 'form-field-never-read',
    severity: 'info',
    elementId: element.id,
    elementIds: [element.id],
    message: `Expected somebody to read the field '${name}' of the form of ${named(element)}, but no expression, decision or later form does.`,
    hint: 'Remove the field, or use it; people should not be asked for what nobody needs.',
    values: { element: named(element), field: name },
    path: [],
  };
}
