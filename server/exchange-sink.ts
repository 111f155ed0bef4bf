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
      const { jobKey, attempt, at } = exchange;
      await keepExchange(await store(), { ...exchange, exchangeId: `${jobKey}-${attempt}-${at}-${randomBytes(4).toString('hex')}` });
    } catch (error) {
      log('warn', `a record of exchange was not kept (job ${exchange.jobKey}): ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

export interface NamedExchange {
  readonly exchangeId: string;
  /** who was called, or called */
  readonly agency: string;
  /** absent: no case took it (yet) */
  readonly processInstanceKey?: string;
}

export async function keepExchange(store: Store, exchange: NamedExchange): Promise<void> {
  const { agency, exchangeId, processInstanceKey } = exchange;
  const instance = processInstanceKey === undefined ? undefined : await store.get('processInstances', processInstanceKey);
  const rootKey = String(instance?.['rootProcessInstanceKey'] ?? processInstanceKey);
  const root = rootKey === processInstanceKey || instance === undefined ? instance : await store.get('processInstances', rootKey);
  const agencies = [instance, root].flatMap((row) => [...((row?.['agencies'] ?? []) as readonly string[]), row?.['ownerAgency']]);
  const given = Object.entries(exchange).filter(([, value]) => value !== null && value !== undefined);
  const owner = (root ?? instance)?.['ownerAgency'];
  const process = instance?.['processDefinitionId'];
  const row: Row = {
    ...(typeof process === 'string' ? { processDefinitionId: process } : {}),
    ...Object.fromEntries(given),
    agencies: [...new Set([agency, ...agencies])].filter((one) => typeof one === 'string'),
    ...(typeof owner === 'string' ? { ownerAgency: owner } : {}),
  };
  await store.write([{ op: 'put', collection: 'exchanges', key: exchangeId, row }]);
}
