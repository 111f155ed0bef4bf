/**
 * THE ONE DOOR. Everything that changes an instance enters here: load → decide → commit → dispatch.
 *
 * LAW: one command of an instance at a time in this process (lanes); other processes are kept out by the version check of the commit.
 * LAW: `decide` CONSUMES the state that it gets. ANY EXCEPTION OR CONFLICT BETWEEN DECIDE AND THE END OF COMMIT MUST DROP THE CACHED STATE:
 *      it has events in it that never became durable. So the state leaves the cache before decide and comes back only after the commit.
 * LAW: the caller hears of success only after the commit is durable.
 */
import { decide, evolve, parse, serialize, SLICE } from '../engine/index.ts';
import type { ClusterSettings, Command, Event, InstanceState, Key, Rejection, Variable, Variables } from '../engine/index.ts';
import { commitHash } from './audit-chain.ts';
import type { DefinitionEntry, DefinitionBook } from './definitions.ts';
import { effectsOf } from './effects.ts';
import { createLanes } from './lanes.ts';
import { MOST_VARIABLES, tooHeavy, weightOfVariables } from './limits.ts';
import type { Commit, Effect, RowChange, Store } from './ports.ts';
import { project } from './projections.ts';
import { namesOf } from './row-changes.ts';
import type { Names } from './row-changes.ts';
import { recentlyUsed } from './recently-used.ts';

export interface Committed {
  readonly instanceKey: Key;
  readonly version: number;
  readonly command: Command;
  readonly events: readonly Event[];
  readonly rows: readonly RowChange[];
  readonly effects: readonly Effect[];
  readonly definition: DefinitionEntry;
  /** the instance has ended with this: its own variables, read when somebody asks */
  readonly end?: () => End;
}

export interface End {
  readonly state: 'COMPLETED' | 'TERMINATED';
  readonly variables: Variables;
}

export interface Extras {
  /** for create-instance: what is started */
  readonly definition?: DefinitionEntry;
  /** more rows of the same commit */
  readonly rows?: readonly RowChange[];
  readonly claims?: Commit['claims'];
  /** the attempt that reports: once its lease is over nothing comes of it */
  readonly lease?: Commit['lease'];
}

export type Outcome =
  /** `slices`: commits of the same command that came after the first one */
  | { readonly ok: true; readonly committed: Committed; readonly slices?: readonly Committed[] }
  | Rejection
  | { readonly ok: false; readonly kind: 'CLAIMED'; readonly reason: string };

export interface Door {
  /** Answers when durable. Throws only for our faults (store down, bug): then nothing was written. */
  run(instanceKey: Key, command: Command, extras?: Extras): Promise<Outcome>;
  /** reads durable state, in turn with the commands; undefined when there is no such instance or it has ended. Do not keep the state. */
  peek<T>(instanceKey: Key, read: (state: InstanceState) => T): Promise<T | undefined>;
  /** the instance is active, as far as this process has committed; false: nothing is known here */
  isActive(instanceKey: Key): boolean;
  busy(): number;
}

interface Cached {
  readonly state: InstanceState;
  readonly version: number;
  readonly names: Names;
  /** hash of the last commit: the next one continues its chain */
  readonly chain: string;
  /** bytes of events since the last snapshot, and of that snapshot: the next one is due when the tail outgrows it */
  readonly tail: number;
  readonly snapshot: number;
}

/** States that stay in memory, over all instances: bytes as text. In memory they take several times as much. */
const CACHE_WEIGHT = 100_000_000;
const TRIES = 20;
/** below this a tail is cheaper than a snapshot; bytes */
const SMALL = 8_192;

export interface DoorParts {
  readonly store: Store;
  /** other processes change instances too: what is cached here may be old */
  readonly shared?: boolean;
  /** resolves when the book knows everything that was deployed before the call */
  readonly caughtUp?: () => Promise<void>;
  readonly book: DefinitionBook;
  readonly zone: string;
  /** what holds for every process, at this moment; absent: nothing */
  readonly cluster?: () => ClusterSettings;
  /** effects that the asking call itself will do: the sweeper leaves them alone, so that their order holds */
  readonly inFlight: Set<string>;
  /** more rows of a commit: what the case's change means elsewhere. `from`: the process that it ran on before */
  readonly also?: (events: readonly Event[], state: InstanceState, from: DefinitionEntry) => readonly RowChange[];
  /** told of every commit, synchronously; must not throw */
  readonly committed: (what: Committed) => void;
}

