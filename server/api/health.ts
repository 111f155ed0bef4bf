import { anyone } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Route } from '../route.ts';

export const healthRoutes: readonly Route[] = [
  { method: 'get', path: '/livez', allow: anyone, handler: () => ok({ status: 'alive' }) },
  {
    method: 'get',
    path: '/readyz',
    allow: anyone,
    handler: async ({ context: { runtime, log } }) => {
      try {
        await Promise.all([runtime.store.ping(), runtime.queue.ping()]);
        return ok({ status: 'ready', queue: runtime.queue.kind });
      } catch (error) {
        log('error', `not ready: ${error instanceof Error ? error.message : String(error)}`);
        throw new Problem('NOT_READY', 'Expected the store and the queue to answer, but one of them does not');
      }
    },
  },
];
