/**
 * What no case's own history holds: sign-ins, denied and sensitive reads, commands to no case. Append only. Each record carries the hash of the one
 * before it in its chain (a case's key, or `house`), so that a changed, removed or reordered record is found: `npm run audit:verify`.
 * The commands of a case are chained in its own history, in the commit that does them (runtime/audit-chain.ts).
 */
import { chainHash } from '../runtime/audit-chain.ts';
import type { Row } from '../runtime/collections.ts';
import { createLanes } from '../runtime/lanes.ts';
import type { Store } from '../runtime/ports.ts';
import type { Context } from './context.ts';
import type { Reader } from './reader.ts';

export interface Audited {
  readonly action: 'sign-in' | 'sign-out' | 'call' | 'read';
  /** address or name of what was touched: keys and names only, never values */
  readonly subject: string;
  readonly outcome: 'done' | 'denied';
  readonly reason?: string;
  /** key of the case that it is about; default: the house's own chain */
  readonly chain?: string;
}

export const HOUSE = 'house';
const TRIES = 100;
/** one at a time per chain in this process; other processes are kept out by the claim of the record's number */
const lanes = createLanes();

/** Losing a line must not lose a request: a fault is told to the log, and the answer goes out. */
export async function audit({ runtime, now, log }: Context, reader: Reader, { chain = HOUSE, ...entry }: Audited): Promise<void> {
  const who = { by: reader.actingAs ?? reader.username, ...(reader.actingAs === undefined ? {} : { onBehalfOf: reader.username }) };
  const record = { at: now(), ...who, ...(reader.agency === undefined ? {} : { agency: reader.agency }), ...entry };
  try {
    await lanes.run(chain, () => append(runtime.store, chain, record));
  } catch (error) {
    log('error', `audit: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function append(store: Store, chain: string, record: Row): Promise<void> {
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
      ],
      [{ collection: 'audit', key: auditKey }],
    );
    if (written) return;
  }
  throw new Error(`Expected to add to the chain ${chain} within ${TRIES} tries, but others were always first`);
}

export function auditKeyOf(chain: string, seq: number): string {
  return `${chain}/${String(seq).padStart(12, '0')}`;
}
