/**
 * Brings SQLite's write-ahead log to the disk on another thread: fdatasync of the log file, after the commits and before their callers hear of them.
 * With synchronous=NORMAL SQLite writes every commit's frames into the log in order, each with a checksum that continues the one before; so a synced log
 * holds every commit up to there, whole, and what a power loss cuts off behind it was acknowledged to nobody.
 * The log is one file for as long as the database is open; nobody locks it, so that a second descriptor takes no lock away.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';

export interface LogSync {
  /** rejects when the disk refuses: then nobody knows what it holds */
  sync(): Promise<void>;
  close(): void;
}

/** `path`: of the database. */
export function logSync(path: string): LogSync {
  let descriptor: number | undefined;
  return {
    sync: () =>
      new Promise((resolve, reject) => {
        // there since the first commit
        descriptor ??= openSync(`${path}-wal`, 'r+');
        fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      }),
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
