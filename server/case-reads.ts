/** Reading around a case within what the reader may see. */
import { instanceKeyOf } from '../engine/keys.ts';
import type { Key } from '../engine/terms.ts';
import type { CollectionName, Row } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import { caseScope } from './policy.ts';
import { Problem } from './problem.ts';
import { isCityWide } from './reader.ts';
import type { Asked } from './route.ts';

const MOST_CASES = 10_000;

/** The case (row of processInstances), or NOT_FOUND for those who may not know that it exists. */
export async function readableCase(asked: Asked, processInstanceKey: Key): Promise<Row> {
  const found = await asked.context.runtime.store.search('processInstances', {
    filter: { processInstanceKey },
    scope: caseScope(asked.reader),
    limit: 1,
  });
  const row = found.items[0];
  if (row === undefined)
    throw new Problem('NOT_FOUND', `Expected a process instance with the key ${processInstanceKey}, but there is none`);
  return row;
}

/** A row that belongs to a case: found when it is there and its case may be seen. */
export async function readableRow(asked: Asked, collection: CollectionName, key: Key): Promise<Row> {
  const row = await asked.context.runtime.store.get(collection, key);
  const found = row !== undefined && (await mayReadCase(asked, String(row['processInstanceKey'])));
  if (!found) throw new Problem('NOT_FOUND', `Expected ${collection} to hold the key ${key}, but there is none`);
  return row;
}

async function mayReadCase(asked: Asked, processInstanceKey: Key): Promise<boolean> {
  if (isCityWide(asked.reader)) return true;
  const found = await asked.context.runtime.store.search('processInstances', {
    filter: { processInstanceKey },
    scope: caseScope(asked.reader),
    limit: 1,
  });
  return found.items.length > 0;
}

/**
 * Scope for rows that carry only their case's key (variables, element instances, jobs, incidents, decisions).
 * When the filter names cases, those; else the newest that the reader may see. Whoever has more must name them.
 */
export async function withinCases(asked: Asked): Promise<Filter> {
  if (isCityWide(asked.reader)) return {};
  const named = namedCases(asked.body);
  const filter: Filter = named === undefined ? {} : { processInstanceKey: { $in: named } };
  const sort = [{ field: 'startDate', order: 'DESC' as const }];
  const found = await asked.context.runtime.store.search('processInstances', {
    filter,
    scope: caseScope(asked.reader),
    sort,
    limit: MOST_CASES,
  });
  if (found.items.length === MOST_CASES)
    throw new Problem(
      'INVALID_ARGUMENT',
      `Expected a filter on processInstanceKey, but without one more than ${MOST_CASES} cases would have to be searched`,
    );
  return { processInstanceKey: { $in: found.items.map((row) => row['processInstanceKey']) } };
}

const keyFilters = [
  'processInstanceKey',
  'elementInstanceKey',
  'scopeKey',
  'elementInstanceScopeKey',
  'variableKey',
  'incidentKey',
  'jobKey',
  'userTaskKey',
];

/** Every key names its instance, so a filter on any of them names the case. */
function namedCases(body: unknown): readonly Key[] | undefined {
  const filter = (body as { filter?: Record<string, unknown> } | undefined)?.filter;
  if (typeof filter !== 'object' || filter === null) return undefined;
  for (const field of keyFilters) {
    const wanted = Object.hasOwn(filter, field) ? filter[field] : undefined;
    const keys = typeof wanted === 'string' ? [wanted] : listed(wanted);
    if (keys !== undefined && keys.every((key) => /^\d{1,19}$/.test(key))) return [...new Set(keys.map(instanceKeyOf))];
  }
  return undefined;
}

function listed(wanted: unknown): readonly string[] | undefined {
  const { $eq, $in } = (wanted ?? {}) as { $eq?: unknown; $in?: unknown };
  if (typeof $eq === 'string') return [$eq];
  return Array.isArray($in) && $in.every((key) => typeof key === 'string') ? ($in as readonly string[]) : undefined;
}
