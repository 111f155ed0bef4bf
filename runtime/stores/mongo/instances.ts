/** Commits, loads and outbox of instances: see the protocol at the top of ../mongo.ts. */
import type { Commit, CommitResult, LoadedInstance, RowChange, Store, StoredEffect } from '../../ports.ts';
import { checkRow } from '../check-row.ts';
import { createLanes } from '../../lanes.ts';
import { holdAll, release } from './claims.ts';
import { isDuplicate, newAttempt, orderNumber } from './documents.ts';
import type { Claims, EffectDoc, InstanceDoc, MongoRoom, StepDoc } from './documents.ts';
import type { Operation, RowWrites } from './row-writes.ts';

export type Instances = Pick<Store, 'load' | 'commit' | 'pendingEffects' | 'effectsDone' | 'events' | 'forget'> & {
  /** finishes what others left half done; answers how many instances */
  repair(): Promise<number>;
  /** waits for the tidying in the background */
  idle(): Promise<void>;
};

const NO_STEPS = { 'steps.0': { $exists: false } };
const TRIES = 5;
/** MongoDB's documents end at 16 MB; beyond this a snapshot is left out and the state is folded from its events */
const LARGEST = 15_000_000;

export function createInstances(room: MongoRoom, writes: RowWrites): Instances {
  const parts: Parts = { room, writes, lanes: createLanes(), tidying: new Set() };
  return {
    load: async (key) => await load(parts, BigInt(key)),
    commit: async (wanted) => await commit(parts, wanted),
    pendingEffects: async (limit) => await pendingEffects(parts, limit),
    effectsDone: async (effects) => await effectsDone(parts, effects),
    events: async (key, from = 0) => await events(parts, BigInt(key), from),
    forget: async (key) => await forget(room, BigInt(key)),
    repair: async () => await repair(parts),
    idle: async () => void (await Promise.all(parts.tidying)),
  };
}

interface Parts {
  readonly room: MongoRoom;
  readonly writes: RowWrites;
  /** one at a time per claimed row in this process, in order of arrival */
  readonly lanes: ReturnType<typeof createLanes>;
  readonly tidying: Set<Promise<unknown>>;
}

// ---------------------------------------------------------------- commit

async function commit(parts: Parts, wanted: Commit): Promise<CommitResult> {
  wanted.rows.forEach(checkRow);
  const names = [...new Set((wanted.claims ?? []).map(({ collection, key }) => `${collection}/${key}`))].sort();
  const work = (): Promise<CommitResult> => committing(parts, wanted);
  // sorted, so that two commits that claim the same rows cannot wait for each other
  return await names.reduceRight((inner, name) => () => parts.lanes.run(name, inner), work)();
}

async function committing(parts: Parts, wanted: Commit): Promise<CommitResult> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const result = await attemptCommit(parts, wanted);
    if (result !== 'voided') return result;
  }
  throw new Error(`Expected to commit to instance ${wanted.instanceKey}, but its claims were taken away ${TRIES} times`);
}

async function attemptCommit({ room, writes, tidying }: Parts, wanted: Commit): Promise<CommitResult | 'voided'> {
  const [_id, claims] = [BigInt(wanted.instanceKey), wanted.claims ?? []];
  if (wanted.lease && !(await isLeased(room, wanted.lease))) return 'stale';
  const step = stepOf(room, wanted, newAttempt());
  const taken = await holdAll(room, claims, { attempt: step.attempt, owner: _id, v: step.v });
  if (taken) return (await versionOf(room, _id)) === wanted.expected ? taken : 'conflict';
  if (!(await compareAndSet(room, wanted, step))) {
    await release(room, claims, step.attempt);
    return (await versionOf(room, _id)) === wanted.expected ? 'voided' : 'conflict';
  }
  // DURABLE FROM HERE ON. What follows is finished by whoever comes next when this process dies.
  await Promise.all([settle({ room, writes }, _id, [step]), writeSnapshot(room, wanted, step.v)]);
  const tidied = tidy({ room, writes }, _id, step.v).catch(() => undefined);
  tidying.add(tidied);
  void tidied.finally(() => tidying.delete(tidied));
  return 'committed';
}

