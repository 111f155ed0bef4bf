/** How far a message, a signal or a new case of one agency reaches: only into services in which that agency takes part. */
import type { Definition } from '../runtime/runtime.ts';
import { caseScope } from './policy.ts';
import { Problem } from './problem.ts';
import { isCityWide } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Asked } from './route.ts';

type Kind = 'message' | 'signal';

/** A service without agencies is everybody's. */
export function takesPart(reader: Reader, { row }: Definition): boolean {
  const agencies = (row['agencies'] ?? []) as readonly string[];
  return isCityWide(reader) || agencies.length === 0 || agencies.includes(reader.agency ?? '');
}

/** May the reader answer for what this agency owns? */
export function mayOwn(reader: Reader): (agency: string | undefined) => boolean {
  return (agency) => isCityWide(reader) || agency === reader.agency;
}

/** FORBIDDEN when a service of others, or a case that the reader does not see, listens to this name. */
export async function refuseForeignName(asked: Asked, kind: Kind, name: string): Promise<void> {
  if (isCityWide(asked.reader)) return;
  const { definitions } = asked.context.runtime;
  const listening = definitions
    .all()
    .filter(({ visibility }) => visibility.hears.some((heard) => heard.kind === kind && heard.name === name));
  const foreign = listening.some((definition) => !takesPart(asked.reader, definition)) || (await waitsElsewhere(asked, kind, name));
  if (foreign) throw new Problem('FORBIDDEN', `Expected a ${kind} that only services of your agency wait for, but others wait for it too`);
}

/** Names that are expressions are known only once somebody waits. */
async function waitsElsewhere({ reader, context }: Asked, kind: Kind, messageName: string): Promise<boolean> {
  const { store } = context.runtime;
  const waiting = await store.search('subscriptions', { filter: { kind, messageName, messageSubscriptionState: 'CREATED' }, limit: 1_000 });
  const cases = [...new Set(waiting.items.map((row) => String(row['processInstanceKey'])))];
  if (cases.length === 0) return false;
  const filter = { processInstanceKey: { $in: cases } };
  return (await store.search('processInstances', { filter, scope: caseScope(reader), limit: 1 })).totalItems < cases.length;
}
