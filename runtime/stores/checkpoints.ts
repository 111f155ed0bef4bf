/**
 * Moves pages from the write-ahead log into the file on another thread: on the commit path they cost tens of milliseconds when they hit.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

export interface Checkpoints {
  /** after each write */
  noteWrite(): void;
  stop(): Promise<void>;
}

const EVERY_WRITES = 2_000;
const LARGE_LOG = 256 * 2 ** 20;

/** Plain text, because it runs in a thread of its own that loads no file of ours. */
const worker = `
const { workerData, parentPort } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync(workerData, { timeout: 5000 });
parentPort.on('message', (what) => {
  if (what === 'stop') { db.close(); parentPort.close(); return; }
  try { db.exec('PRAGMA wal_checkpoint(PASSIVE)'); } catch {}
  parentPort.postMessage('done');
});
`;

export function startCheckpoints(path: string, db: DatabaseSync): Checkpoints {
  let thread: Worker | undefined;
  let writes = 0;
  let running = false;
  const begin = (): Worker => {
    const made = new Worker(worker, { eval: true, workerData: path });
    made.on('message', () => {
      running = false;
      shrink(path, db);
    });
    made.on('error', () => {
      // the log grows until the next start; SQLite's own checkpoints take over
      db.exec('PRAGMA wal_autocheckpoint=1000');
    });
    made.unref();
    return made;
  };
  return {
    noteWrite: () => {
      writes += 1;
      if (writes < EVERY_WRITES || running) return;
      [writes, running] = [0, true];
      thread ??= begin();
      thread.postMessage('checkpoint');
    },
    stop: async () => {
      if (thread === undefined) return;
      const ended = new Promise((resolve) => thread?.once('exit', resolve));
      thread.ref();
      thread.postMessage('stop');
      await ended;
    },
  };
}

/** Under constant writing the log never starts over by itself: what is left to move after a passive pass is little, so this is short. */
function shrink(path: string, db: DatabaseSync): void {
  const size = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGE_LOG && db.isOpen && !db.isTransaction) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
