import { randomBytes } from 'node:crypto';
import type { Row } from '../runtime/collections.ts';
import type { Store } from '../runtime/ports.ts';

/** What a worker tells of one call. Never holds a value of the case. */
export interface ToldExchange {
  /** who was called */
  readonly agency: string;
  readonly jobKey: string;
  readonly processInstanceKey: string;
  readonly attempt: number;
  /** milliseconds since 1970 UTC */
  readonly at: number;
}

type Log = (level: 'warn', message: string) => void;

/**
 * Keeps the record of each call: readable by the agencies of the case, and of the case that called it.
 * A record that cannot be kept is told to the log and does not undo the call, which has happened.
 */
export function exchangeSink(store: () => Promise<Store>, log: Log): (exchange: ToldExchange) => Promise<void> {
  return async (exchange) => {
    try {
      await keep(await store(), exchange);
    } catch (error) {
      log('warn', `a record of exchange was not kept (job ${exchange.jobKey}): ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

async function keep(store: Store, exchange: ToldExchange): Promise<void> {
  const instance = await store.get('processInstances', exchange.processInstanceKey);
  const rootKey = String(instance?.['rootProcessInstanceKey'] ?? exchange.processInstanceKey);
  const root = rootKey === exchange.processInstanceKey ? instance : await store.get('processInstances', rootKey);
  const agencies = [instance, root].flatMap((row) => [...((row?.['agencies'] ?? []) as readonly string[]), row?.['ownerAgency']]);
  const { agency, jobKey, attempt, at } = exchange;
  const exchangeId = `${jobKey}-${attempt}-${at}-${randomBytes(4).toString('hex')}`;
  const given = Object.entries(exchange).filter(([, value]) => value !== null && value !== undefined);
  const owner = (root ?? instance)?.['ownerAgency'];
  const row: Row = {
    ...Object.fromEntries(given),
    exchangeId,
    agencies: [...new Set([agency, ...agencies])].filter((one) => typeof one === 'string'),
    ...(typeof owner === 'string' ? { ownerAgency: owner } : {}),
  };
  await store.write([{ op: 'put', collection: 'exchanges', key: exchangeId, row }]);
}
