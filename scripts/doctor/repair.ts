import type { Config } from '../../runtime/config.ts';
import { inspect } from '../../runtime/inspect.ts';
import { isLed } from '../../runtime/leader.ts';
import { mend } from '../../runtime/mend.ts';
import { openRuntime } from '../../runtime/open.ts';
import { openToRead } from '../open-to-read.ts';
import { dispatchAgain } from './queue.ts';

/**
 * What a start of the server does for what is left over, without the server: the outbox is done, due timers fire, leases of the dead
 * are given back. Rows that do not say what the history says are made anew from it, and every job that could run is put into the queue that is named.
 * Throws when other processes use the store: what they do meanwhile would be undone.
 */
export async function repair(config: Config, tell: (line: string) => void): Promise<void> {
  await refuseWhileLed(config);
  const runtime = await openRuntime({
    config: { ...config, queue: 'in-process', clock: 'real' },
    log: (level, message) => level !== 'info' && tell(`${level}: ${message}`),
  });
  try {
    const { findings } = await inspect(runtime.store);
    const written = await mend(runtime.store, runtime.definitions, findings);
    if (written > 0) tell(`repaired: ${written} rows made anew from the history`);
    // an effect whose event is gone can never be done: nobody may wait for it
    if (findings.every(({ code }) => code !== 'OUTBOX')) await runtime.settled();
    if (config.redisUrl !== undefined && config.queue !== 'in-process')
      tell(`repaired: ${await dispatchAgain(runtime.store, config.redisUrl)} jobs that could run are in their queues`);
  } finally {
    await runtime.close();
  }
  tell('repaired: the outbox is done, due timers have fired, leases are given back');
}

/** A store of many processes has no lock that tells of them; the one that schedules shows that it lives. */
async function refuseWhileLed(config: Config): Promise<void> {
  if (!/^mongodb(\+srv)?:/.test(config.databaseUrl)) return;
  const store = await openToRead(config);
  try {
    if (await isLed(store)) throw new Error('Expected every server to be stopped before a repair, but a scheduler is at work');
  } finally {
    await store.close();
  }
}
