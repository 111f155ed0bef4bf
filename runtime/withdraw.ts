/**
 * What was deployed is taken back: it begins no new case, the version before it is the newest again, and what runs goes on to its end (the definition
 * stays known by its key, for the cases that it has). Its number is never given again.
 */
import type { Key, Rejection } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { Shelved } from './definitions.ts';
import { foreignUse } from './foreign.ts';
import type { MayOwn } from './foreign.ts';
import type { RowChange } from './ports.ts';
import type { Room } from './room.ts';
import { endStartTimers, startTimerRows } from './timers.ts';

export type Withdrawn = 'process' | 'decisions' | 'form' | 'resource';

const TRIES = 20;
const MOST = 1_000;

interface Plan {
  readonly kind: Withdrawn;
  /** as idsOf (foreign.ts) names them */
  readonly ids: readonly string[];
  readonly changes: readonly RowChange[];
  /** what the book forgets as a version once it is durable */
  readonly learn: readonly (readonly [Shelved, Key])[];
}

/** `key`: of a process definition, decision requirements, a form, or a file of any other kind. `forgetsCases`: the cases of a process go as they end. */
export async function withdraw(
  room: Room,
  key: Key,
  { mayOwn = () => true, forgetsCases = false }: { readonly mayOwn?: MayOwn; readonly forgetsCases?: boolean },
): Promise<{ readonly ok: true; readonly kind: Withdrawn } | Rejection> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await room.news.caughtUp();
    const plan = await planOf(room, key, forgetsCases);
    if (plan === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a deployed resource ${key}, but there is none` };
    const foreign = foreignUse(room.book, plan.ids, mayOwn);
    if (foreign !== undefined) return { ok: false, kind: 'FORBIDDEN', reason: foreign };
    if (!(await room.news.announce(plan.changes))) continue;
    for (const [collection, one] of plan.learn) room.book.withdraw(collection, one);
    return { ok: true, kind: plan.kind };
  }
  throw new Error(`Expected to withdraw ${key} within ${TRIES} tries, but others were always first`);
}

async function planOf(room: Room, key: Key, forgetsCases: boolean): Promise<Plan | undefined> {
  return (
    (await processPlan(room, key, forgetsCases)) ??
    (await decisionsPlan(room, key)) ??
    (await plainPlan(room, { collection: 'forms', key, kind: 'form', id: 'formId' })) ??
    (await plainPlan(room, { collection: 'resources', key, kind: 'resource', id: 'resourceId' }))
  );
}

async function processPlan(room: Room, key: Key, forgetsCases: boolean): Promise<Plan | undefined> {
  const entry = room.book.startable(key);
  if (entry === undefined) return undefined;
  const heir = heirOf(room, { collection: 'processDefinitions', id: entry.id, key });
  const before = heir === undefined ? undefined : room.book.entry(heir);
  const timers = [...(await endStartTimers(room, entry)), ...(before === undefined ? [] : await startTimerRows(room, before))];
  const forgets = forgetsCases ? { forgetsCases } : {};
  return {
    kind: 'process',
    ids: [`process ${entry.id}`],
    changes: [...turnOver('processDefinitions', key, { heir, more: forgets }), ...timers],
    learn: [['processDefinitions', key]],
  };
}

/** A diagram of decisions goes with all decisions in it. */
async function decisionsPlan(room: Room, key: Key): Promise<Plan | undefined> {
  const row = await standing(room, 'decisionRequirements', key);
  if (row === undefined) return undefined;
  const id = String(row['decisionRequirementsId']);
  const decisions = await room.store.search('decisionDefinitions', { filter: { decisionRequirementsKey: key }, limit: MOST });
  const own = decisions.items.map((one) => ({ id: String(one['decisionDefinitionId']), key: String(one['decisionDefinitionKey']) }));
  return {
    kind: 'decisions',
    ids: own.map(({ id }) => `decision ${id}`),
    changes: [
      ...turnOver('decisionRequirements', key, { heir: heirOf(room, { collection: 'decisionRequirements', id, key }) }),
      ...own.flatMap((one) =>
        turnOver('decisionDefinitions', one.key, { heir: heirOf(room, { collection: 'decisionDefinitions', ...one }) }),
      ),
    ],
    learn: [['decisionRequirements', key], ...own.map((one) => ['decisionDefinitions', one.key] as const)],
  };
}

interface Plain {
  readonly collection: 'forms' | 'resources';
  readonly key: Key;
  readonly kind: 'form' | 'resource';
  readonly id: 'formId' | 'resourceId';
}

async function plainPlan(room: Room, { collection, key, kind, id }: Plain): Promise<Plan | undefined> {
  const row = await standing(room, collection, key);
  // the texts of diagrams, decisions and forms are rows of `resources` too: those go with what refers to them
  if (row === undefined || row[id] === undefined) return undefined;
  const name = String(row[id]);
  return {
    kind,
    ids: [`${kind} ${name}`],
    changes: turnOver(collection, key, { heir: heirOf(room, { collection, id: name, key }) }),
    learn: [[collection, key]],
  };
}

async function standing(room: Room, collection: 'decisionRequirements' | 'forms' | 'resources', key: Key): Promise<Row | undefined> {
  const row = await room.store.get(collection, key);
  return row?.['withdrawn'] === true ? undefined : row;
}

/** The version that is the newest once this one, being the newest, is gone. */
function heirOf(
  { book }: Room,
  { collection, id, key }: { readonly collection: Shelved; readonly id: string; readonly key: Key },
): Key | undefined {
  const versions = book.standing(collection, id);
  return versions.at(-1) === key ? versions.at(-2) : undefined;
}

function turnOver(
  collection: Shelved,
  key: Key,
  { heir, more = {} }: { readonly heir: Key | undefined; readonly more?: Row },
): readonly RowChange[] {
  const gone: RowChange = { op: 'patch', collection, key, fields: { withdrawn: true, isLatest: false, ...more } };
  return heir === undefined ? [gone] : [gone, { op: 'patch', collection, key: heir, fields: { isLatest: true } }];
}
