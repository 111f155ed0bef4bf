/** Reading around a case within what the reader may see. */
import { instanceKeyOf } from '../engine/keys.ts';
import type { Key } from '../engine/terms.ts';
import { collections } from '../runtime/collections.ts';
import type { CollectionName, Row } from '../runtime/collections.ts';
import type { Filter } from '../runtime/ports.ts';
import { audit } from './audit.ts';
import { caseScope } from './policy.ts';
import { Problem } from './problem.ts';
import { isCityWide } from './reader.ts';
import type { Asked } from './route.ts';

const MOST_CASES = 10_000;

/** The case (row of processInstances), or NOT_FOUND for those who may not know that it exists. */
export async function readableCase(asked: Asked, processInstanceKey: Key): Promise<Row> {
  const row = await seenCase(asked, processInstanceKey);
  if (row !== undefined) return row;
  await tellDenied(asked, 'processInstances', processInstanceKey);
  throw new Problem('NOT_FOUND', `Expected a process instance with the key ${processInstanceKey}, but there is none`);
}

/** A row that belongs to a case: found when it is there, its case may be seen, and `scopeOf` (what the reader sees inside a case) holds it. */
export async function readableRow(
  asked: Asked,
  collection: CaseCollection,
  { key, scopeOf }: { readonly key: Key; readonly scopeOf?: (asked: Asked, cases: readonly Row[]) => Promise<Filter> },
): Promise<Row> {
  const own = await seenCase(asked, instanceKeyOf(key));
  const scope = own && ((await scopeOf?.(asked, [own])) ?? {});
  const found =
    scope &&
    (await asked.context.runtime.store.search(collection, { filter: { [collections[collection].key]: key }, scope, limit: 1 })).items[0];
  if (found !== undefined) return found;
  await tellDenied(asked, collection, key);
  throw new Problem('NOT_FOUND', `Expected ${collection} to hold the key ${key}, but there is none`);
}

type CaseCollection = 'variables' | 'incidents' | 'jobs' | 'elementInstances';

async function seenCase(asked: Asked, processInstanceKey: Key): Promise<Row | undefined> {
  const found = await asked.context.runtime.store.search('processInstances', {
    filter: { processInstanceKey },
    scope: caseScope(asked.reader),
    limit: 1,
  });
  return found.items[0];
}

/** What is there but not for this reader is written down: who, what, why. A key that names nothing is no denial. */
async function tellDenied(asked: Asked, collection: CollectionName, key: Key): Promise<void> {
  if ((await asked.context.runtime.store.get(collection, key)) === undefined) return;
  await audit(asked.context, asked.reader, {
    action: 'read',
    subject: `${collection} ${key}`,
    outcome: 'denied',
    reason: 'not visible to the agency',
    chain: instanceKeyOf(key),
  });
}

/**
 * Scope for rows that carry only their case's key (variables, element instances, jobs, incidents, decisions).
 * When the filter names cases, those; else the newest that the reader may see. Whoever has more must name them.
 */
export async function withinCases(asked: Asked): Promise<Filter> {
  if (isCityWide(asked.reader)) return {};
  return { processInstanceKey: { $in: (await casesWithin(asked)).map((row) => row['processInstanceKey']) } };
}

/** The cases that a search of this reader is about. */
export async function casesWithin(asked: Asked): Promise<readonly Row[]> {
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
  return found.items;
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
