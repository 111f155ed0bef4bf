/**
 * Lets the instance go on with another version or process. Everything active needs a place there: the same id, or what the mapping says
 * (element ids, and ids of flows on which tokens wait). Jobs, tasks and open waits stay as they are; what is entered afterwards follows the
 * new definition. All of it is checked before the first event: either every part finds its place, or nothing happens and the reason names the part.
 */
import { isJoin, join } from '../machine/activation.ts';
import { closeOwned, closeWaits } from '../machine/owned.ts';
import type { Run } from '../machine/run.ts';
import { setLocal } from '../machine/variables.ts';
import { elementOf } from '../process.ts';
import type { Element, Process } from '../process.ts';
import type { Compensable } from '../state.ts';
import type { CommandOf, Event, Rejection } from '../terms.ts';
import type { World } from '../world.ts';
import { matchElements } from './migration/elements.ts';
import { Moving } from './migration/moving.ts';
import { Places, refuseEmptied } from './migration/places.ts';
import { matchRecords } from './migration/records.ts';
import { placeTokens } from './migration/tokens.ts';
import type { MovedToken } from './migration/tokens.ts';
import { changedWaits } from './migration/waits.ts';
import type { ChangedWaits } from './migration/waits.ts';
import { reject } from './rejection.ts';

export function migrateInstance(run: Run, command: CommandOf<'migrate-instance'>): Rejection | void {
  const { target } = run.world;
  if (target === undefined) throw new Error('Expected the world of a migration to hold its target, but it does not.');
  const wrong = mappingProblem(run, target.process, command.mapping);
  if (wrong !== undefined) return reject('INVALID_ARGUMENT', wrong);
  if (run.state.paused) return reject('INVALID_STATE', 'Expected to migrate an instance that rests, but this one is at work: try again.');
  const mapping = new Map(command.mapping.map(({ sourceElementId, targetElementId }) => [sourceElementId, targetElementId]));
  const moving = new Moving(run, target.process, mapping);
  matchElements(moving);
  if (moving.problem !== undefined) return reject('INVALID_STATE', moving.problem);
  const plan = planOf(moving);
  if (moving.problem !== undefined) return reject('INVALID_STATE', moving.problem);
  carryOut(moving, target, plan);
}

function mappingProblem(run: Run, target: Process, mapping: CommandOf<'migrate-instance'>['mapping']): string | undefined {
  const { process } = run.world;
  const has = (where: Process, id: string) => where.elements.has(id) || where.flows.has(id);
  const seen = new Set<string>();
  for (const { sourceElementId: from, targetElementId: to } of mapping) {
    if (seen.has(from)) return `Expected to migrate with one target per source element, but the mapping names '${from}' twice.`;
    if (!has(process, from)) return `Expected to migrate '${from}', but process '${process.id}' has no such element.`;
    if (!has(target, to)) return `Expected to migrate '${from}' to '${to}', but process '${target.id}' has no such element.`;
    seen.add(from);
  }
  return undefined;
}

interface Plan {
  readonly places: Places;
  readonly tokens: readonly MovedToken[];
  readonly waits: ChangedWaits;
}

function planOf(moving: Moving): Plan {
  const places = new Places(moving);
  for (const { n } of moving.run.state.elements.values()) if (n > 0 && !moving.dissolved.has(n)) places.scopeOf(n);
  const tokens = placeTokens(moving, places);
  refuseEmptied(moving, places, tokens);
  matchRecords(moving);
  for (const n of moving.dissolved) refuseSameVariable(moving, n);
  return { places, tokens, waits: changedWaits(moving) };
}

/** Variables of a dissolved scope go to the one around it, where nothing may be overwritten. */
function refuseSameVariable(moving: Moving, n: number): void {
  const { variables } = moving.run.state;
  const outer = variables.get(moving.keptAround(n));
  for (const [name, { value }] of variables.get(n) ?? []) {
    const other = outer?.get(name);
    if (other && JSON.stringify(other.value) !== JSON.stringify(value))
      moving.refuse(
        `what is in '${moving.run.instance(n).element}'`,
        `its variable '${name}' exists in the scope around it with another value`,
      );
  }
}

