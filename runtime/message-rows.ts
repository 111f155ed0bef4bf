/** Messages as rows of the store: those that still wait for somebody, and what says that a process has had one. */
import type { Actor, Key, Variables } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { Extras } from './execute.ts';
import { SYSTEM } from './room.ts';
import type { Room } from './room.ts';

export interface Message {
  readonly messageKey: Key;
  readonly name: string;
  readonly correlationKey: string;
  /** taken only by cases that bear it; what it begins bears it */
  readonly businessId?: string;
  readonly variables: Variables;
  readonly by: Actor;
}

/** CLAIM: the row that says "this message went to this process" is written by the very commit that takes it, and only one can. */
export function taking(
  { messageKey, name, correlationKey, businessId }: Message,
  processDefinitionId: string,
  correlation: Row,
): Required<Pick<Extras, 'claims' | 'rows'>> {
  const key = takenKey(messageKey, processDefinitionId);
  const row = { ...correlation, messageKey, messageName: name, correlationKey, businessId };
  return { claims: [{ collection: 'messageCorrelations', key }], rows: [{ op: 'put', collection: 'messageCorrelations', key, row }] };
}

export function takenKey(messageKey: Key, processDefinitionId: string): string {
  return `${messageKey}/${processDefinitionId}`;
}

/** One running instance per process id and correlation key. Has no time, so that it is never forgotten while the instance runs. */
export function lockOf(processDefinitionId: string, correlationKey: string): string | undefined {
  return correlationKey === '' ? undefined : `running-${JSON.stringify([processDefinitionId, correlationKey])}`;
}

/** The living ones, oldest first. */
export async function buffered(room: Room, name: string, correlationKey: string): Promise<readonly Message[]> {
  const filter = { name, correlationKey, expiresAt: { $gt: room.clock.now() } };
  const { items } = await room.store.search('messages', { filter, sort: [{ field: 'publishedAt' }], limit: 10_000 });
  return items.map(messageOf);
}

export function messageOf(row: Row): Message {
  return {
    messageKey: String(row['messageKey']),
    name: String(row['name']),
    correlationKey: String(row['correlationKey']),
    variables: (row['variables'] ?? {}) as Variables,
    by: SYSTEM,
    ...(typeof row['businessId'] === 'string' && { businessId: row['businessId'] }),
  };
}
