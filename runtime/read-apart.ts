/**
 * Strangers' XML is read in a thread of its own, with limits on time and memory: a hostile file can neither keep other requests waiting
 * nor take the process down. It ends in a problem that names the limit.
 */
import { Worker } from 'node:worker_threads';
import type { Diagram, Problem } from '../engine/index.ts';
import type { FlatTree } from '../engine/dmn/index.ts';
import { createLanes } from './lanes.ts';

export interface ReadRequest {
  readonly id: number;
  readonly kind: 'bpmn' | 'dmn';
  readonly text: string;
}

export type ReadAnswer = { readonly id: number } & (
  | { readonly ok: false; readonly problems: readonly Problem[] }
  | { readonly ok: true; readonly kind: 'bpmn'; readonly diagram: Diagram; readonly problems: readonly Problem[] }
  | { readonly ok: true; readonly kind: 'dmn'; readonly tree: FlatTree; readonly problems: readonly Problem[] }
);

export interface ReadApart {
  read(kind: ReadRequest['kind'], text: string): Promise<ReadAnswer>;
  close(): Promise<void>;
}

export interface ReadLimits {
  /** milliseconds for one file, waiting not counted */
  readonly timeMs: number;
  /** megabytes of heap */
  readonly memoryMb: number;
}

const LIMITS: ReadLimits = { timeMs: 5_000, memoryMb: 256 };
/** Below the main thread's, so that what passed here does not run out of stack there. */
const STACK_MB = 0.75;

/** Milliseconds that the thread of this process waits for another runtime, when the last one has closed. */
const LINGER = 1_000;
const shared: { reader?: ReadApart; users: number } = { users: 0 };

/** The reader of this process: runtimes that open one after the other (tests, scenarios) need not start a thread each. */
export function sharedReadApart(): ReadApart {
  const reader = (shared.reader ??= createReadApart());
  shared.users += 1;
  let open = true;
  return {
    read: reader.read,
    close: async () => {
      if (open) shared.users -= 1;
      open = false;
      setTimeout(() => {
        if (shared.users > 0 || shared.reader !== reader) return;
        delete shared.reader;
        void reader.close();
      }, LINGER).unref();
    },
  };
}

/** One thread, started at the first file; files are read one after the other. After a limit was hit, the next file gets a new thread. */
export function createReadApart(limits: ReadLimits = LIMITS): ReadApart {
  const lanes = createLanes();
  let thread: Promise<Worker> | undefined;
  let last = 0;

  async function one(request: ReadRequest): Promise<ReadAnswer> {
    thread ??= started(limits);
    const mine = await thread.catch((error: unknown) => {
      thread = undefined;
      throw error;
    });
    const answer = await answered(mine, request, limits);
    if ('ok' in answer) return answer;
    // nobody can tell what it is doing: it is ended, not used again
    thread = undefined;
    await mine.terminate();
    return { id: request.id, ok: false, problems: [answer] };
  }

  return {
    read: (kind, text) => lanes.run('read', () => one({ id: ++last, kind, text })),
    close: async () => {
      await (await thread?.catch(() => undefined))?.terminate();
    },
  };
}

/** Resolves when it can read: starting counts for no file. */
async function started({ memoryMb }: ReadLimits): Promise<Worker> {
  const made = new Worker(new URL('./read-apart-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: STACK_MB },
    // what V8 says when memory runs out is told as a problem, not on our standard error
    stderr: true,
  });
  await new Promise((ready, failed) => {
    made.once('message', ready);
    made.once('error', failed);
  });
  // an idle thread keeps no process alive, and its end is noticed by the next file
  made.on('error', () => undefined);
  made.unref();
  return made;
}

/** The answer, or the limit that was hit. */
async function answered(thread: Worker, request: ReadRequest, limits: ReadLimits): Promise<ReadAnswer | Problem> {
  return await new Promise((resolve) => {
    const done = (result: ReadAnswer | Problem): void => {
      clearTimeout(timer);
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(result);
    };
    const onMessage = (answer: ReadAnswer): void => (answer.id === request.id ? done(answer) : undefined);
    const onError = (error: Error): void => done(isOutOfMemory(error) ? tooLarge(limits) : ended(error.message));
    const onExit = (): void => done(ended('its thread ended'));
    const timer = setTimeout(() => done(tooSlow(limits)), limits.timeMs);
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(request);
  });
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

const HINT = 'Split it into several smaller files.';

function tooSlow({ timeMs }: ReadLimits): Problem {
  const message = `Expected a file that can be read within ${timeMs} milliseconds, but this one takes longer.`;
  return { code: 'TOO_SLOW_TO_READ', message, hint: HINT, severity: 'error' };
}

function tooLarge({ memoryMb }: ReadLimits): Problem {
  const message = `Expected a file that can be read with ${memoryMb} megabytes of memory, but this one takes more.`;
  return { code: 'TOO_LARGE_TO_READ', message, hint: HINT, severity: 'error' };
}

function ended(reason: string): Problem {
  return {
    code: 'UNREADABLE',
    message: `Expected a file that can be read, but reading it failed: ${reason}.`,
    hint: HINT,
    severity: 'error',
  };
}
