import type { Actor, Command, Key, Moment } from '../engine/index.ts';
import type { Cluster } from './cluster.ts';
import type { ControllableClock } from './clock.ts';
import type { DefinitionBook } from './definitions.ts';
import type { Committed, Door, Extras, Outcome } from './execute.ts';
import type { Ids } from './ids.ts';
import type { Hint } from './hints.ts';
import type { News } from './news.ts';
import type { Queue, RuntimeClock, Store } from './ports.ts';
import type { ReadApart } from './read-apart.ts';

/** What the parts of one open runtime share. */
export interface Room {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: RuntimeClock | ControllableClock;
  /** the store's time, asked now; where one process has it alone, or people move the clock, `clock` itself */
  storeTime(): Promise<number>;
  readonly zone: string;
  /** what holds for every process, as it is known here */
  readonly cluster: Cluster;
  /** now, here, under what holds for every process */
  moment(): Moment;
  readonly book: DefinitionBook;
  readonly ids: Ids;
  readonly door: Door;
  /** reads strangers' files in a thread of its own */
  readonly reader: ReadApart;
  /** other processes work on the same store */
  readonly shared: boolean;
  readonly news: News;
  /** this process is the one that schedules, right now */
  leads(): boolean;
  /** a reason for the other processes to look into the store; may be lost */
  tell(hint: Hint): void;
  /** job types that the workers of this installation do themselves */
  readonly builtIn: ReadonlySet<string>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** through the door, and then everything that follows in other instances. Answers when both are done; a crash in between is made good by the outbox. */
  act(instanceKey: Key, command: Command, extras?: Extras): Promise<Outcome>;
  /** work that nobody waits for; `settled` and `close` do */
  background(work: () => Promise<unknown>): void;
  /** told after every commit; must not throw */
  onCommitted(listener: (what: Committed) => void): void;
}

/** Who acts when no person does. */
export const SYSTEM: Actor = { id: 'system' };

/** A row whose existence says that something was done: claimed in the commit that does it, forgotten after a week. */
export function once(id: string, at: number): Pick<Extras, 'claims' | 'rows'> {
  return {
    claims: [{ collection: 'idempotency', key: id }],
    rows: [{ op: 'put', collection: 'idempotency', key: id, row: { id, createdAt: at } }],
  };
}
