/** The oracle: what was promised, what really happened, and every way in which the two may differ. */
import type { Event } from '../../engine/index.ts';
import type { Row, Store } from '../../runtime/ports.ts';
import { flowsAmiss, inspect } from '../../runtime/inspect.ts';
import { processes } from './processes.ts';

export interface Ledger {
  /** instances whose start was acknowledged */
  readonly started: Set<string>;
  /** acknowledged commands: key of the instance, and what its history must hold */
  readonly acknowledged: { readonly instance: string; readonly what: string; readonly holds: (event: Event) => boolean }[];
  /** key and process of acknowledged messages that somebody must have taken */
  readonly messages: Map<string, string>;
  /** invoices of applications: one instance each, however often the message was sent */
  readonly applications: Set<string>;
  /** every call that reached the agency: by idempotency key, by job, how often */
  readonly hits: Map<string, Map<string, number>>;
  /** what the agency really did: by idempotency key, for which job */
  readonly effects: Map<string, string>;
  /** jobs that the agency heard of before they were durable */
  readonly early: Set<string>;
  /** what attempts told after somebody else had had their job */
  readonly stale: Set<string>;
  /** timers by instance and number: when they are due */
  readonly timers: Map<string, number>;
  /** sentences about timers that began or fired at a wrong time */
  readonly tooEarly: string[];
}

export function createLedger(): Ledger {
  return {
    started: new Set(),
    acknowledged: [],
    messages: new Map(),
    applications: new Set(),
    hits: new Map(),
    effects: new Map(),
    early: new Set(),
    stale: new Set(),
    timers: new Map(),
    tooEarly: [],
  };
}

/** Milliseconds. How far a process may be off the store's time; how long it may be stopped between deciding and writing. */
const [OFF, STOPPED] = [2_000, 10 * 60_000];

/** Looks at timers in the store's own time, which in such a run never jumps: when they begin, and when they fire. */
export function timedStore(inner: Store, { now, ledger }: { readonly now: () => number; readonly ledger: Ledger }): Store {
  const wrong = (key: string, what: string): void => void ledger.tooEarly.push(`CLOCK: ${what} of ${key}`);
  return {
    ...inner,
    commit: async (wanted) => {
      const result = await inner.commit(wanted);
      if (result !== 'committed') return result;
      const late = now() - wanted.audit.at;
      for (const event of wanted.events) {
        if (event.t !== 'timer-scheduled' && event.t !== 'timer-fired') continue;
        const name = `${wanted.instanceKey}/${event.n}`;
        if (late < -OFF || late > STOPPED) wrong(name, `${event.t} at a time that is ${Math.round(-late)} ms off`);
        if (event.t === 'timer-scheduled') ledger.timers.set(name, event.dueAt);
        else if (now() < (ledger.timers.get(name) ?? 0) - OFF) wrong(name, 'fired before it was due');
      }
      return result;
    },
  };
}

type Histories = ReadonlyMap<string, readonly Event[]>;

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
    wrong.push(...wrongIn(key, events), ...wrongAtEnd(row, events));
    for (const flow of await flowsAmiss(store, key, events)) wrong.push(`FLOWS: ${key} and its rows differ about flow ${flow}`);
  }
  for (const { instance, what, holds } of ledger.acknowledged)
    if (!(histories.get(instance) ?? []).some(holds))
      wrong.push(`LOST: ${what} of ${instance} was acknowledged, but its history does not hold it`);
  for (const [message, process] of ledger.messages)
    if ((await store.get('messageCorrelations', `${message}/${process}`)) === undefined)
      wrong.push(`LOST: message ${message} was acknowledged, but no ${process} has taken it`);
  for (const key of (await store.pendingEffects(100)).map(({ id }) => id)) wrong.push(`STUCK: effect ${key} was never done`);
  wrong.push(...ledger.tooEarly);
  return [...wrong, ...wrongEffects(histories, ledger), ...wrongResults(histories, ledger), ...twins(items, histories, ledger)];
}

