/**
 * Records of what no case's own history holds: append only. Each carries the hash of the one before it in its chain (a case's key, or `house`),
 * so that a changed, removed or reordered record is found: `npm run audit:verify`.
 */
import { chainHash } from './audit-chain.ts';
import type { Row } from './collections.ts';
import { createLanes } from './lanes.ts';
import type { RowChange, Store } from './ports.ts';

/** the chain of what is about no one case */
export const HOUSE = 'house';
const TRIES = 100;
/** one at a time per chain in this process; other processes are kept out by the claim of the record's number */
const lanes = createLanes();

export interface Appending {
  /** keys and names only, never values */
  readonly record: Row;
  /** written together with the record or not at all */
  readonly changes?: readonly RowChange[];
  /** rows that must not exist yet: then nothing is written */
  readonly ifAbsent?: readonly { readonly collection: 'archives'; readonly key: string }[];
}

/** Answers false when one of `ifAbsent` is there. Throws when the store does. */
export async function appendRecord(store: Store, chain: string, what: Appending): Promise<boolean> {
  return await lanes.run(chain, () => append(store, chain, what));
}

async function append(store: Store, chain: string, { record, changes = [], ifAbsent = [] }: Appending): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await store.get('auditHeads', chain);
    const seq = Number(head?.['seq'] ?? 0) + 1;
    const auditKey = auditKeyOf(chain, seq);
    const sealed: Row = { ...record, auditKey, chain, seq };
    const row = { ...sealed, hash: chainHash(String(head?.['hash'] ?? ''), sealed) };
    const written = await store.write(
      [
        { op: 'put', collection: 'audit', key: auditKey, row },
        { op: 'put', collection: 'auditHeads', key: chain, row: { chain, seq, hash: row.hash } },
        ...changes,
      ],
      [{ collection: 'audit', key: auditKey }, ...ifAbsent],
    );
    if (written) return true;
    for (const { collection, key } of ifAbsent) if ((await store.get(collection, key)) !== undefined) return false;
  }
  throw new Error(`Expected to add to the chain ${chain} within ${TRIES} tries, but others were always first`);
}

export function auditKeyOf(chain: string, seq: number): string {
  return `${chain}/${String(seq).padStart(12, '0')}`;
}
