/**
 * Says no early: while more waits than is worked off, new cases are refused, so that those that were accepted come to their end.
 * Completing work is never refused here. Refused is answered before anything is written, so nothing accepted is ever lost by it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Rejection } from '../engine/index.ts';
import type { Store } from './ports.ts';

/** Each 0 = never refuse for this reason. */
export interface AdmissionBounds {
  /** jobs of built-in types that could be worked on right now, in the whole installation; 1..10,000 */
  readonly backlog: number;
  /** mean delay of this process's event loop; milliseconds */
  readonly lagMs: number;
  /** of the heap that this process may use; percent */
  readonly heapPercent: number;
}

export interface Admission {
  /** the refusal, when now is not the time to begin something new */
  refusal(): Promise<Rejection | undefined>;
  stop(): void;
}

export interface AdmissionParts {
  readonly store: Pick<Store, 'search'>;
  readonly builtIn: ReadonlySet<string>;
  readonly now: () => number;
  /** absent: everything is admitted */
  readonly bounds?: AdmissionBounds;
}

/** milliseconds between two measurements, and how long at least a refusal lasts */
const MEASURE_EVERY = 1_000;

export function createAdmission({ store, builtIn, now, bounds }: AdmissionParts): Admission {
  if (bounds === undefined) return { refusal: async () => undefined, stop: () => undefined };
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let last: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined;

  async function measure(limits: AdmissionBounds): Promise<string | undefined> {
    const lag = delay.mean / 1e6;
    delay.reset();
    const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
    if (limits.lagMs > 0 && lag > limits.lagMs) return `this process is ${Math.round(lag)} ms behind`;
    if (limits.heapPercent > 0 && (used / most) * 100 > limits.heapPercent) return 'the memory of this process is nearly used up';
    if (limits.backlog === 0) return undefined;
    const filter = { open: true, availableAt: { $lte: now() }, type: { $in: [...builtIn] } };
    const waiting = (await store.search('jobs', { filter, sort: [{ field: 'availableAt' }], limit: 1 })).totalItems;
    return waiting >= limits.backlog ? `${waiting} jobs wait to be worked on` : undefined;
  }

  return {
    refusal: async () => {
      if (last === undefined || performance.now() - last.at > MEASURE_EVERY) last = { at: performance.now(), answer: measure(bounds) };
      const reason = await last.answer;
      if (reason === undefined) return undefined;
      return { ok: false, kind: 'RESOURCE_EXHAUSTED', reason: `Expected room for a new case, but ${reason}; try again later` };
    },
    stop: () => delay.disable(),
  };
}
