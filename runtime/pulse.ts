/**
 * Does this process still take work from the queue? Asked by a real round trip: an entry into a queue of its own that it must get back.
 * A library that says "running" is no proof: workers were seen to stay deaf for ever after Redis had moved.
 */
import type { Queue } from './ports.ts';

export interface Pulse {
  /** false: what was put into the queue does not come back although the queue takes it */
  alive(): boolean;
  stop(): void;
}

/** Milliseconds. */
const [EVERY, PATIENCE] = [10_000, 45_000];

export interface PulseParts {
  readonly queue: Queue;
  readonly owner: string;
  readonly everyMs?: number;
  readonly patienceMs?: number;
}

/** Where the queue is in this process, that it answers is proof enough. */
export function createPulse({ queue, owner, everyMs = EVERY, patienceMs = PATIENCE }: PulseParts): Pulse {
  if (queue.kind === 'in-process') return { alive: () => true, stop: () => undefined };
  const name = `alive-${owner}`;
  let waitingSince: number | undefined;
  let count = 0;
  let listening = false;

  async function beat(): Promise<void> {
    try {
      if (!listening) await queue.consume(name, async () => void (waitingSince = undefined), { concurrency: 1 });
      listening = true;
      const asked = performance.now();
      await queue.add([{ queue: name, id: `beat-${(count += 1)}`, payload: {} }]);
      // only what the queue has taken can be missed
      waitingSince ??= asked;
    } catch {
      // the queue is away: that is not this process's fault, and a restart would not help
      waitingSince = undefined;
    }
  }

  void beat();
  const timer = setInterval(() => void beat(), everyMs).unref();
  return {
    alive: () => waitingSince === undefined || performance.now() - waitingSince < patienceMs,
    stop: () => clearInterval(timer),
  };
}
