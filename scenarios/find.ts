/** Selectors → rows. */
import type { Row } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import { ScenarioFailure, type Stage } from './stage.ts';

type Selector = { readonly [field: string]: string | undefined };

/** Without the fields that were not given; `names` maps a selector's field to the row's. */
export function filterOf(selector: Selector | undefined, names: Readonly<Record<string, string>> = {}): Filter {
  return Object.fromEntries(
    Object.entries(selector ?? {}).flatMap(([field, value]) => (value === undefined ? [] : [[names[field] ?? field, value]])),
  );
}

/** The only open job of a selector, oldest first when there are several. */
export async function openJob(stage: Stage, selector: Selector): Promise<Row> {
  const filter = { ...filterOf(selector, { jobType: 'type' }), open: true };
  const [job] = await stage.rows('jobs', filter);
  if (job !== undefined) return job;
  const open = (await stage.rows('jobs', { open: true })).map((row) => `${String(row['type'])} at ${String(row['elementId'])}`);
  throw new ScenarioFailure(
    `Expected an open job with ${JSON.stringify(selector)}, but ${open.length === 0 ? 'there is none at all' : `there are only: ${open.join(', ')}`}`,
  );
}

export async function openTask(stage: Stage, selector: Selector): Promise<Row> {
  const [task] = await stage.rows('userTasks', { ...filterOf(selector, { taskName: 'name' }), state: 'CREATED' });
  if (task !== undefined) return task;
  const open = (await stage.rows('userTasks', { state: 'CREATED' })).map((row) => String(row['elementId']));
  throw new ScenarioFailure(
    `Expected an open user task with ${JSON.stringify(selector)}, but ${open.length === 0 ? 'there is none at all' : `there are only: ${open.join(', ')}`}`,
  );
}

export async function instances(stage: Stage, selector: Selector | undefined): Promise<readonly Row[]> {
  const found = await stage.rows('processInstances', filterOf(selector));
  if (found.length === 0)
    throw new ScenarioFailure(`Expected a process instance with ${JSON.stringify(selector ?? {})}, but there is none`);
  return found;
}

export const elementFilter = (process: Selector | undefined, element: Selector): Filter => ({ ...filterOf(process), ...filterOf(element) });
