import { pagesOf } from '../runtime/every-row.ts';
import type { CollectionName, Row } from '../runtime/collections.ts';
import type { Filter, Query, Store } from '../runtime/ports.ts';

/** A single case with more rows than this is told about in part rather than not at all. */
const MOST = 20_000;

/** All rows that fulfil the filter (up to 20,000), page by page, in the wanted order. */
export async function allRows(
  store: Store,
  collection: CollectionName,
  filter: Filter,
  sort: NonNullable<Query['sort']> = [],
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pagesOf(store, collection, { filter, sort })) {
    rows.push(...page);
    if (rows.length >= MOST) break;
  }
  return rows;
}
