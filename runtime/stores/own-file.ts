import { DatabaseSync } from 'node:sqlite';

/**
 * One process owns a store's file. The lock is the operating system's, held through a small file beside it, so it ends with the
 * process, however that ends. Throws when another process has it. Answers what lets go of it.
 */
export function ownFile(path: string): () => void {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 2_000 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new Error(`Expected ${path} to be used by nobody else, but another process has it open`, { cause: error });
  }
  return () => {
    if (lock.isOpen) lock.close();
  };
}
