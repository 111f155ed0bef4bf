/** Parts of a command by themselves, so that a program can say where the time goes that is missing to its raw limit. */
import { join } from 'node:path';
import { openRuntime } from '../runtime/open.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Commit, Store } from '../runtime/ports.ts';
import { createMemoryStore } from '../runtime/stores/memory.ts';
import { openSqliteStore } from '../runtime/stores/sqlite.ts';
import { flood } from './measured.ts';
import { deployAll } from './models.ts';

export interface Parts {
  /** microseconds per piece of work: deciding, rows, audit hash; a store that keeps nothing of it */
  readonly deciding: number;
  /** microseconds per commit: the same commits, nothing decided, all of it durable */
  readonly storing: number;
  readonly rows: number;
}

interface Asked {
  readonly folder: string;
  readonly diagram: string;
  readonly total: number;
  readonly inFlight: number;
  readonly work: (runtime: Runtime) => Promise<unknown>;
}

/** For work that is one commit of an instance that ends in it. */
export async function partsOf({ folder, diagram, total, inFlight, work }: Asked): Promise<Parts> {
  const commits: Commit[] = [];
  const nothing: Store = {
    ...createMemoryStore(),
    commit: async (wanted) => {
      commits.push(wanted);
      return 'committed';
    },
  };
  const config = { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real' } as const;
  const runtime = await openRuntime({ config, instead: { store: nothing } });
  await deployAll(runtime, [{ name: 'floor.bpmn', text: diagram }]);
  await flood(1_000, inFlight, async () => await work(runtime));
  commits.length = 0;
  const decided = await flood(total, inFlight, async () => await work(runtime));
  await runtime.close();
  const store = openSqliteStore(join(folder, 'floor.sqlite'));
  const stored = await flood(commits.length, inFlight, async (n) => await store.commit(commits[n] as Commit));
  await store.close();
  const rows = commits.reduce((sum, commit) => sum + commit.rows.length, 0) / commits.length;
  return { deciding: micro(decided.milliseconds, total), storing: micro(stored.milliseconds, commits.length), rows };
}

/** microseconds per piece */
export function micro(milliseconds: number, pieces: number): number {
  return (milliseconds * 1_000) / pieces;
}

export function us(value: number): string {
  return `${Math.round(value).toLocaleString('en')} µs`;
}
