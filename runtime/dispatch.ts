/** Open jobs of built-in types → queue entries. Derived from the store alone and safe to run twice: ids are deterministic, jobs are leased. */
import type { Row } from './collections.ts';
import type { Committed } from './execute.ts';
import type { Passage } from './compartments/passage.ts';
import type { QueueEntry } from './ports.ts';
import type { Room } from './room.ts';
import { pagesOf } from './every-row.ts';

export interface Dispatch {
  /** what this commit made workable */
  dispatch(committed: Committed): void;
  /** jobs that are workable since `from` (default: ever) and may have been lost from the queue */
  sweep(from?: number): Promise<void>;
  /** these are counted and may go, whatever else waits for their agencies */
  letOut(jobs: readonly Row[]): Promise<void>;
}

export interface DispatchParts {
  readonly room: Room;
  /** jobs that this process works on right now */
  readonly running: ReadonlySet<string>;
  /** sees to it that somebody reads the queue of this job */
  readonly consume: (queue: string, type: string) => void;
  /** the sweeper is to come at this time; milliseconds */
  readonly alarm: (at: number) => void;
  readonly passage: Passage;
  /** the one that leads has let this job out: it only needs its entry again */
  readonly isOut: (agency: string, jobKey: string) => boolean;
}

const PAGE = 1_000;

export function createDispatch(parts: DispatchParts): Dispatch {
  const { room, passage } = parts;
  async function add(jobs: readonly Row[], leave = false): Promise<void> {
    const entries = jobs.map((job) => (leave ? withLeave(job, room.clock.now()) : entryOf(job)));
    for (const job of jobs) parts.consume(queueOf(job), String(job['type']));
    if (entries.length > 0) await room.queue.add(entries);
  }
  async function addOrPark(jobs: readonly Row[]): Promise<void> {
    const going = jobs.filter((job) => passage.lets(job, false));
    await add(going);
    if (going.length < jobs.length) await passage.wait(jobs.filter((job) => !going.includes(job)));
  }
  async function again(keys: readonly string[]): Promise<void> {
    const jobs = await Promise.all(keys.map(async (key) => await room.store.get('jobs', key)));
    await addOrPark(jobs.filter((job) => job !== undefined).filter((job) => workable(room, job)));
  }
  const isOut = (job: Row): boolean => {
    const agency = passage.agencyOf(job);
    return agency !== undefined && !passage.lets(job, false) && parts.isOut(agency, String(job['jobKey']));
  };
  return {
    dispatch: ({ rows }) => {
      const [fresh, changed] = changedJobs(parts, rows);
      if (fresh.length + changed.length === 0) return;
      // NOT AWAITED: a command is done when it is durable. While the queue is away the sweeper adds what is missing.
      room.background(async () => {
        await addOrPark(fresh);
        await again(changed);
      });
    },
    letOut: async (jobs) => await add(jobs, true),
    sweep: async (from) => {
      const filter = {
        open: true,
        availableAt: { $lte: room.clock.now(), ...(from === undefined ? {} : { $gte: from }) },
        type: { $in: [...room.builtIn] },
      };
      for await (const jobs of pagesOf(room.store, 'jobs', { filter, sort: [{ field: 'availableAt' }], limit: PAGE })) {
        const lost = jobs.filter((job) => workable(room, job) && !parts.running.has(String(job['jobKey'])));
        await add(lost.filter(isOut), true);
        await addOrPark(lost.filter((job) => !isOut(job)));
      }
    },
  };
}

/** The queues that open jobs are meant for: for a worker that came later than the jobs. The first thousand jobs tell. */
export async function queuesOfOpenJobs(room: Room): Promise<ReadonlyMap<string, string>> {
  const filter = { open: true, availableAt: { $lte: room.clock.now() }, type: { $in: [...room.builtIn] } };
  const { items } = await room.store.search('jobs', { filter, sort: [{ field: 'availableAt' }], limit: PAGE });
  return new Map(items.map((job) => [queueOf(job), String(job['type'])]));
}

function changedJobs({ room, alarm }: DispatchParts, rows: Committed['rows']): readonly [readonly Row[], readonly string[]] {
  const fresh: Row[] = [];
  const changed: string[] = [];
  for (const change of rows) {
    if (change.op === 'delete' || (change.collection !== 'jobs' && change.collection !== 'timers')) continue;
    const fields = change.op === 'put' ? change.row : change.fields;
    const at = change.collection === 'timers' ? fields['dueAt'] : fields['availableAt'];
    if (typeof at === 'number' && (change.collection === 'timers' || at > room.clock.now())) alarm(at);
    if (change.collection === 'timers' || fields['open'] === false) continue;
    if (change.op === 'patch') changed.push(change.key);
    else if (workable(room, fields)) fresh.push(fields);
  }
  return [fresh, changed];
}

function workable({ builtIn, clock }: Room, job: Row): boolean {
  return (
    builtIn.has(String(job['type'])) &&
    job['open'] === true &&
    job['suspended'] !== true &&
    Number(job['retries']) > 0 &&
    Number(job['availableAt']) <= clock.now()
  );
}

/** One queue per agency, so that a slow one holds up nobody else; else one per job type. */
export function queueOf(job: Row): string {
  const agency = (job['customHeaders'] as { readonly agency?: unknown } | undefined)?.agency;
  return job['type'] === 'agency-call' && typeof agency === 'string' ? agencyQueue(agency) : `job-${String(job['type'])}`;
}

export function agencyQueue(agency: string): string {
  return `agency-${agency}`;
}

/** A new attempt is a new entry: the old one may still be marked as running. */
export function entryOf(job: Row): QueueEntry {
  const { jobKey, type, attempt, retries } = job;
  return {
    queue: queueOf(job),
    id: `${String(jobKey)}-${String(attempt ?? 0)}-${String(retries)}`,
    payload: { jobKey: String(jobKey), type: String(type) },
  };
}

/** Let out: an entry of its own, because the one before may still be on its way to be put aside. */
function withLeave(job: Row, now: number): QueueEntry {
  const entry = entryOf(job);
  return { ...entry, id: `${entry.id}-${now}`, payload: { ...entry.payload, leave: 1 } };
}
