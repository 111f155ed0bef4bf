import type { Queue } from './ports.ts';
import type { RuntimeConfig } from './open.ts';
import { openBullmqQueue } from './queues/bullmq.ts';
import { createInProcessQueue } from './queues/in-process.ts';
import type { HintLine } from './hints.ts';
import { openRedisHints } from './queues/redis-hints.ts';
import type { InProcessQueue } from './queues/in-process.ts';
import { startRedisServer } from './queues/redis-server.ts';

export interface OpenedQueue {
  readonly queue: Queue;
  /** entries that wait or run in this process; unknown (0) for Redis */
  busy(): number;
  idle(): Promise<void>;
  /** where processes share the queue */
  readonly hints?: HintLine;
  /** ends what was started for the queue */
  stop(): Promise<void>;
}

export const PREFIX = 'alur';
type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

/** `redisUrl` given → that; else a redis-server of this machine; else in this process. Says which. */
export async function openQueue(
  { queue: wanted, redisUrl, data }: Pick<RuntimeConfig, 'queue' | 'redisUrl' | 'data'>,
  { log, shared }: { readonly log: Log; readonly shared: boolean },
): Promise<OpenedQueue> {
  if (wanted === 'in-process') return inProcess(createInProcessQueue());
  if (redisUrl !== undefined) return await onRedis(redisUrl, { log, stop: async () => undefined, shared });
  const own = await startRedisServer(data);
  if (own === undefined && wanted === 'bullmq') throw new Error('Expected REDIS_URL or a redis-server on the path, but there is neither');
  if (own !== undefined) return await onRedis(own.url, { log, stop: own.stop, shared: false });
  log('info', 'queue: in this process, because there is neither REDIS_URL nor a redis-server on the path');
  return inProcess(createInProcessQueue());
}

function inProcess(queue: InProcessQueue): OpenedQueue {
  return { queue, busy: queue.busy, idle: queue.idle, stop: async () => undefined };
}

interface OnRedis {
  readonly log: Log;
  readonly stop: () => Promise<void>;
  /** other processes work on the same store and this Redis */
  readonly shared: boolean;
}

async function onRedis(url: string, { log, stop, shared }: OnRedis): Promise<OpenedQueue> {
  try {
    const queue = await openBullmqQueue({ url, prefix: PREFIX, log });
    const hints = shared ? openRedisHints({ url, prefix: PREFIX, log }) : undefined;
    const stopAll = async (): Promise<void> => {
      await hints?.close();
      await stop();
    };
    return { queue, busy: () => 0, idle: async () => undefined, stop: stopAll, ...(hints && { hints }) };
  } catch (error) {
    await stop();
    throw error;
  }
}
