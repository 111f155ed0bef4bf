/**
 * `Store.write`: one change is one write. Several, or one beside foreign claims, are written down as ONE journal document first (the commit point),
 * then applied, then the document is taken away. Whoever finds an old one applies it.
 */
import { createLanes } from '../../lanes.ts';
import type { RowChange } from '../../ports.ts';
import { checkRow } from '../check-row.ts';
import { holdAll, release } from './claims.ts';
import { isDuplicate, newAttempt } from './documents.ts';
import type { Claims, Id, MongoRoom } from './documents.ts';
import type { RowWrites } from './row-writes.ts';

/** Milliseconds. DANGER: a process that slept longer than this between journal and rows may overwrite newer rows; it stops by itself before. */
const ABANDONED = 5_000;
const GIVE_UP = 3_000;

export interface Journal {
  write(changes: readonly RowChange[], ifAbsent: Claims): Promise<boolean>;
  /** applies what was abandoned; answers how many are too young to tell */
  repair(): Promise<number>;
}

export function createJournal(room: MongoRoom, writes: RowWrites): Journal {
  const lanes = createLanes();
  return {
    write: async (changes, ifAbsent) => {
      changes.forEach(checkRow);
      if (changes.length <= 1 && ifAbsent.length === 0) {
        await writes.apply(changes);
        return true;
      }
      const names = [...new Set(ifAbsent.map(({ collection, key }) => `${collection}/${key}`))].sort();
      return await names.reduceRight(
        (inner, name) => () => lanes.run(name, inner),
        () => together(room, writes, { changes, ifAbsent }),
      )();
    },
    repair: async () => await repair(room, writes),
  };
}

async function together(
  room: MongoRoom,
  writes: RowWrites,
  { changes, ifAbsent }: { readonly changes: readonly RowChange[]; readonly ifAbsent: Claims },
): Promise<boolean> {
  for (;;) {
    const attempt = newAttempt();
    if (await holdAll(room, ifAbsent, { attempt })) return false;
    const begun = performance.now();
    const document = { _id: attempt, at: room.time.now(), changes: JSON.stringify(changes), claims: JSON.stringify(ifAbsent) };
    try {
      await room.journal.insertOne(document);
    } catch (error) {
      await release(room, ifAbsent, attempt);
      if (isDuplicate(error)) continue;
      throw error;
    }
    if (performance.now() - begun > GIVE_UP)
      throw new Error('Expected the store to answer within 3 s, but it did not; what was asked will be done by the repair');
    await finish(room, writes, document);
    return true;
  }
}

async function finish(
  room: MongoRoom,
  writes: RowWrites,
  document: { readonly _id: Id; readonly changes: string; readonly claims: string },
): Promise<void> {
  await writes.apply(JSON.parse(document.changes) as readonly RowChange[]);
  await release(room, JSON.parse(document.claims) as Claims, String(document._id));
  await room.journal.deleteOne({ _id: document._id });
}

async function repair(room: MongoRoom, writes: RowWrites): Promise<number> {
  const left = await room.journal
    .find({ voided: { $ne: true } })
    .sort({ _id: 1 })
    .limit(1_000)
    .toArray();
  const now = await room.time.ask();
  const old = left.filter((document) => Number(document['at']) < now - ABANDONED);
  for (const document of old)
    await finish(room, writes, { _id: document._id, changes: String(document['changes']), claims: String(document['claims']) });
  return left.length - old.length;
}