const once = new Set([
  'element-activated',
  'element-completed',
  'element-terminated',
  'job-created',
  'job-completed',
  'user-task-completed',
  'timer-fired',
  'incident-resolved',
]);

/** Each step once. */
function wrongIn(key: string, events: readonly Event[]): readonly string[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const name = `${event.t} ${'n' in event ? String(event.n) : ''}`;
    if (!once.has(event.t)) return [];
    if (seen.has(name)) return [`DOUBLED: ${name} in ${key}`];
    seen.add(name);
    return [];
  });
}

/** As many tokens as were started: every element that was activated ended once, and each as often as the diagram says. */
function wrongAtEnd(row: Row, events: readonly Event[]): readonly string[] {
  const [key, processId] = [String(row['processInstanceKey']), String(row['processDefinitionId'])];
  if (row['state'] !== 'COMPLETED') return [`STUCK: ${processId} ${key} is ${String(row['state'])}`];
  const wrong: string[] = [];
  const [elements, completed, open] = [new Map<number, string>(), new Map<string, number>(), new Set<number>()];
  for (const event of events) {
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

/** One effect for each visit of an element that calls the agency: one job per visit, one key per job, one job per key, none without. */
function wrongEffects(histories: Histories, { hits, effects, early }: Ledger): readonly string[] {
  const wrong = [...early].map((job) => `EARLY: the agency heard of job ${job} before it was committed`);
  const visits = new Map<string, string>();
  for (const [key, events] of histories)
    for (const event of events)
      if (event.t === 'job-created') visits.set(String((BigInt(key) & ~0xfffffn) | BigInt(event.n)), `${event.el} of ${key}`);
  const did = new Map<string, string>();
  for (const [key, jobs] of hits) {
    if (jobs.size > 1) wrong.push(`LOST: one key ${key} for ${jobs.size} jobs, so only one of them was done`);
    const job = effects.get(key) ?? '';
    const visit = visits.get(job);
    if (visit === undefined) wrong.push(`DOUBLED: effect ${key} belongs to no job that was ever committed`);
    else if (did.has(visit)) wrong.push(`DOUBLED: effects ${key} and ${did.get(visit) ?? ''} for one visit ${visit}`);
    else did.set(visit, key);
  }
  for (const [job, visit] of visits) if (!did.has(visit)) wrong.push(`LOST: job ${job} never had its effect at the agency`);
  return wrong;
}

/** A result counts only while its attempt holds the job. */
function wrongResults(histories: Histories, { stale }: Ledger): readonly string[] {
  const wrong: string[] = [];
  for (const [key, events] of histories)
    for (const event of events) {
      const told =
        event.t === 'variable-set' && event.name === 'answer'
          ? String(event.value)
          : event.t === 'job-failed'
            ? (event.message ?? '').split(' ').at(-1)
            : undefined;
      if (told !== undefined && stale.has(told)) wrong.push(`FENCE: ${key} took the ${event.t} of the stale attempt ${told}`);
    }
  return wrong;
}

/** Two where one was asked for: children of one call, instances of one application. */
function twins(rows: readonly Row[], histories: Histories, { applications }: Ledger): readonly string[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const key = String(row['processInstanceKey']);
    const invoice = (histories.get(key) ?? []).find((event) => event.t === 'variable-set' && event.name === 'invoice');
    const asked =
      row['parentElementInstanceKey'] !== undefined
        ? `call ${String(row['parentElementInstanceKey'])}`
        : row['processDefinitionId'] === 'apply' && invoice?.t === 'variable-set'
          ? `application ${String(invoice.value)}`
          : `start ${key}`;
    if (asked.startsWith('application') && !applications.has(String(invoice?.t === 'variable-set' && invoice.value)))
      return [`DOUBLED: ${asked} was never sent`];
    if (seen.has(asked)) return [`DOUBLED: two instances of ${asked}`];
    seen.add(asked);
    return [];
  });
}
