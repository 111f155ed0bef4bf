import type { Config } from '../../runtime/config.ts';
import { openRuntime } from '../../runtime/open.ts';

/**
 * What a start of the server does for what is left over, without the server: the outbox is done, due timers fire, leases of the dead
 * are given back. Jobs are dispatched by whoever has their workers. Throws when another process owns the store: then it does this itself.
 */
export async function repair(config: Config, tell: (line: string) => void): Promise<void> {
  const runtime = await openRuntime({
    config: { ...config, queue: 'in-process', clock: 'real' },
    log: (level, message) => level !== 'info' && tell(`${level}: ${message}`),
  });
  await runtime.settled();
  await runtime.close();
  tell('repaired: the outbox is done, due timers have fired, leases are given back; jobs go out when the server starts');
}
