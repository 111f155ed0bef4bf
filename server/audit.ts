import { randomUUID } from 'node:crypto';
import type { Context } from './context.ts';
import type { Reader } from './reader.ts';

export interface Audited {
  readonly action: 'sign-in' | 'call';
  /** address or name of what was touched: keys only, never answers */
  readonly subject: string;
  readonly outcome: 'done' | 'denied';
  readonly reason?: string;
}

/** Writes down what no case's own history holds: sign-ins, and calls that were refused to somebody known. Losing a line must not lose a request. */
export async function audit({ runtime, now, log }: Context, reader: Reader, entry: Audited): Promise<void> {
  const auditKey = randomUUID();
  const row = { auditKey, at: now(), by: reader.username, ...(reader.agency === undefined ? {} : { agency: reader.agency }), ...entry };
  try {
    await runtime.store.write([{ op: 'put', collection: 'audit', key: auditKey, row }]);
  } catch (error) {
    log('error', `audit: ${error instanceof Error ? error.message : String(error)}`);
  }
}
