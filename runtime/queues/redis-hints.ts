/** Hints between processes over Redis' publish and subscribe. What Redis does not deliver, nobody misses: see hints.ts. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Hint, HintLine } from '../hints.ts';
import { connectRedis } from './redis-address.ts';

export interface RedisHints {
  readonly url: string;
  readonly prefix: string;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

export function openRedisHints({ url, prefix, log }: RedisHints): HintLine {
  const me = randomUUID();
  const channel = `${prefix}:hints`;
  let closed = false;
  const retryStrategy = (times: number): number | null => (closed ? null : Math.min(100 * 2 ** Math.min(times, 5), 2_000));
  const publisher = connectRedis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000, retryStrategy });
  const subscriber = connectRedis(url, { maxRetriesPerRequest: null, retryStrategy });
  const listeners: ((hint: Hint) => void)[] = [];
  for (const connection of [publisher, subscriber]) listen(connection, log);
  subscriber.on('message', (_channel, text) => {
    const { from, hint } = JSON.parse(text) as { from: string; hint: Hint };
    if (from !== me) listeners.forEach((listener) => listener(hint));
  });
  // while Redis is away this waits; the subscription is made again at every reconnection
  subscriber.subscribe(channel).catch(() => undefined);
  return {
    tell: (hint) => void publisher.publish(channel, JSON.stringify({ from: me, hint })).catch(() => undefined),
    onHint: (listener) => void listeners.push(listener),
    alive: () => subscriber.status === 'ready' && publisher.status === 'ready',
    close: async () => {
      closed = true;
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

function listen(connection: Redis, log: RedisHints['log']): void {
  let last = '';
  connection.on('error', ({ message }: Error) => {
    if (message === last) return;
    last = message;
    log('warn', `hints: Redis answers ${message || 'nothing'}`);
  });
}
