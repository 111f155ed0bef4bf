/** The oracle: what was promised, what really happened, and every way in which the two may differ. */
import type { Event } from '../../engine/index.ts';
import type { Store } from '../../runtime/ports.ts';
import { inspect } from '../../runtime/inspect.ts';
import { processes } from './processes.ts';

export interface Ledger {
  /** instances whose start was acknowledged */
  readonly started: Set<string>;
  /** acknowledged completions of user tasks and acknowledged settings: key of the instance, what its history must hold */
  readonly acknowledged: { readonly instance: string; readonly what: string; readonly holds: (event: Event) => boolean }[];
  /** key and process of acknowledged messages that somebody must have taken */
  readonly messages: Map<string, string>;
  /** effects at the agency: how many by idempotency key */
  readonly effects: Map<string, number>;
}

export function createLedger(): Ledger {
  return { started: new Set(), acknowledged: [], messages: new Map(), effects: new Map() };
}

/** Everything that is wrong, in words; empty = nothing lost, nothing doubled, nobody in limbo. */
export async function judge(store: Store, ledger: Ledger): Promise<readonly string[]> {
  const wrong = (await inspect(store)).findings.map(({ code, message }) => `${code}: ${message}`);
  const { items } = await store.search('processInstances', { limit: 10_000 });
  const known = new Map(items.map((row) => [String(row['processInstanceKey']), row]));
  for (const key of ledger.started) if (!known.has(key)) wrong.push(`LOST: instance ${key} was acknowledged, but there is none`);
  const histories = new Map<string, readonly Event[]>();
  for (const [key, row] of known) {
    const events = (await store.events(key)).flatMap((step) => step.events);
    histories.set(key, events);
    if (row['state'] !== 'COMPLETED') wrong.push(`STUCK: ${String(row['processDefinitionId'])} ${key} is ${String(row['state'])}`);
    else wrong.push(...wrongIn(key, String(row['processDefinitionId']), events));
  }
  for (const { instance, what, holds } of ledger.acknowledged)
    if (!(histories.get(instance) ?? []).some(holds))
      wrong.push(`LOST: ${what} of ${instance} was acknowledged, but its history does not hold it`);
  for (const [message, process] of ledger.messages)
    if ((await store.get('messageCorrelations', `${message}/${process}`)) === undefined)
      wrong.push(`LOST: message ${message} was acknowledged, but no ${process} has taken it`);
  wrong.push(...wrongEffects(histories, ledger), ...wrongChildren(items));
  return wrong;
}

/** Each step once, and as many tokens as were started: every element that was activated ended once. */
function wrongIn(key: string, processId: string, events: readonly Event[]): readonly string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const [elements, completed, open] = [new Map<number, string>(), new Map<string, number>(), new Set<number>()];
  const once = new Set([
    'element-activated',
    'element-completed',
    'element-terminated',
    'job-created',
    'job-completed',
    'user-task-completed',
    'timer-fired',
  ]);
  for (const event of events) {
    const name = `${event.t} ${'n' in event ? String(event.n) : ''}`;
    if (once.has(event.t) && seen.has(name)) wrong.push(`DOUBLED: ${name} in ${key}`);
    seen.add(name);
    if (event.t === 'element-activated') {
      open.add(event.n);
      elements.set(event.n, event.element);
    }
    if (event.t === 'element-completed' || event.t === 'element-terminated') open.delete(event.n);
    if (event.t !== 'element-completed') continue;
    const element = elements.get(event.n) ?? '';
    completed.set(element, (completed.get(element) ?? 0) + 1);
  }
  if ([...open].some((n) => n > 0)) wrong.push(`TOKENS: ${key} has ended with open elements ${[...open].join(', ')}`);
  const process = processes.find(({ id }) => id === processId);
  for (const [element, times] of Object.entries(process?.completes ?? {}))
    if ((completed.get(element) ?? 0) !== times)
      wrong.push(`STEPS: ${processId} ${key} completed '${element}' ${completed.get(element) ?? 0} times instead of ${times}`);
  for (const set of process?.oneOf ?? [])
    if (set.reduce((sum, element) => sum + (completed.get(element) ?? 0), 0) !== 1)
      wrong.push(`STEPS: ${processId} ${key} did not complete exactly one of ${set.join(', ')}`);
  return wrong;
}

/** At most one effect per key, and no key that no job has: so one effect per job, and each element has one job. */
function wrongEffects(histories: ReadonlyMap<string, readonly Event[]>, { effects }: Ledger): readonly string[] {
  const jobs = new Set<string>();
  const wrong: string[] = [];
  for (const [key, events] of histories) {
    const visited = new Set<number>();
    for (const event of events) {
      if (event.t !== 'job-created') continue;
      jobs.add(String((BigInt(key) & ~0xfffffn) | BigInt(event.n)));
      if (visited.has(event.el)) wrong.push(`DOUBLED: two jobs for one visit ${event.el} of ${key}`);
      visited.add(event.el);
    }
  }
  for (const [key, count] of effects) {
    if (!jobs.has(key)) wrong.push(`DOUBLED: effect ${key} belongs to no job that was ever committed`);
    if (count !== 1) wrong.push(`DOUBLED: effect ${key} happened ${count} times`);
  }
  for (const key of jobs) if (!effects.has(key)) wrong.push(`LOST: job ${key} never reached the agency`);
  return wrong;
}

function wrongChildren(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const parents = new Set<string>();
  return rows.flatMap((row) => {
    const parent = row['parentElementInstanceKey'];
    if (parent === undefined) return [];
    if (parents.has(String(parent))) return [`DOUBLED: two children of ${String(parent)}`];
    parents.add(String(parent));
    return [];
  });
}
