import { anyone } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Route } from '../route.ts';

/** Milliseconds: what takes longer counts as away. */
const PATIENCE = 5_000;

/** Undefined: yes. Else why not. */
async function answers({ ping }: { ping(): Promise<void> }): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Expected an answer within ${PATIENCE} ms, but there was none`)), PATIENCE);
  });
  try {
    await Promise.race([ping(), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

export const healthRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/livez',
    allow: anyone,
    // a store or queue that is away is no reason to restart this process: see /readyz
    handler: ({ context: { runtime, log } }) => {
      if (runtime.alive()) return ok({ status: 'alive' });
      const why = runtime.store.beyondRepair?.()
        ? 'Expected a store that can be written, but an earlier write failed on the disk'
        : 'Expected this process to take work from the queue, but it is deaf: what it puts there does not come back to it';
      log('error', `not alive: ${why}`);
      throw new Problem('NOT_READY', `${why}; restart it`);
    },
  },
  {
    method: 'get',
    path: '/readyz',
    allow: anyone,
    handler: async ({ context: { runtime, log } }) => {
      const [store, queue] = await Promise.all([answers(runtime.store), answers(runtime.queue)]);
      if (store === undefined && queue === undefined) return ok({ status: 'ready', queue: runtime.queue.kind });
      log('error', `not ready: ${store ?? queue ?? ''}`);
      const away = [store === undefined ? [] : ['store'], queue === undefined ? [] : ['queue']].flat();
      throw new Problem('NOT_READY', `Expected the store and the queue to answer, but this does not: ${away.join(', ')}`);
    },
  },
];
