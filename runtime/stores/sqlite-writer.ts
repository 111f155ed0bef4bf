/**
 * The connection that writes: does what it is asked in order, many orders in one transaction, and syncs the log before it tells.
 * It knows nothing of instances or rows: what is to be done comes as statements and values (sqlite-order.ts). Runs in a thread of its own.
 */
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { BUSY_TIMEOUT, startCheckpoints } from './checkpoints.ts';
import { createGroupCommit } from './group-commit.ts';
import type { Answer, Order, Text } from './sqlite-order.ts';

import { Statements } from './sqlite-statements.ts';
import { logSync } from './sqlite-sync.ts';
import { INSTANCE_AT } from './sqlite-texts.ts';

export interface Writer {
  /** answers when it is on the disk, or (`visible`) when it is in order; rejects when it is not done */
  ask(order: Order): Promise<Answer>;
  /** nothing is done any more */
  broken(): boolean;
  /** answers when everything that was asked for is decided and the file is closed */
  close(): Promise<void>;
}

/**
 * KiB of pages. SMALL: whenever a page was split, SQLite's next commit looks at every page that it has cached (balance_nonroot moves pages through
 * the number of the lock byte, and the cache then forgets what lies beyond the file); 64 MiB of them took a fifth of this thread. The system caches the rest.
 */
const CACHE = 8_192;

/** `textOf`: of a statement's number. The file is there and has its tables. */
export function openWriter(path: string, textOf: (number: number) => Text): Writer {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec(
    `PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-${CACHE}; PRAGMA recursive_triggers=ON`,
  );
  const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
  const statements = new Statements(db, textOf);
  const log = logSync(path);
  const group = createGroupCommit({
    begin: () => void begin.run(),
    commit: () => {
      statements.flush();
      commit.run();
    },
    sync: log.sync,
    rollback: () => {
      statements.forget();
      if (db.isTransaction) db.exec('ROLLBACK');
    },
    isFatal,
  });
  const checkpoints = startCheckpoints(path, db);
  return {
    ask: async (order) => {
      const work = (): Answer => perform(statements, order);
      const answer = await (order.visible === true ? group.runVisible(work) : group.run(work));
      checkpoints.noteWrite();
      return answer;
    },
    broken: () => group.broken() !== undefined,
    close: async () => {
      await group.idle();
      await checkpoints.stop();
      log.close();
      db.close();
    },
  };
}

function perform(statements: Statements, { version, held, free = [], steps = [], find, each }: Order): Answer {
  // CAREFUL: every check stands before the first write, because there is no savepoint to go back to.
  if (version !== undefined && !isAt(statements, version)) return 'conflict';
  if (held !== undefined && statements.all(held).length === 0) return 'stale';
  const taken = free.findIndex((step) => statements.all(step).length > 0);
  if (taken >= 0) return { taken };
  for (const step of steps) statements.run(step);
  if (find === undefined) return 'done';
  const found = statements.all(find);
  if (each !== undefined) for (const [key] of found) statements.run([each[0], [...each[1], key as SQLInputValue]]);
  return found;
}

function isAt(statements: Statements, [key, expected]: NonNullable<Order['version']>): boolean {
  const [known] = statements.all([INSTANCE_AT, [key]]);
  return Number(known?.[0] ?? 0) === expected && Number(known?.[1] ?? 0) !== 1;
}

const [IO_ERROR, CORRUPT, NOT_A_DATABASE] = [10, 11, 26];

/** The shared index of the log could not grow, because the disk is full: nothing was committed, and the next attempt makes it anew. SQLite counts it as I/O. */
const INDEX_OF_LOG = [18, 19, 21].map((kind) => IO_ERROR | (kind << 8));

function isFatal(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  return [IO_ERROR, CORRUPT, NOT_A_DATABASE].includes(code & 0xff) && !INDEX_OF_LOG.includes(code);
}
