/**
 * Rehearsals as the server offers them: the grammar is checked here, the rest happens in a thread of its own with limits on time and
 * memory, one rehearsal after the other.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Json } from '../engine/terms.ts';
import { createLanes } from '../runtime/lanes.ts';
import type { RehearsalAnswer, RehearsalRequest, Rehearsals } from '../runtime/rehearsal/report.ts';
import { testCase } from './instruction.ts';
import type { TestCase } from './instruction.ts';
import { readServiceFolder } from './read-folder.ts';

export interface RehearsalLimits {
  /** milliseconds for all test cases of one request */
  readonly timeMs: number;
  /** megabytes of heap */
  readonly memoryMb: number;
  readonly testCases: number;
  /** requests that may wait */
  readonly waiting: number;
}

const LIMITS: RehearsalLimits = { timeMs: 60_000, memoryMb: 512, testCases: 50, waiting: 5 };

type Stored = ReadonlyMap<string, readonly TestCase[]>;

/** `folder`: `processes/`, with one folder per shipped service. */
export function createRehearsals(folder: string, limits: RehearsalLimits = LIMITS): Rehearsals {
  const lanes = createLanes();
  const threads = new Set<Worker>();
  let kept: Stored | undefined;
  const stored = (id: string): readonly TestCase[] => (kept ??= readStored(folder)).get(id) ?? [];
  return {
    stored: (id) => stored(id) as unknown as readonly Json[],
    run: async (request) => {
      const cases = readCases(request.testCases, limits);
      if ('ok' in cases) return cases;
      if (lanes.busy() >= limits.waiting) return limit('Expected room for one more rehearsal, but too many are waiting.');
      return lanes.run('rehearsal', () => inThread(threads, { request, testCases: cases, limits }));
    },
    close: async () => void (await Promise.all([...threads].map((thread) => thread.terminate()))),
  };
}

/** Test cases by the process that they start. A folder that cannot be read has none: its own tests say what is wrong with it. */
function readStored(folder: string): Stored {
  const found = new Map<string, TestCase[]>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const one of casesIn(join(folder, entry.name))) {
      const start = one.instructions.find((each) => each.type === 'CREATE_PROCESS_INSTANCE');
      const id = start?.processDefinitionSelector.processDefinitionId;
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), one]);
    }
  }
  return found;
}

function casesIn(folder: string): readonly TestCase[] {
  try {
    return readServiceFolder(folder).files.flatMap(({ testCases }) => testCases);
  } catch {
    return [];
  }
}

type Fault = Extract<RehearsalAnswer, { reason: 'test-cases' }>;
const fault = (pointer: string, message: string): Fault => ({ ok: false, reason: 'test-cases', faults: [{ pointer, message }] });

function readCases(given: Json | undefined, limits: RehearsalLimits): readonly TestCase[] | Fault {
  if (!Array.isArray(given) || given.length === 0) return fault('/testCases', 'Expected at least one test case, but there is none.');
  if (given.length > limits.testCases)
    return fault('/testCases', `Expected at most ${limits.testCases} test cases, but there are ${given.length}.`);
  const parsed = testCase.array().safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ pointer: ['/testCases', ...path.map(String)].join('/'), message }));
  return { ok: false, reason: 'test-cases', faults };
}

const limit = (message: string): RehearsalAnswer => ({ ok: false, reason: 'limit', message });

interface Work {
  readonly request: RehearsalRequest;
  readonly testCases: readonly TestCase[];
  readonly limits: RehearsalLimits;
}

function inThread(threads: Set<Worker>, { request, testCases, limits }: Work): Promise<RehearsalAnswer> {
  return new Promise((resolve) => {
    const thread = new Worker(new URL('./rehearse-worker.ts', import.meta.url), {
      workerData: { request, testCases },
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
      // what V8 says when memory runs out is told as an answer, not on our standard error
      stderr: true,
    });
    threads.add(thread);
    const done = (answer: RehearsalAnswer): void => {
      clearTimeout(timer);
      threads.delete(thread);
      resolve(answer);
      void thread.terminate();
    };
    const timer = setTimeout(
      () => done(limit(`Expected the rehearsal to end within ${limits.timeMs / 1000} seconds, but it goes on.`)),
      limits.timeMs,
    );
    thread.once('message', done);
    thread.once('error', (error: Error) => done(limit(`Expected the rehearsal to end by itself, but it broke off: ${error.message}`)));
    thread.once('exit', () => done(limit('Expected the rehearsal to end by itself, but it was ended.')));
  });
}
