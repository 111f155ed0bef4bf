/** Reads every audit chain again and says where one is broken: a record that was changed, removed or moved. Reads only. */
import { chainHash, commitHash } from './audit-chain.ts';
import type { CollectionName, Row } from './collections.ts';
import type { Store } from './ports.ts';

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
  await verifyRecords(store, found);
  const { chains, records, unsealed, broken } = found;
  return { chains, records, unsealed, broken };
}

/** The history of one case, and that it ends where the case's row says. */
async function verifyCase(store: Store, row: Row, found: Findings): Promise<void> {
  const instanceKey = String(row['processInstanceKey']);
  const chain = `case ${instanceKey}`;
  const commits = await store.events(instanceKey);
  found.chains += 1;
  found.records += commits.length;
  let [previous, expected, sealed] = ['', 1, false];
  for (const { version, audit, events } of commits) {
    if (version !== expected) found.add(chain, `record ${expected}, but the next one is ${version}: one was removed or moved`);
    expected = version + 1;
    if (audit.hash === undefined) {
      if (sealed) found.add(chain, `record ${version} to carry a hash, but it was taken away`);
      else found.unsealed += 1;
      continue;
    }
    sealed = true;
    if (audit.hash !== commitHash(previous, { instanceKey, version, audit, events }))
      found.add(chain, `record ${version} (${audit.command}) to follow from the one before it, but one of them was changed`);
    previous = audit.hash;
  }
  const head = row['auditHead'];
  if (typeof head === 'string' && head !== `${expected - 1}:${previous}`)
    found.add(
      chain,
      `its history to end at record ${head.split(':')[0] ?? ''} as its row says, but it does not: records were removed or replaced at its end`,
    );
}

/** Sign-ins, denied and sensitive reads, commands to no case. */
async function verifyRecords(store: Store, found: Findings): Promise<void> {
  const ends = new Map<string, { readonly seq: number; readonly hash: string }>();
  for await (const row of everyRow(store, 'audit', ['chain', 'seq'])) {
    const chain = row['chain'];
    if (typeof chain !== 'string') {
      found.unsealed += 1;
      continue;
    }
    found.records += 1;
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
}

/** stores may tell absent fields as null */
function present(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

async function* everyRow(store: Store, collection: CollectionName, sort: readonly string[] = []): AsyncGenerator<Row> {
  for (let after: string | null | undefined; after !== null;) {
    const order = sort.map((field) => ({ field }));
    const page = await store.search(collection, {
      limit: 1_000,
      ...(order.length > 0 && { sort: order }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.items;
    after = page.items.length < 1_000 ? null : page.endCursor;
  }
}
