/**
 * Recorded histories: what happened in every instance of one scenario, and what the state was after each commit. A build that folds
 * the same events to another state could not continue the cases that earlier builds have begun.
 */
import { createHash } from 'node:crypto';
import { evolve, serialize } from '../engine/index.ts';
import type { Event, InstanceState } from '../engine/index.ts';
import type { Stage } from './stage.ts';

export interface GoldenInstance {
  readonly key: string;
  readonly processId: string;
  readonly commits: readonly GoldenCommit[];
  /** `serialize` of the state after the last commit */
  readonly state: string;
}

export interface GoldenCommit {
  readonly events: readonly Event[];
  /** of the serialized state after these events: the first characters of its SHA-256 */
  readonly digest: string;
}

export interface GoldenLog {
  readonly case: string;
  readonly instances: readonly GoldenInstance[];
}

/** All instances of the stage in the order of their keys. */
export async function goldenLogOf(stage: Stage, name: string): Promise<GoldenLog> {
  const rows = await stage.rows('processInstances', {});
  const keys = rows.map((row) => String(row['processInstanceKey'])).toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const instances: GoldenInstance[] = [];
  for (const key of keys) {
    const history = await stage.runtime.store.events(key);
    instances.push(
      folded(
        key,
        history.map(({ events }) => events),
      ),
    );
  }
  return { case: name, instances };
}

/** Folds the events of one instance, commit by commit. Throws for an event type that this build does not know. */
export function folded(key: string, history: readonly (readonly Event[])[]): GoldenInstance {
  let state: InstanceState | undefined;
  const commits = history.map((events) => {
    for (const event of events) state = evolve(state, event);
    return { events, digest: digestOf(state) };
  });
  return { key, processId: state?.processId ?? '', commits, state: state === undefined ? '' : serialize(state) };
}

function digestOf(state: InstanceState | undefined): string {
  return createHash('sha256')
    .update(state === undefined ? '' : serialize(state))
    .digest('hex')
    .slice(0, 12);
}