export function createDoor(parts: DoorParts): Door {
  const lanes = createLanes();
  const cache = recentlyUsed<Cached>(CACHE_WEIGHT);

  const current = async (key: Key): Promise<Cached | undefined> => await loadedOnce(parts.store, cache, key);

  async function inTurn(key: Key, command: Command, extras: Extras): Promise<Outcome> {
    let fromStore = parts.shared !== true;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const known = cache.get(key) !== undefined;
      const before = command.type === 'create-instance' ? undefined : await current(key);
      if (before === undefined && command.type !== 'create-instance') return await missing(parts.store, key);
      // OUT OF THE CACHE BEFORE DECIDE: whatever happens from here on, the state in our hands is not what the store holds until the commit succeeded
      cache.delete(key);
      await knowDefinitions(parts, before, { command, extras });
      const step = decideStep(parts, before, { command, extras });
      // ANOTHER PROCESS may have gone on since we cached this: what we held says no, what the store holds may say yes
      if ('ok' in step && known && !fromStore) {
        fromStore = true;
        continue;
      }
      if ('ok' in step) {
        // a rejection is decided before the first event: what we hold is still what the store holds, unless it was refused for its outcome
        if (before && step.spent !== true) cache.set(key, before, weightOf(before));
        return rejection(step.kind, step.reason);
      }
      // COMMIT. An exception here means: unknown to us, nothing acknowledged. The state is gone from the cache, the next command loads what the store really holds.
      const result = await committing(parts, step.commit);
      if (result === 'committed') {
        if (step.after) cache.set(key, step.after, weightOf(step.after));
        // DISPATCH comes after the commit and may be lost in a crash right here: outbox and sweeper do it again. Never before the commit.
        parts.committed(step.committed);
        return { ok: true, committed: step.committed };
      }
      if (result === 'stale') return rejection('INVALID_STATE', 'Expected the attempt that holds the lease, but it is a stale one');
      if (typeof result === 'object')
        return { ok: false, kind: 'CLAIMED', reason: `Expected ${result.claimed} to be free, but it is taken` };
      if (command.type === 'create-instance') return rejection('ALREADY_EXISTS', `Expected no instance ${key}, but there is one`);
    }
    throw new Error(`Expected to commit to instance ${key} within ${TRIES} tries, but others were always first`);
  }

  /** In slices, each of them a commit: other instances have their turn in between, and a crash loses none of them (effect `continue`). */
  async function toRest(key: Key, command: Command, extras: Extras): Promise<Outcome> {
    const outcome = await inTurn(key, command, extras);
    const slices: Committed[] = [];
    try {
      for (let last = outcome; last.ok && isPaused(cache.get(key));) {
        await new Promise(setImmediate);
        last = await inTurn(key, { type: 'continue-instance', at: command.at, by: command.by }, {});
        if (last.ok) slices.push(last.committed);
      }
    } catch {
      // THE COMMAND ITSELF IS DURABLE, so its caller must hear of success. The outbox goes on with the rest.
    }
    return outcome.ok && slices.length > 0 ? { ...outcome, slices } : outcome;
  }

  return {
    run: (key, command, extras = {}) => lanes.run(key, () => toRest(key, command, extras)),
    peek: (key, read) =>
      lanes.run(key, async () => {
        if (parts.shared === true) cache.delete(key);
        const cached = await current(key);
        return cached === undefined ? undefined : read(cached.state);
      }),
    isActive: (key) => parts.shared !== true && cache.get(key) !== undefined,
    busy: lanes.busy,
  };
}

function isPaused(cached: Cached | undefined): boolean {
  return cached?.state.paused !== undefined && cached.state.status === 'active';
}

