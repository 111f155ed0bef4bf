/**
 * Instances that wait for a person: bytes of each in the SQLite store, bytes of each in memory while none is worked on, and how long a start takes with all of them there.
 *
 *   node bench/waiting.ts [--quick]      quick: 10^4 instead of 10^5
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRuntime } from '../runtime/open.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { flood, inFolder, ms, perSecond, quick, rate, tell } from './measured.ts';
import { deployAll, oneTask, startOne } from './models.ts';

const TOTAL = quick ? 10_000 : 100_000;
const VARIABLES = { applicant: 'x'.repeat(20), amount: 5, address: 'y'.repeat(60) };

async function opened(folder: string): Promise<Runtime> {
  return await openRuntime({
    config: { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'in-process', clock: 'real' },
  });
}

function size(folder: string): number {
  const file = join(folder, 'alur.sqlite');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  return statSync(file).size;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

async function bench(folder: string): Promise<void> {
  const empty = await opened(folder);
  await deployAll(empty, [{ name: 'task.bpmn', text: oneTask }]);
  await empty.close();
  const before = size(folder);
  const filling = await opened(folder);
  const { milliseconds } = await flood(TOTAL, 64, async () => await startOne(filling, 'one-task', VARIABLES));
  await filling.close();
  const after = size(folder);
  const memory = heap();
  const from = performance.now();
  const runtime = await opened(folder);
  const started = performance.now() - from;
  const kept = Math.max(0, heap() - memory);
  const { totalItems } = await runtime.store.search('userTasks', { filter: { state: 'CREATED' }, limit: 1 });
  if (totalItems < Math.min(TOTAL, 10_000)) throw new Error(`Expected ${TOTAL} open tasks, but there are ${totalItems}`);
  await runtime.close();
  tell([
    {
      name: `${TOTAL.toLocaleString('en')} waiting instances, store`,
      ours: `${Math.round((after - before) / TOTAL).toLocaleString('en')} bytes each`,
    },
    {
      name: 'waiting instances, memory after a start',
      ours: `${Math.round(kept / TOTAL).toLocaleString('en')} bytes each`,
      settings: 'states are loaded when they are needed',
    },
    { name: 'start-up with them', ours: ms(started), settings: `filled at ${rate(perSecond(TOTAL, milliseconds), 'instances')}` },
  ]);
}

await inFolder(bench);
