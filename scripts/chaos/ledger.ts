/** What was promised against what is there, when everything has come to rest. */
import { verifyAudit } from '../../runtime/audit-verify.ts';
import { instanceKeyOf, localOf } from '../../engine/index.ts';
import { inspect } from '../../runtime/inspect.ts';
import type { CollectionName, Row } from '../../runtime/collections.ts';
import type { Filter, Store } from '../../runtime/ports.ts';
import { EFFECTS } from './processes.ts';
import type { Notes } from './clients.ts';
import { allRows } from '../../runtime/every-row.ts';

export interface Verdict {
  /** all instances, called ones included */
  readonly instances: number;
  readonly acknowledged: number;
  readonly effects: number;
  /** one sentence each */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** `sandboxes`: the agencies, with what they really did, by idempotency key. */
type Agencies = { of(agencyId: string): { effects(): ReadonlyMap<string, number> } | undefined };

export async function judge(store: Store, notes: Notes, sandboxes: Agencies): Promise<Verdict> {
  const rows = await all(store, 'processInstances');
  const cases = new Map(rows.map((row) => [String(row['processInstanceKey']), row]));
  const [lost, doubled]: [string[], string[]] = [[], []];
  for (const key of notes.started.keys()) if (!cases.has(key)) lost.push(`case ${key} was acknowledged, but there is none`);
  for (const [key, row] of cases) if (row['state'] !== 'COMPLETED') lost.push(`case ${key} has not ended: it is ${String(row['state'])}`);
  const invoices = await invoicesOf(store, cases);
  for (const invoice of notes.applied) if (!invoices.has(invoice)) lost.push(`application ${invoice} was taken, but no case began`);
  for (const [invoice, keys] of invoices) if (keys.length > 1) doubled.push(`invoice ${invoice} has ${keys.length} cases: ${keys.join()}`);
  for (const [parent, children] of Map.groupBy(rows, (row) => String(row['parentElementInstanceKey'] ?? '')))
    if (parent !== '' && children.length > 1) doubled.push(`step ${parent} called ${children.length} cases`);
  await completions(store, notes, { lost, doubled });
  const effects = await effectsOf(store, sandboxes, { lost, doubled });
  for (const { code, message } of (await inspect(store)).findings) lost.push(`${code}: ${message}`);
  lost.push(...(await verifyAudit(store)).broken);
  const acknowledged = notes.started.size + notes.applied.size + [...notes.completed.values()].reduce((sum, times) => sum + times, 0);
  return { instances: rows.length, acknowledged, effects, lost, doubled };
}

interface Wrong {
  readonly lost: string[];
  readonly doubled: string[];
}

/** Every completion that was taken is in the history once, however often it was told. */
async function completions(store: Store, { completed }: Notes, { lost, doubled }: Wrong): Promise<void> {
  for (const [key, times] of completed) {
    const events = (await store.events(instanceKeyOf(key))).flatMap((step) => step.events);
    const found = events.filter(
      (event) => (event.t === 'user-task-completed' || event.t === 'job-completed') && event.n === localOf(key),
    ).length;
    if (found === 0) lost.push(`the completion of ${key} was taken, but is not in the history`);
    if (found > 1 || times > 1) doubled.push(`${key} was completed ${found} times, and that was acknowledged ${times} times`);
  }
}

/** One effect at the agency for each of its jobs, and none for anything else. */
async function effectsOf(store: Store, sandboxes: Agencies, { lost, doubled }: Wrong): Promise<number> {
  let sum = 0;
  for (const agency of new Set(EFFECTS.values())) {
    const effects = sandboxes.of(agency)?.effects() ?? new Map<string, number>();
    const processes = [...EFFECTS].filter(([, at]) => at === agency).map(([process]) => process);
    const jobs = await all(store, 'jobs', { type: 'agency-call', processDefinitionId: { $in: processes } });
    const keys = new Set(jobs.map((row) => String(row['jobKey'])));
    for (const key of keys) if (!effects.has(key)) lost.push(`job ${key} has had no effect at ${agency}`);
    for (const [key, times] of effects) {
      if (!keys.has(key)) doubled.push(`${agency} did something for ${key}, which is no job`);
      if (times > 1) doubled.push(`${agency} did ${times} times what job ${key} asked for`);
    }
    sum += effects.size;
  }
  return sum;
}

/** invoice → the cases that began with it; called ones have it from their callers */
async function invoicesOf(store: Store, cases: ReadonlyMap<string, Row>): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { scopeKey, value } of await all(store, 'variables', { name: 'invoice' })) {
    const row = cases.get(String(scopeKey));
    if (row === undefined || row['parentProcessInstanceKey'] !== undefined) continue;
    const invoice = JSON.parse(String(value)) as string;
    found.set(invoice, [...(found.get(invoice) ?? []), String(scopeKey)]);
  }
  return found;
}

async function all(store: Store, collection: CollectionName, filter: Filter = {}): Promise<readonly Row[]> {
  return await allRows(store, collection, { filter });
}
