/** All rows that a question finds, however many: page by page, so that neither the store nor this process holds them all. */
import type { CollectionName, Row } from './collections.ts';
import type { Query, Store } from './ports.ts';

const PAGE = 1_000;

/** `limit`: rows of one page. Rows that come or go meanwhile behind the place that was reached are not told. */
export async function* pagesOf(
  store: Pick<Store, 'search'>,
  collection: CollectionName,
  { limit = PAGE, ...query }: Omit<Query, 'after' | 'before' | 'countUpTo'> = {},
): AsyncGenerator<readonly Row[]> {
  for (let after: string | null | undefined; after !== null;) {
    const page = await store.search(collection, { ...query, limit, countUpTo: 1, ...(after === undefined ? {} : { after }) });
    if (page.items.length > 0) yield page.items;
    after = page.items.length < limit ? null : page.endCursor;
  }
}

export async function* everyRow(...asked: Parameters<typeof pagesOf>): AsyncGenerator<Row> {
  for await (const page of pagesOf(...asked)) yield* page;
}

/** For questions whose answer fits into memory. */
export async function allRows(...asked: Parameters<typeof pagesOf>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pagesOf(...asked)) rows.push(...page);
  return rows;
}
