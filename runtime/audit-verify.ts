/** Reads every audit chain again and says where one is broken: a record that was changed, removed or moved. Reads only. */
import { sha256Of, verifyArchive } from './archive.ts';
import { chainHash } from './audit-chain.ts';
import type { Row } from './collections.ts';
import { brokenChain } from './commit-chain.ts';
import type { Store } from './ports.ts';
import { ARCHIVED, ARCHIVE_ENDED, sealOf } from './retention-records.ts';
import { everyRow } from './every-row.ts';

export interface AuditVerdict {
  /** chains and records that were read */
  readonly chains: number;
  readonly records: number;
  /** records of a time before there were chains: nothing can be said about them */
  readonly unsealed: number;
  /** one sentence each */
  readonly broken: readonly string[];
}

class Findings {
  chains = 0;
  records = 0;
  unsealed = 0;
  readonly broken: string[] = [];
  add(chain: string, what: string): void {
    this.broken.push(`${chain}: Expected ${what}`);
  }
}

export async function verifyAudit(store: Store): Promise<AuditVerdict> {
  const found = new Findings();
  for await (const row of everyRow(store, 'processInstances')) await verifyCase(store, row, found);
  const sealed = await verifyRecords(store, found);
  await verifyArchives(store, sealed, found);
  const { chains, records, unsealed, broken } = found;
  return { chains, records, unsealed, broken };
}

/** The history of one case, and that it ends where the case's row says. */
async function verifyCase(store: Store, row: Row, found: Findings): Promise<void> {
  const instanceKey = String(row['processInstanceKey']);
  const commits = await store.events(instanceKey);
  const { unsealed, broken } = brokenChain(row, commits);
  found.chains += 1;
  found.records += commits.length;
  found.unsealed += unsealed;
  for (const sentence of broken) found.broken.push(`case ${instanceKey}: ${sentence}`);
}

/** key of each archived case → sha-256 of its file, as the records say */
type Sealed = ReadonlyMap<string, string>;

/** Sign-ins, denied and sensitive reads, commands to no case, cases that were archived. */
async function verifyRecords(store: Store, found: Findings): Promise<Sealed> {
  const sealed = new Map<string, string>();
  const ends = new Map<string, { readonly seq: number; readonly hash: string }>();
  for await (const row of everyRow(store, 'audit', { sort: [{ field: 'chain' }, { field: 'seq' }] })) {
    const chain = row['chain'];
    if (typeof chain !== 'string') {
      found.unsealed += 1;
      continue;
    }
    found.records += 1;
    if (row['action'] === ARCHIVED) sealed.set(String(row['subject']), sealOf(row));
    if (row['action'] === ARCHIVE_ENDED) sealed.delete(String(row['subject']));
    const { hash, ...record } = present(row);
    const before = ends.get(chain) ?? { seq: 0, hash: '' };
    const seq = Number(row['seq']);
    if (seq !== before.seq + 1)
      found.add(`audit ${chain}`, `record ${before.seq + 1}, but the next one is ${seq}: one was removed or moved`);
    else if (hash !== chainHash(before.hash, record))
      found.add(`audit ${chain}`, `record ${seq} (${String(row['action'])}) to follow from the one before it, but one of them was changed`);
    ends.set(chain, { seq, hash: String(hash) });
  }
  for await (const { chain, seq, hash } of everyRow(store, 'auditHeads')) {
    const end = ends.get(String(chain));
    found.chains += 1;
    if (end?.seq !== seq || end?.hash !== hash)
      found.add(`audit ${String(chain)}`, `to end at record ${String(seq)}, but it does not: records were removed at its end`);
    ends.delete(String(chain));
  }
  for (const chain of ends.keys()) found.add(`audit ${chain}`, 'to be named among the heads, but it is not: its head was removed');
  return sealed;
}

/** Every archived case has its file, as it was when it was archived; and what is in the files holds. */
async function verifyArchives(store: Store, sealed: Sealed, found: Findings): Promise<void> {
  const missing = new Set(sealed.keys());
  for await (const row of everyRow(store, 'archives')) {
    const key = String(row['processInstanceKey']);
    missing.delete(key);
    const bytes = await store.getBlob(String(row['blob']));
    if (bytes === undefined) found.add(`archive ${key}`, 'its file to be there, but it is gone');
    else if (sha256Of(bytes) !== sealed.get(key)) found.add(`archive ${key}`, 'the file that was sealed, but it is another');
    else {
      const { records, broken } = await verifyArchive(bytes);
      found.chains += 1;
      found.records += records;
      for (const sentence of broken) found.broken.push(`archive ${key}: ${sentence}`);
    }
  }
  for (const key of missing) found.add(`archive ${key}`, 'to be listed, but it is not: it was removed before its time');
}

/** stores may tell absent fields as null */
function present(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}
