/**
 * Moves pages from the write-ahead log into the file on another thread: on the commit path they cost tens of milliseconds when they hit.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

export interface Checkpoints {
  /** after each write */
  noteWrite(): void;
  stop(): Promise<void>;
}

const EVERY_WRITES = 2_000;
/** pages of the log that is started over, 4 KiB each */
const LARGE_LOG = 16_384;

/** While the first pass runs much is written; each further pass has less to move, so that little is left for the writer's own thread (startOver). */
const [PASSES, FEW_PAGES] = [5, 200];

/** as the store opened its connection; milliseconds */
export const BUSY_TIMEOUT = 5_000;

/** Plain text, because it runs in a thread of its own that loads no file of ours. */
const worker = `
const { workerData, parentPort } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync(workerData, { timeout: 5000 });
parentPort.on('message', (what) => {
  if (what === 'stop') { db.close(); parentPort.close(); return; }
  let size = 0;
  try {
    for (let pass = 0; pass < ${PASSES}; pass += 1) {
      const { log, checkpointed } = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
      size = log;
      if (log - checkpointed < ${FEW_PAGES}) break;
    }
  } catch {}
  parentPort.postMessage(size);
});
`;

export function startCheckpoints(path: string, db: DatabaseSync): Checkpoints {
  let thread: Worker | undefined;
  let writes = 0;
  let running = false;
  const begin = (): Worker => {
    const made = new Worker(worker, { eval: true, workerData: path });
    made.on('message', (size: number) => {
      running = false;
      if (size > LARGE_LOG) startOver(db);
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

/**
 * Under constant writing the log never starts over by itself: what is left to move after the passes is little, so this is short.
 * RESTART, NOT TRUNCATE: to give a hundred megabytes back to the file system held up everybody for a tenth of a second, and writing over what is there is quicker.
 */
function startOver(db: DatabaseSync): void {
  // NOT WAITING: while somebody reads an old moment (a backup) it is not possible, and the next time is soon
  if (db.isOpen && !db.isTransaction) db.exec(`PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(RESTART); PRAGMA busy_timeout=${BUSY_TIMEOUT}`);
}