/** Asked just before the write: a lease that ends in between was still good when the result came. */
async function isLeased(room: MongoRoom, { jobKey, token }: NonNullable<Commit['lease']>): Promise<boolean> {
  return (await room.rows('jobs').findOne({ _id: BigInt(jobKey) }, { projection: { leaseToken: 1 } }))?.['leaseToken'] === token;
}

function stepOf(room: MongoRoom, wanted: Commit, attempt: string): StepDoc {
  return {
    v: wanted.expected + 1,
    attempt,
    at: orderNumber(room),
    audit: JSON.stringify(wanted.audit),
    events: wanted.eventsJson ?? JSON.stringify(wanted.events),
    rows: JSON.stringify(wanted.rows),
    claims: JSON.stringify(wanted.claims ?? []),
  };
}

/** undefined: takes no more commits */
async function versionOf(room: MongoRoom, _id: bigint): Promise<number | undefined> {
  const found = await room.instances.findOne({ _id }, { projection: { v: 1, ended: 1 } });
  return found?.ended ? undefined : (found?.v ?? 0);
}

/** THE ONE ATOMIC WRITE. Events, rows, claims and outbox ride in it. */
async function compareAndSet(room: MongoRoom, wanted: Commit, step: StepDoc): Promise<boolean> {
  const _id = BigInt(wanted.instanceKey);
  const outbox = wanted.effects.map(({ id, kind, payload }): EffectDoc => ({
    id,
    kind,
    payload: JSON.stringify(payload),
    seq: step.v,
    at: orderNumber(room),
  }));
  const fields = { v: step.v, ended: wanted.ended ?? false };
  try {
    if (
      wanted.expected === 0 &&
      (await insertedFirst(room, {
        _id,
        ...fields,
        steps: [step],
        outbox,
        stepsSince: step.at,
        ...(outbox[0] && { outboxSince: outbox[0].at }),
      } as InstanceDoc))
    )
      return true;
    const update = {
      $set: fields,
      $push: { steps: step, ...(outbox.length > 0 && { outbox: { $each: outbox } }) },
      $min: { stepsSince: step.at, ...(outbox[0] && { outboxSince: outbox[0].at }) },
    };
    const changed = await room.instances.updateOne(
      { _id, v: wanted.expected, ended: { $ne: true }, voided: { $ne: step.attempt } },
      update as never,
    );
    return changed.matchedCount === 1;
  } catch (error) {
    // outcome unknown, e.g. the connection broke: ask before telling
    if (await hasAttempt(room, _id, step).catch(() => false)) return true;
    throw error;
  }
}

