/** Everything the store holds of one case, called cases included. */
import type { Row } from '../runtime/collections.ts';
import type { Definition, DefinedElement, Definitions } from '../runtime/runtime.ts';
import type { Store } from '../runtime/ports.ts';
import { allRows } from './all-rows.ts';

const DEEPEST = 8;
const MOST_INSTANCES = 500;

export interface CaseRows {
  readonly root: Row;
  readonly instances: readonly Row[];
  /** oldest first */
  readonly elements: readonly Row[];
  readonly openTasks: readonly Row[];
  readonly openJobs: readonly Row[];
  /** element instance → agency whose system it calls */
  readonly called: ReadonlyMap<unknown, string>;
}

export const openTaskStates = ['CREATING', 'CREATED', 'ASSIGNING', 'UPDATING', 'COMPLETING'];

export async function caseRows(store: Store, root: Row): Promise<CaseRows> {
  const instances = await withCalled(store, root);
  const processInstanceKey = { $in: instances.map((row) => row['processInstanceKey']) };
  const [elements, openTasks, jobs] = await Promise.all([
    allRows(store, 'elementInstances', { processInstanceKey }, [{ field: 'startDate' }]),
    allRows(store, 'userTasks', { processInstanceKey, state: { $in: openTaskStates } }),
    allRows(store, 'jobs', { processInstanceKey }),
  ]);
  return { root, instances, elements, openTasks, openJobs: jobs.filter((job) => job['open'] === true), called: calledAgencies(jobs) };
}

/** the case and what its call activities started, level by level */
async function withCalled(store: Store, root: Row): Promise<readonly Row[]> {
  const found: Row[] = [root];
  let level: readonly Row[] = [root];
  for (let depth = 0; depth < DEEPEST && level.length > 0 && found.length < MOST_INSTANCES; depth += 1) {
    const keys = level.map((row) => row['processInstanceKey']);
    const calls = await allRows(store, 'elementInstances', { processInstanceKey: { $in: keys }, type: 'CALL_ACTIVITY' });
    if (calls.length === 0) break;
    level = await allRows(store, 'processInstances', { parentElementInstanceKey: { $in: calls.map((row) => row['elementInstanceKey']) } });
    found.push(...level);
  }
  return found;
}

/** The element of the diagram that a row (element instance, task, job) is about. */
export function elementOf(definitions: Definitions, row: Row): DefinedElement | undefined {
  return definitions.byKey(String(row['processDefinitionKey']))?.elements.get(String(row['elementId']));
}

export function definitionOf(definitions: Definitions, root: Row): Definition | undefined {
  return definitions.byKey(String(root['processDefinitionKey']));
}

/** English text of an element; null when the model has none */
export function english(element: DefinedElement | undefined): string | null {
  return element?.properties.get('alur:label.en') ?? null;
}

/** The agency whose system a job calls: its header `agency`. */
export function calledAgency(job: Row): string | undefined {
  const agency = (job['customHeaders'] as Record<string, unknown> | undefined)?.['agency'];
  return typeof agency === 'string' ? agency : undefined;
}

function calledAgencies(jobs: readonly Row[]): ReadonlyMap<unknown, string> {
  return new Map(
    jobs.flatMap((job) => {
      const agency = calledAgency(job);
      return agency === undefined ? [] : [[job['elementInstanceKey'], agency] as const];
    }),
  );
}
