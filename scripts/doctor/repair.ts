import type { Config } from '../../runtime/config.ts';
import { inspect } from '../../runtime/inspect.ts';
import { mend } from '../../runtime/mend.ts';
import { openRuntime } from '../../runtime/open.ts';

/**
 * What a start of the server does for what is left over, without the server: the outbox is done, due timers fire, leases of the dead
 * are given back. Rows of waiting things that do not say what the history says are made anew from it.
 * Jobs are dispatched by whoever has their workers. Throws when another process owns the store: then it does this itself.
 */
export async function repair(config: Config, tell: (line: string) => void): Promise<void> {
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
  } finally {
    await runtime.close();
  }
  tell('repaired: the outbox is done, due timers have fired, leases are given back; jobs go out when the server starts');
}
