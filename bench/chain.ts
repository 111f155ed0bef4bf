/**
 * Ten script tasks in a row without a wait state, 64 starts in flight, on SQLite, every commit on the disk before it is told.
 * Raw limit: the same bytes (events, rows, audit of each commit) as one inserted value each, through the same group commit on the same disk.
 *
 *   node bench/chain.ts [--quick]
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openRuntime } from '../runtime/open.ts';
import type { Commit, Store } from '../runtime/ports.ts';
import { createGroupCommit } from '../runtime/stores/group-commit.ts';
import { openSqliteStore } from '../runtime/stores/sqlite.ts';
import { flood, inFolder, ms, percentile, perSecond, quick, rate, SQLITE, tell } from './measured.ts';
import { partsOf, us } from './floors.ts';
import { deployAll, startOne, tenScripts } from './models.ts';

const [TOTAL, IN_FLIGHT, ROUNDS] = [quick ? 3_000 : 30_000, 64, 3];

function bytesOf({ events, eventsJson, rows, audit, snapshot }: Commit): number {
  return [eventsJson ?? JSON.stringify(events), JSON.stringify(rows), JSON.stringify(audit), snapshot ?? ''].join('').length;
}

/** Appends to a table of one column, 64 callers, one flush for all that wait. */
function rawCommits(file: string) {
  const db = new DatabaseSync(file);
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; CREATE TABLE raw (n INTEGER PRIMARY KEY, bytes TEXT)',
  );
  const insert = db.prepare('INSERT INTO raw (bytes) VALUES (?)');
  const group = createGroupCommit({
    begin: () => db.exec('BEGIN IMMEDIATE'),
    commit: () => db.exec('COMMIT'),
    rollback: () => db.exec('ROLLBACK'),
    isFatal: () => true,
  });
  return {
    close: () => db.close(),
    run: async (total: number, bytes: number): Promise<number> => {
      const text = 'x'.repeat(bytes);
      const { milliseconds } = await flood(total, IN_FLIGHT, async () => await group.run(() => insert.run(text)));
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return perSecond(total, milliseconds);
    },
  };
}

async function bench(folder: string): Promise<void> {
  const file = openSqliteStore(join(folder, 'alur.sqlite'));
  let [commits, bytes] = [0, 0];
  const store: Store = {
    ...file,
    commit: (wanted) => {
      if (commits < 1_000) [commits, bytes] = [commits + 1, bytes + bytesOf(wanted)];
      return file.commit(wanted);
    },
  };
  const config = { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real' } as const;
  const runtime = await openRuntime({ config, instead: { store } });
  await deployAll(runtime, [{ name: 'ten.bpmn', text: tenScripts }]);
  const run = async (total: number) => await flood(total, IN_FLIGHT, async () => await startOne(runtime, 'ten-scripts'));
  await run(1_000);
  const raw = rawCommits(join(folder, 'raw.sqlite'));
  await raw.run(1_000, Math.round(bytes / commits));
  const [ours, raws, latencies]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    raws.push(await raw.run(TOTAL / ROUNDS, Math.round(bytes / commits)));
    const { milliseconds, each } = await run(TOTAL / ROUNDS);
    ours.push(perSecond(each.length, milliseconds));
    latencies.push(...each);
  }
  raw.close();
  await runtime.close();
  const asked = { folder, diagram: tenScripts, total: TOTAL / ROUNDS, inFlight: IN_FLIGHT };
  const parts = await partsOf({ ...asked, work: async (one) => await startOne(one, 'ten-scripts') });
  const [mine, limit] = [percentile(ours, 0.5), percentile(raws, 0.5)];
  tell([
    {
      name: 'chain of ten script tasks',
      ours: `${rate(mine, 'instances')}, p50 ${ms(percentile(latencies, 0.5))}, p99 ${ms(percentile(latencies, 0.99))}`,
      raw: `${rate(limit, 'commits')} of ${Math.round(bytes / commits).toLocaleString('en')} bytes`,
      ratio: { value: mine / limit, bar: 0.25, kind: 'low' },
      settings: `${SQLITE}, raw limit with synchronous=FULL; one process, ${IN_FLIGHT} in flight, median of ${ROUNDS} rounds side by side`,
      floors: [
        `an instance takes ${us(1e6 / mine)}, one value of the same bytes ${us(1e6 / limit)}; the bar asks for ${us(4e6 / limit)}`,
        `${us(parts.storing)} of it is SQLite alone: the same commits again, nothing decided. Each is ${Math.round(parts.rows)} rows with their indexes and the history, because every list shows them as soon as the start is acknowledged (law 7); the raw limit writes one row`,
        `${us(parts.deciding)} of it is the rest alone, with a store that keeps nothing: 47 events decided, applied, made rows of, and hashed into the audit chain`,
      ],
    },
  ]);
}

await inFolder(bench);
