/** Jobs for external workers: leased from the store, with a long poll that commits wake. */
import { randomUUID } from 'node:crypto';
import { instanceKeyOf, localOf, visibleVariables } from '../engine/index.ts';
import type { InstanceState, Key, Rejection, TaskState, Variables } from '../engine/index.ts';
import type { Row } from './collections.ts';
import { FALLBACK } from './hints.ts';
import type { Committed } from './execute.ts';
import type { Room } from './room.ts';
import type { ActivatedJob, ActivateJobs } from './runtime.ts';

export interface Jobs {
  activate(request: ActivateJobs, signal: AbortSignal): Promise<readonly ActivatedJob[]>;
  extend(jobKey: Key, timeoutMs: number): Promise<{ readonly ok: true } | Rejection>;
  /** jobs may have become available; of these types, or of any */
  wake(committed?: Committed): void;
  wakeTypes(types?: readonly string[]): void;
}

export function createJobs(room: Room, alarm: (at: number) => void): Jobs {
  // where others commit too, their hint may be lost
  const longest = room.shared ? FALLBACK : Number.POSITIVE_INFINITY;
  const waiting = new Map<string, Set<() => void>>();
  /** Until somebody wakes it, the time is over, the caller goes away, or it is told that nobody waits any more. */
  function sleep(type: string, waitMs: number, signal: AbortSignal): { readonly woken: Promise<void>; readonly end: () => void } {
    const sleepers = waiting.get(type) ?? new Set();
    waiting.set(type, sleepers);
    const { promise: woken, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      sleepers.delete(end);
      if (sleepers.size === 0 && waiting.get(type) === sleepers) waiting.delete(type);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal.addEventListener('abort', end, { once: true });
    sleepers.add(end);
    return { woken, end };
  }
  function wakeTypes(types: Iterable<string> = waiting.keys()): void {
    for (const type of types) [...(waiting.get(type) ?? [])].forEach((wakeUp) => wakeUp());
  }
  return {
    activate: async (request, signal) => {
      const until = performance.now() + request.waitMs;
      for (;;) {
        // listens before it looks: a job that is committed in between wakes it
        const left = until - performance.now();
        const nap = left > 0 && !signal.aborted ? sleep(request.type, Math.min(left, longest), signal) : undefined;
        try {
          const leased = signal.aborted ? [] : await lease(room, request, alarm);
          if (leased.length > 0 || nap === undefined) return leased;
          await nap.woken;
        } finally {
          nap?.end();
        }
      }
    },
    extend: async (jobKey, timeoutMs) => {
      const row = await room.store.get('jobs', jobKey);
      if (row === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a job ${jobKey}, but there is none` };
      if (row['open'] !== true || row['deadline'] === undefined)
        return { ok: false, kind: 'INVALID_STATE', reason: `Expected job ${jobKey} to be activated, but it is not` };
      const deadline = room.clock.now() + timeoutMs;
      await room.store.write([{ op: 'patch', collection: 'jobs', key: jobKey, fields: { deadline, availableAt: deadline } }]);
      return { ok: true };
    },
    wake: (committed) => {
      const types = committed && typesIn(committed);
      wakeTypes(types);
      if (committed !== undefined && types?.length !== 0) room.tell({ t: 'jobs', ...(types && { types }) });
    },
    wakeTypes,
  };
}

const MAY_FREE = new Set(['job-failed', 'job-updated', 'instance-resumed', 'incident-resolved']);

/** Undefined: of any type, because the row of a changed job is not at hand. */
function typesIn({ rows, events }: Committed): readonly string[] | undefined {
  if (events.some(({ t }) => MAY_FREE.has(t))) return undefined;
  return rows.flatMap((change) => (change.collection === 'jobs' && change.op === 'put' ? [String(change.row['type'])] : []));
}

async function lease(
  room: Room,
  { type, worker, max, timeoutMs, fetchVariables, scope }: ActivateJobs,
  alarm: (at: number) => void,
): Promise<readonly ActivatedJob[]> {
  const now = room.clock.now();
  const deadline = now + timeoutMs;
  const rows = await room.store.leaseJobs({
    type,
    worker,
    max,
    now,
    deadline,
    leaseToken: randomUUID(),
    ...(scope === undefined ? {} : { scope }),
  });
  if (rows.length > 0) alarm(deadline);
  const jobs = await Promise.all(rows.map(async (job) => await activated(room, job, fetchVariables)));
  return jobs.filter((job) => job !== undefined);
}

async function activated(room: Room, job: Row, names: readonly string[] | undefined): Promise<ActivatedJob | undefined> {
  const key = String(job['jobKey']);
  const seen = await room.door.peek(instanceKeyOf(key), (state) => seenBy(state, localOf(key)));
  const instance = await room.store.get('processInstances', instanceKeyOf(key));
  if (seen === undefined || instance === undefined) return undefined;
  const variables =
    names === undefined
      ? seen.variables
      : Object.fromEntries(names.flatMap((name) => (Object.hasOwn(seen.variables, name) ? [[name, seen.variables[name] ?? null]] : [])));
  const userTask = seen.task && job['kind'] === 'TASK_LISTENER' ? { userTask: await taskOf(room, job, seen.task) } : {};
  return { job, instance, variables, ...userTask };
}

async function taskOf(room: Room, job: Row, { fields, pending }: TaskState): Promise<NonNullable<ActivatedJob['userTask']>> {
  const filter = { processInstanceKey: job['processInstanceKey'], elementInstanceKey: job['elementInstanceKey'] };
  const [row] = (await room.store.search('userTasks', { filter, limit: 1 })).items;
  const changes = { ...pending?.fields, ...pending?.corrections };
  const { assignee = null, candidateUsers = [], candidateGroups = [], dueDate = null, followUpDate = null, priority = 50 } = fields;
  return {
    ...{ assignee, candidateUsers, candidateGroups, dueDate, followUpDate, priority, ...changes },
    userTaskKey: String(row?.['userTaskKey']),
    formKey: row?.['formKey'] === undefined ? null : String(row['formKey']),
    action: pending?.action ?? '',
    changedAttributes: Object.keys(changes),
  };
}

/** A copy of what the job may see: the state itself goes on. */
function seenBy(state: InstanceState, n: number): { readonly variables: Variables; readonly task: TaskState | undefined } | undefined {
  const job = state.jobs.get(n);
  if (job === undefined) return undefined;
  const task = [...state.tasks.values()].find(({ el }) => el === job.el);
  return { variables: visibleVariables(state, job.el), task: task && { ...task } };
}