async function insertedFirst(room: MongoRoom, document: InstanceDoc): Promise<boolean> {
  try {
    await room.instances.insertOne(document);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

async function hasAttempt(room: MongoRoom, _id: bigint, { attempt }: StepDoc): Promise<boolean> {
  return (await room.instances.findOne({ _id, 'steps.attempt': attempt }, { projection: { v: 1 } })) !== null;
}

/** A snapshot may be lost: the events tell the same. One of an ended instance is taken away. */
async function writeSnapshot(room: MongoRoom, wanted: Commit, v: number): Promise<void> {
  const _id = BigInt(wanted.instanceKey);
  if (wanted.ended) return void (await room.snapshots.deleteOne({ _id }));
  if (wanted.snapshot === undefined || wanted.snapshot.length > LARGEST) return;
  try {
    await room.snapshots.replaceOne({ _id, v: { $lt: v } }, { v, state: wanted.snapshot } as never, { upsert: true });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** Applies steps in their order. May run twice and late: every write is idempotent and fenced. */
async function settle({ room, writes }: Pick<Parts, 'room' | 'writes'>, _id: bigint, steps: readonly StepDoc[]): Promise<void> {
  for (const step of steps.toSorted((left, right) => left.v - right.v)) {
    const { v, attempt, audit, events: eventsJson } = step;
    const history: Operation = {
      replaceOne: {
        filter: { _id: `${_id}/${v}`, key: _id },
        replacement: { key: _id, v, attempt, audit, events: eventsJson } as never,
        upsert: true,
      },
    };
    await Promise.all([
      writes.bulk(room.history, [history]),
      writes.apply(JSON.parse(step.rows) as readonly RowChange[], { owner: _id, version: v }),
    ]);
    await release(room, JSON.parse(step.claims) as Claims, attempt);
  }
}

/** Only after `settle`: the document forgets what is written elsewhere now. */
async function tidy({ room, writes }: Pick<Parts, 'room' | 'writes'>, _id: bigint, v: number): Promise<void> {
  await writes.bulk(room.instances as never, [
    { updateOne: { filter: { _id }, update: { $pull: { steps: { v: { $lte: v } } } } as never } },
    { updateOne: { filter: { _id, ...NO_STEPS }, update: { $unset: { stepsSince: 1 } } } },
  ]);
}

async function finish(parts: Parts, { _id, steps = [], v }: InstanceDoc): Promise<void> {
  if (steps.length === 0) return;
  await settle(parts, _id, steps);
  await tidy(parts, _id, v);
}

async function repair(parts: Parts): Promise<number> {
  const left = await parts.room.instances
    .find({ stepsSince: { $exists: true }, 'steps.0': { $exists: true } } as never)
    .limit(1_000)
    .toArray();
  for (const instance of left) await finish(parts, instance);
  return left.length;
}

// ---------------------------------------------------------------- reads

async function load(parts: Parts, _id: bigint): Promise<LoadedInstance | undefined> {
  for (;;) {
    const instance = await parts.room.instances.findOne({ _id });
    if (instance === null || instance.v === 0) return undefined;
    await finish(parts, instance);
    if (instance.ended) return undefined;
    const snapshot = await parts.room.snapshots.findOne({ _id });
    const from = Number(snapshot?.['v'] ?? 0);
    if (from > instance.v) continue;
    const tail = await parts.room.history
      .find({ key: _id, v: { $gt: from, $lte: instance.v } })
      .sort({ v: 1 })
      .toArray();
    return {
      snapshot: String(snapshot?.['state'] ?? ''),
      tail: tail.flatMap((step) => JSON.parse(String(step['events'])) as LoadedInstance['tail']),
      version: instance.v,
    };
  }
}

async function events(parts: Parts, key: bigint, from: number): ReturnType<Store['events']> {
  const unsettled = await parts.room.instances.findOne({ _id: key, 'steps.0': { $exists: true } });
  if (unsettled) await settle(parts, key, unsettled.steps ?? []);
  const steps = await parts.room.history
    .find({ key, v: { $gte: from } })
    .sort({ v: 1 })
    .toArray();
  return steps.map((step) => {
    const audit = JSON.parse(String(step['audit'])) as Commit['audit'];
    return { version: Number(step['v']), at: audit.at, audit, events: JSON.parse(String(step['events'])) as Commit['events'] };
  });
}

// ---------------------------------------------------------------- outbox

/** An effect is shown only when the rows of its commit are right. */
async function pendingEffects(parts: Parts, limit: number): Promise<readonly StoredEffect[]> {
  const found = await parts.room.instances
    .find({ outboxSince: { $exists: true }, 'outbox.0': { $exists: true } } as never)
    .sort({ outboxSince: 1 })
    .limit(limit)
    .toArray();
  for (const instance of found) await finish(parts, instance);
  const inOrder = found.flatMap(({ _id, outbox = [] }) => {
    let at = 0;
    return outbox.map((effect) => ({ key: String(_id), effect, at: (at = Math.max(at, effect.at)) }));
  });
  return inOrder
    .sort((left, right) => left.at - right.at)
    .slice(0, limit)
    .map(({ key, effect: { id, kind, payload, seq } }) => ({
      id,
      kind,
      payload: JSON.parse(payload) as StoredEffect['payload'],
      instanceKey: key,
      seq,
    }));
}

async function effectsDone({ room, writes }: Parts, effects: readonly StoredEffect[]): Promise<void> {
  const done = Map.groupBy(effects, ({ instanceKey }) => instanceKey);
  await Promise.all(
    [...done].map(async ([key, those]) => {
      const _id = BigInt(key);
      await writes.bulk(room.instances as never, [
        { updateOne: { filter: { _id }, update: { $pull: { outbox: { id: { $in: those.map(({ id }) => id) } } } } as never } },
        { updateOne: { filter: { _id, 'outbox.0': { $exists: false } }, update: { $unset: { outboxSince: 1 } } } },
      ]);
    }),
  );
}

async function forget(room: MongoRoom, _id: bigint): Promise<void> {
  const { deletedCount } = await room.instances.deleteOne({ _id, ended: true });
  if (deletedCount === 1) await room.history.deleteMany({ key: _id });
}
