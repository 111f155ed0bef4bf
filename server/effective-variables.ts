import type { Key, Variables } from '../engine/terms.ts';
import type { Row } from '../runtime/collections.ts';
import type { Store } from '../runtime/ports.ts';
import { allRows } from './all-rows.ts';

const DEEPEST = 100;

/** Rows of the variables visible at an element instance: the nearest scope wins. */
export async function effectiveVariableRows(store: Store, processInstanceKey: Key, elementInstanceKey: Key): Promise<readonly Row[]> {
  const scopes = await scopeChain(store, processInstanceKey, elementInstanceKey);
  const rows = await allRows(store, 'variables', { processInstanceKey, scopeKey: { $in: scopes } });
  const nearest = new Map<string, Row>();
  for (const scope of scopes.toReversed()) for (const row of rows) if (row['scopeKey'] === scope) nearest.set(String(row['name']), row);
  return [...nearest.values()].sort((left, right) => String(left['name']).localeCompare(String(right['name'])));
}

/** from the element outwards to the process */
async function scopeChain(store: Store, processInstanceKey: Key, elementInstanceKey: Key): Promise<readonly Key[]> {
  const chain: Key[] = [elementInstanceKey];
  while (chain.length < DEEPEST && chain.at(-1) !== processInstanceKey) {
    const row = await store.get('elementInstances', chain.at(-1) ?? '');
    const outer = row?.['scopeKey'];
    chain.push(typeof outer === 'string' && !chain.includes(outer) ? outer : processInstanceKey);
  }
  return chain;
}

/** name → value. Values are JSON text in the store. */
export function valuesOf(rows: readonly Row[]): Variables {
  return Object.fromEntries(rows.map((row) => [String(row['name']), JSON.parse(String(row['value'])) as Variables[string]]));
}
