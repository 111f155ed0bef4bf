import type { CollectionName, Row } from '../runtime/collections.ts';
import type { Filter, Query, Store } from '../runtime/ports.ts';

const STEP = 1000;
/** A single case with more rows than this is told about in part rather than not at all. */
const MOST = 20_000;

/** All rows that fulfil the filter (up to 20,000), page by page, in the wanted order. */
export async function allRows(store: Store, collection: CollectionName, filter: Filter, sort: Query['sort'] = []): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await store.search(collection, { filter, sort, limit: STEP, ...(after === undefined ? {} : { after }) });
    rows.push(...page.items);
    after = page.items.length === STEP && page.endCursor !== null ? page.endCursor : undefined;
  } while (after !== undefined && rows.length < MOST);
  return rows;
}
