/**
 * Claims: places of rows, held by a document with the row's id until the commit that claims them is decided.
 *
 * 1. insert the hold (a unique id: only one can), 2. commit, 3. the commit's own row replaces the hold, or the hold is taken away.
 * Whoever finds a hold asks its owner's document how that commit ended. Undecided for too long = its process is gone or asleep:
 * the attempt is VOIDED in the very document that it would have to write, so it can never succeed any more; then the hold is taken over.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { collections } from '../../collections.ts';
import { isDuplicate } from './documents.ts';
import type { Claimed, Claims, Hold, Id, MongoRoom } from './documents.ts';
import { HIDDEN, idOf } from './row-document.ts';

type Claim = Claims[number];
/** Milliseconds that another process may take between claim and commit. */
const PATIENCE = 3_000;
const POLL = 15;

/** Holds all of them or none. Answers the taken one. */
export async function holdAll(room: MongoRoom, claims: Claims, hold: Hold): Promise<Claimed | undefined> {
  for (const [index, claim] of claims.entries()) {
    if (await holdOne(room, claim, hold)) continue;
    await release(room, claims.slice(0, index), hold.attempt);
    return { claimed: claim.key };
  }
  return undefined;
}

export async function release(room: MongoRoom, claims: Claims, attempt: string): Promise<void> {
  await Promise.all(
    claims.map(async (claim) => await room.rows(claim.collection).deleteOne({ _id: claimId(claim), '_claim.attempt': attempt })),
  );
}

function claimId({ collection, key }: Claim): Id {
  return idOf(collections[collection], key);
}

async function holdOne(room: MongoRoom, claim: Claim, hold: Hold): Promise<boolean> {
  const rows = room.rows(claim.collection);
  const _id = claimId(claim);
  const mine = { [HIDDEN]: true, _claim: hold };
  const begun = performance.now();
  for (;;) {
    const found = await rows.findOne({ _id });
    if (found === null) {
      if (await inserted(async () => await rows.insertOne({ _id, ...mine }))) return true;
      continue;
    }
    const theirs = found['_claim'] as Hold | undefined;
    if (found[HIDDEN] !== true) return false;
    if (theirs?.attempt === hold.attempt) return true;
    const state = theirs === undefined ? 'void' : await stateOf(room, theirs);
    if (state === 'committed') return false;
    if (state === 'undecided' && performance.now() - begun < PATIENCE) await pause(POLL);
    else if (state === 'undecided' && theirs) await voidAttempt(room, theirs);
    else {
      const filter = theirs === undefined ? { _id, [HIDDEN]: true, _claim: { $exists: false } } : { _id, '_claim.attempt': theirs.attempt };
      if ((await rows.replaceOne(filter, mine as never)).matchedCount === 1) return true;
    }
  }
}

async function inserted(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

async function stateOf(room: MongoRoom, { attempt, owner, v = 0 }: Hold): Promise<'committed' | 'undecided' | 'void'> {
  if (owner === undefined) {
    const written = await room.journal.findOne({ _id: attempt });
    return written === null ? 'undecided' : written['voided'] === true ? 'void' : 'committed';
  }
  const instance = await room.instances.findOne({ _id: owner }, { projection: { v: 1, voided: 1, 'steps.attempt': 1 } });
  if (instance?.voided?.includes(attempt)) return 'void';
  if ((instance?.v ?? 0) < v) return 'undecided';
  if (instance?.steps?.some((step) => step.attempt === attempt)) return 'committed';
  return (await room.history.findOne({ _id: `${owner}/${v}`, key: owner, attempt })) === null ? 'void' : 'committed';
}

async function voidAttempt(room: MongoRoom, { attempt, owner, v = 0 }: Hold): Promise<void> {
  if (owner === undefined)
    return void (await inserted(async () => await room.journal.insertOne({ _id: attempt, voided: true, at: room.time.now() })));
  if (v === 1 && (await inserted(async () => await room.instances.insertOne({ _id: owner, v: 0, voided: [attempt] })))) return;
  await room.instances.updateOne({ _id: owner, v: v - 1 }, { $push: { voided: attempt } });
}