/** A definition that another process has deployed a moment ago. */
async function knowDefinitions(
  { book, caughtUp }: DoorParts,
  before: Cached | undefined,
  { command, extras }: { readonly command: Command; readonly extras: Extras },
): Promise<void> {
  const target = command.type === 'migrate-instance' ? command.targetProcessKey : undefined;
  const needed = [extras.definition === undefined ? before?.state.processKey : undefined, target];
  if (needed.some((key) => key !== undefined && book.entry(key) === undefined)) await caughtUp?.();
}

/** The effects are marked before they become visible in the outbox, and unmarked when nothing came of it. */
async function committing({ store, inFlight }: DoorParts, commit: Commit): Promise<Awaited<ReturnType<Store['commit']>>> {
  commit.effects.forEach(({ id }) => inFlight.add(id));
  let result: Awaited<ReturnType<Store['commit']>> | undefined;
  try {
    result = await store.commit(commit);
    return result;
  } finally {
    if (result !== 'committed') commit.effects.forEach(({ id }) => inFlight.delete(id));
  }
}

function rejection(kind: Rejection['kind'], reason: string): Rejection {
  return { ok: false, kind, reason };
}

async function missing(store: Store, key: Key): Promise<Rejection> {
  const row = await store.get('processInstances', key);
  if (row === undefined) return rejection('NOT_FOUND', `Expected a process instance ${key}, but there is none`);
  return rejection('INVALID_STATE', `Expected process instance ${key} to be active, but it is ${String(row['state'])}`);
}

async function loadedOnce(store: Store, cache: ReturnType<typeof recentlyUsed<Cached>>, key: Key): Promise<Cached | undefined> {
  const known = cache.get(key);
  if (known) return known;
  const loaded = await load(store, key);
  if (loaded) cache.set(key, loaded, weightOf(loaded));
  return loaded;
}

async function load(store: Store, key: Key): Promise<Cached | undefined> {
  const loaded = await store.load(key);
  if (loaded === undefined) return undefined;
  let state = loaded.snapshot === '' ? undefined : parse(loaded.snapshot);
  for (const event of loaded.tail) state = evolve(state, event);
  if (state === undefined) throw new Error(`Expected instance ${key} to have events, but it has none`);
  return {
    state,
    version: loaded.version,
    names: namesOf(state),
    // KEPT WITH THE COMMIT ITSELF: a crash leaves either both or none, so the chain cannot fork
    chain: (await store.events(key, loaded.version)).at(-1)?.audit.hash ?? '',
    tail: JSON.stringify(loaded.tail).length,
    snapshot: loaded.snapshot.length,
  };
}

interface Step {
  readonly commit: Commit;
  readonly committed: Committed;
  /** absent: ended */
  readonly after?: Cached;
}

function decideStep(
  parts: DoorParts,
  before: Cached | undefined,
  { command, extras }: { readonly command: Command; readonly extras: Extras },
): Step | (Rejection & { readonly spent?: true }) {
  const startedFrom = extras.definition ?? parts.book.entry(before?.state.processKey ?? '');
  if (startedFrom === undefined)
    throw new Error(`Expected process definition ${before?.state.processKey ?? ''} to be in memory, but it is not`);
  const target = command.type === 'migrate-instance' ? parts.book.startable(command.targetProcessKey) : undefined;
  if (command.type === 'migrate-instance' && target === undefined)
    return rejection('NOT_FOUND', `Expected a process definition ${command.targetProcessKey}, but there is none`);
  const world = {
    ...worldOf(parts, startedFrom),
    ...(target && { target: { process: target.process, processKey: target.key, processVersion: target.version, library: target.library } }),
  };
  const atMost = (before?.snapshot ?? 0) + (before?.tail ?? 0);
  // before decide: afterwards the state is another
  const weight = before !== undefined && atMost > MOST_VARIABLES / 2 ? weightOfVariables(before.state) : 0;
  // the map itself: an ended state lets go of it
  const variables = before?.state.variables.get(0);
  const decision = decide(world, before?.state, command);
  if (!decision.ok) return decision;
  const step = stepOf(parts, before, { command, extras, decision, definition: target ?? startedFrom, startedFrom, variables });
  const added = step.commit.eventsJson?.length ?? 0;
  const refusal = tooHeavy({ command, atMost: atMost + added, before: weight, state: decision.state });
  return refusal ? { ...refusal, spent: true } : step;
}

