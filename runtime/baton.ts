/**
 * A row that goes from hand to hand: each holder has a token, and of all who want to follow one holder exactly one does.
 * Compare-and-set over what every store can (`ifAbsent`), so that it holds across processes.
 */
import type { Row } from './collections.ts';
import type { RowChange, Store } from './ports.ts';

export interface Baton {
  readonly token: string;
  readonly answer: Row;
}

export interface TakeBaton {
  readonly id: string;
  /** who held it when the taker looked; absent: nobody ever did */
  readonly from: Baton | undefined;
  readonly token: string;
  readonly answer: Row;
  /** absent: kept for ever. Else forgotten some days after this; milliseconds since 1970 */
  readonly keptUntil?: number;
  /** written with it or not at all */
  readonly changes?: readonly RowChange[];
}

export async function readBaton(store: Pick<Store, 'get'>, id: string): Promise<Baton | undefined> {
  const row = await store.get('idempotency', id);
  return row && { token: String(row['bodyHash']), answer: (row['answer'] ?? {}) as Row };
}

/** False: somebody else was first. Throws when the store cannot be reached: then nothing is known, look again. */
export async function takeBaton(
  store: Pick<Store, 'write'>,
  { id, from, token, answer, keptUntil, changes = [] }: TakeBaton,
): Promise<boolean> {
  const row: Row = { id, bodyHash: token, answer, ...(keptUntil !== undefined && { createdAt: keptUntil }) };
  const root: RowChange = { op: 'put', collection: 'idempotency', key: id, row };
  if (from === undefined) return await store.write([root, ...changes], [{ collection: 'idempotency', key: id }]);
  const place = `${id}/after/${from.token}`;
  const mark: RowChange = { op: 'put', collection: 'idempotency', key: place, row: { id: place, createdAt: keptUntil ?? Date.now() } };
  return await store.write([root, mark, ...changes], [{ collection: 'idempotency', key: place }]);
}
