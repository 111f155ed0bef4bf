/**
 * What no case's own history holds: sign-ins, denied and sensitive reads, commands to no case. Chained (runtime/audit-log.ts).
 * The commands of a case are chained in its own history, in the commit that does them (runtime/audit-chain.ts).
 */
import { appendRecord, HOUSE } from '../runtime/audit-log.ts';
import type { Context } from './context.ts';
import type { Reader } from './reader.ts';

export interface Audited {
  readonly action: 'sign-in' | 'sign-out' | 'call' | 'read';
  /** address or name of what was touched: keys and names only, never values */
  readonly subject: string;
  readonly outcome: 'done' | 'denied';
  readonly reason?: string;
  /** key of the case that it is about; default: the house's own chain */
  readonly chain?: string;
}

/** Losing a line must not lose a request: a fault is told to the log, and the answer goes out. */
export async function audit({ runtime, now, log }: Context, reader: Reader, { chain = HOUSE, ...entry }: Audited): Promise<void> {
  const who = { by: reader.actingAs ?? reader.username, ...(reader.actingAs === undefined ? {} : { onBehalfOf: reader.username }) };
  const record = { at: now(), ...who, ...(reader.agency === undefined ? {} : { agency: reader.agency }), ...entry };
  try {
    await appendRecord(runtime.store, chain, { record });
  } catch (error) {
    log('error', `audit: ${error instanceof Error ? error.message : String(error)}`);
  }
}