function worldOf({ zone, cluster }: DoorParts, definition: DefinitionEntry) {
  return {
    process: definition.process,
    processKey: definition.key,
    processVersion: definition.version,
    library: definition.library,
    zone,
    slice: SLICE,
    ...(cluster && { cluster: cluster() }),
  };
}

interface Decided {
  readonly command: Command;
  readonly extras: Extras;
  readonly decision: { readonly events: readonly Event[]; readonly state: InstanceState };
  readonly definition: DefinitionEntry;
  readonly startedFrom: DefinitionEntry;
  /** of the instance itself, before these events and since */
  readonly variables: ReadonlyMap<string, Variable> | undefined;
}

function stepOf({ also }: DoorParts, before: Cached | undefined, decided: Decided): Step {
  const { command, extras, decision, definition, startedFrom, variables } = decided;
  const { events, state } = decision;
  const version = (before?.version ?? 0) + 1;
  const names = before?.names ?? namesOf(undefined);
  const audit = auditOf(command);
  const eventsJson = JSON.stringify(events);
  const chain = commitHash(before?.chain ?? '', { instanceKey: state.key, version, audit, events, eventsJson });
  const projected = project({ events, state, names, definition, at: command.at, version, auditHead: `${version}:${chain}` });
  const more = [...(extras.rows ?? []), ...(also?.(events, state, startedFrom) ?? [])];
  const rows = more.length === 0 ? projected : [...projected, ...more];
  const effects = effectsOf(events, state, { version, startsByMessage: definition.startsByMessage });
  const ended = state.status === 'completed' || state.status === 'terminated';
  const kept = ended ? undefined : keptSize(before, state, eventsJson.length);
  const commit: Commit = {
    instanceKey: state.key,
    expected: version - 1,
    events,
    eventsJson,
    audit: { ...audit, hash: chain },
    rows,
    effects,
    ...(kept?.text === undefined ? {} : { snapshot: kept.text }),
    ...(ended && { ended }),
    ...(extras.claims && { claims: extras.claims }),
    ...(extras.lease && { lease: extras.lease }),
  };
  const end = ended && { end: () => endOf(state, events, variables) };
  const committed = { instanceKey: state.key, version, command, events, rows, effects, definition, ...end };
  return { commit, committed, ...(kept && { after: { state, version, names, chain, tail: kept.tail, snapshot: kept.snapshot } }) };
}

/** What was set before is in the map that the state had; what was set first in these events is in them alone. */
function endOf({ status }: InstanceState, events: readonly Event[], variables: Decided['variables']): End {
  const set = events.flatMap((event) => (event.t === 'variable-set' && event.scope === 0 ? [[event.name, event.value] as const] : []));
  const before = [...(variables ?? [])].map(([name, { value }]) => [name, value] as const);
  return { state: status === 'completed' ? 'COMPLETED' : 'TERMINATED', variables: Object.fromEntries([...before, ...set]) };
}

/** A snapshot is written when the events since the last one outweigh it: the cost per event stays constant, however large the instance is. */
function keptSize(
  before: Cached | undefined,
  state: InstanceState,
  bytes: number,
): { readonly text?: string; readonly tail: number; readonly snapshot: number } {
  const tail = (before?.tail ?? 0) + bytes;
  if (tail <= Math.max(SMALL, before?.snapshot ?? 0)) return { tail, snapshot: before?.snapshot ?? 0 };
  const text = serialize(state);
  return { text, tail: 0, snapshot: text.length };
}

function auditOf({ type, by, at }: Command): Commit['audit'] {
  const { id, agency, onBehalfOf, reason } = by;
  return {
    command: type,
    by: id,
    at,
    ...(agency !== undefined && { agency }),
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(reason !== undefined && { reason }),
  };
}

function weightOf({ tail, snapshot }: Cached): number {
  return 2_000 + tail + snapshot;
}