// ---------------------------------------------------------------- events only from here on

function carryOut(moving: Moving, target: NonNullable<World['target']>, { places, tokens, waits }: Plan): void {
  const { run } = moving;
  for (const { n, element } of waits.closed) closeWaits(run, n, (id) => id === element);
  const made = new Map<number, number>();
  const real = (n: number) => made.get(n) ?? n;
  for (const { n, element, scope } of places.made) {
    made.set(n, run.number);
    run.emit({ t: 'element-activated', n: run.number, element, scope: real(scope), at: run.at });
  }
  for (const n of [...moving.dissolved].toReversed()) handOutwards(moving, n);
  run.emit(migrated(moving, target, { places, tokens, real }));
  for (const n of moving.dissolved) {
    closeOwned(run, n);
    run.emit({ t: 'element-terminated', n, at: run.at });
  }
  run.world = { ...run.world, ...target };
  for (const n of made.values()) run.push({ do: 'activate', n, at: [] });
  for (const { n, elements } of waits.opened) run.push({ do: 'reopen', n, elements });
  for (const n of new Set(tokens.map(({ scope }) => real(scope)))) goOnAtJoins(run, n);
}

/** Inner scopes come first, so that what they had goes as far out as it must. */
function handOutwards({ run }: Moving, n: number): void {
  const { scope, compensable = [] } = run.instance(n);
  for (const [name, { value }] of run.state.variables.get(n) ?? []) setLocal(run, scope, name, value);
  if (compensable.length === 0) return;
  const records: readonly Compensable[] = [...(run.instance(scope).compensable ?? []), ...compensable];
  run.emit({ t: 'internal', what: 'compensating', n: scope, records });
}

interface Numbers {
  readonly places: Places;
  readonly tokens: readonly MovedToken[];
  /** the number of a scope that had none while it was planned */
  readonly real: (n: number) => number;
}

function migrated(moving: Moving, { process, processKey, processVersion }: NonNullable<World['target']>, numbers: Numbers): Event {
  const { places, tokens, real } = numbers;
  const stays = [...moving.run.state.elements.values()].filter(({ n }) => !moving.dissolved.has(n) && !isNew(numbers, n));
  const elements = stays.map((instance) => [instance.n, moving.to(instance.element)] as const);
  const scopes = stays
    .map(({ n }) => [n, n === 0 ? -1 : real(places.scopeOf(n))] as const)
    .filter(([n, scope]) => moving.run.instance(n).scope !== scope);
  const moved = tokens.map(({ from, flow, scope }) => [from, flow, real(scope)] as const).filter(([from, , scope]) => from !== scope);
  const renamed = [...moving.mapping, ...moving.renamed].filter(([from, to]) => from !== to);
  return {
    t: 'instance-migrated',
    processId: process.id,
    processKey,
    processVersion,
    elements,
    ...(renamed.length > 0 && { renamed }),
    ...(scopes.length > 0 && { scopes }),
    ...(moved.length > 0 && { tokens: moved }),
  };
}

function isNew({ places, real }: Numbers, n: number): boolean {
  return places.made.some((made) => real(made.n) === n);
}

/** The target's gateways may need fewer tokens than those that wait already. */
function goOnAtJoins(run: Run, scope: number): void {
  run.touched.add(scope);
  const tokens = () => run.instance(scope).tokens;
  const ids = new Set([...(tokens()?.keys() ?? [])].map((flow) => run.world.process.flows.get(flow)?.target ?? ''));
  for (const id of ids) {
    const gateway = elementOf(run.world.process, id);
    while (isComplete(gateway, tokens())) join(run, gateway, scope);
  }
}

function isComplete(gateway: Element, tokens: ReadonlyMap<string, number> | undefined): boolean {
  const has = ({ id }: { readonly id: string }) => (tokens?.get(id) ?? 0) > 0;
  if (!isJoin(gateway)) return gateway.incoming.some(has);
  return gateway.kind === 'parallel-gateway' && gateway.incoming.every(has);
}
