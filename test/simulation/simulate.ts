/**
 * One run: the real runtime, in one process or in two that share store and queue, in a bad world. Work comes in while everything fails;
 * then the weather clears, and within a bounded time everything that was acknowledged must have come to its end, once.
 */
import { compile } from '../../engine/index.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { RowChange, Store } from '../../runtime/ports.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { ask } from './clients.ts';
import { agencyOf } from './agency.ts';
import { createBroker, faultyQueue, faultyStore, NO_FAULTS } from './faulty.ts';
import type { Broker, Faults, Weather } from './faulty.ts';
import { createLedger, judge, timedStore } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Mutant } from './mutants.ts';
import { processes } from './processes.ts';
import { born, createWorld } from './world.ts';
import type { Life, World } from './world.ts';

export interface Report {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly cases: number;
  readonly crashes: number;
  readonly steps: number;
}

/** One place where a process of the program runs, dies and is started again. */
export interface Place {
  readonly name: string;
  life: Life;
  runtime: Runtime | undefined;
  /** what its machine's time is off by; jumps. Milliseconds. */
  skew: number;
  /** questions of clients that are under way */
  asking: number;
}

export interface Run {
  readonly world: World;
  readonly weather: Weather & { faults: Faults };
  readonly inner: Store;
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly places: readonly Place[];
  readonly mutant: Mutant | undefined;
  readonly cases: number;
  /** clocks of machines jump in this run */
  readonly jumps: boolean;
  /** what the store's clock is off by; jumps where `storeJumps`. Milliseconds. */
  storeSkew: number;
  readonly storeJumps: boolean;
  invoices: number;
  crashes: number;
}

export interface Options {
  readonly cases?: number;
  /** default: the seed decides between one and two */
  readonly places?: number;
  /** a runtime that was broken on purpose */
  readonly mutant?: Mutant;
}

const BEGAN = Date.UTC(2026, 0, 5, 8);
const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;
const by = { id: 'simulator' };
const config = { databaseUrl: 'memory:', data: '/nowhere', queue: 'in-process', clock: 'real' } as const;
const STORM = { before: 0.02, after: 0.02, lose: 0.1, duplicate: 0.1, refuse: 0.05 };
/** operations of the bad world after the last case has been asked for */
const AFTERMATH = 400;
/**
 * Operations until a run counts as one that never comes to rest. The usual is a thousand; what a process with a clock that goes an hour
 * ahead has leased may stay leased for that hour.
 */
const LONGEST = 80_000;

export async function simulate(seed: number, { cases = 6, places, mutant }: Options = {}): Promise<Report> {
  const written = await deployed;
  const world = createWorld(seed);
  const run = begin(world, { cases, mutant, places: places ?? (world.chance(0.5) ? 2 : 1) });
  await run.inner.reserveNumbers(10_000);
  for (const changes of written) await run.inner.write(changes);
  world.enter();
  try {
    run.places.forEach((place) => open(run, place));
    run.weather.faults = STORM;
    let steps = await badTimes(run);
    run.weather.faults = NO_FAULTS;
    for (const place of run.places) place.skew = 0;
    run.storeSkew = 0;
    steps += await goodTimes(run);
    const wrong = await judge(run.inner, run.ledger);
    for (const { life } of run.places) world.kill(life);
    return { seed, wrong, cases: run.invoices, crashes: run.crashes, steps };
  } finally {
    world.leave();
  }
}

function begin(world: World, { cases, places, mutant }: { cases: number; places: number; mutant: Mutant | undefined }): Run {
  const weather = { faults: NO_FAULTS, now: () => BEGAN + Math.floor(world.now()) + run.storeSkew };
  const jumps = world.chance(0.5);
  const run: Run = {
    world,
    weather,
    inner: createMemoryStore(),
    broker: createBroker(world, weather),
    ledger: createLedger(),
    places: Array.from({ length: places }, (_, index) => ({
      name: `p${index + 1}`,
      life: { ...born(), dead: true },
      runtime: undefined,
      skew: 0,
      asking: 0,
    })),
    mutant,
    cases,
    jumps,
    storeSkew: 0,
    // the hour that follows costs time when several processes show each other all the while that they live
    storeJumps: places > 1 && world.chance(0.15),
    invoices: 0,
    crashes: 0,
  };
  return run;
}

/** Opening takes many steps; a crash may come in any of them. */
function open(run: Run, place: Place): void {
  const life = born();
  Object.assign(place, { life, runtime: undefined, asking: 0 });
  const { world, weather, broker, mutant } = run;
  const clock = { now: () => BEGAN + place.skew + Math.floor(world.now()), onMoved: () => () => undefined };
  const timed = run.places.length > 1 && !run.storeJumps ? timedStore(run.inner, { now: run.weather.now, ledger: run.ledger }) : run.inner;
  const inner = mutant?.store?.(timed, { world, life, ledger: run.ledger }) ?? timed;
  const instead = {
    store: faultyStore(world, mutant?.ownClock === true ? believing(weather, clock.now) : weather, { inner, life }),
    queue: faultyQueue(world, weather, { broker, life }),
    clock,
    compile: compileOnce,
  };
  const log =
    process.env['ALUR_SIM_LOG'] === undefined
      ? undefined
      : (level: string, text: string) => process.stdout.write(`${Math.round(world.now())} ${place.name} ${level} ${text}\n`);
  const handlers = new Map([['agency', agencyOf(run, life)]]);
  world.within(life, () => {
    openRuntime({ config, handlers, retryBackOffMs: 1_000, instead, shared: run.places.length > 1, ...(log && { log }) }).then(
      (runtime) => life.dead || (place.runtime = runtime),
      // it could not start: whoever keeps it alive starts it again
      () => life.dead || world.later(1_000, () => life.dead || (world.kill(life), open(run, place))),
    );
  });
}

/** The same weather, and a store that has no time of its own. */
function believing(weather: Weather, now: () => number): Weather {
  return {
    get faults() {
      return weather.faults;
    },
    now,
  };
}

/** The processes are the same in every life of every run. */
const compiled = new Map<string, ReturnType<typeof compile>>();
function compileOnce(xml: string): ReturnType<typeof compile> {
  const known = compiled.get(xml) ?? compile(xml);
  compiled.set(xml, known);
  return known;
}

function crash(run: Run, place: Place): void {
  run.crashes += 1;
  run.world.kill(place.life);
  if (run.world.chance(0.3)) run.broker.wipe();
  run.world.later(run.world.random() * 20_000, () => open(run, place));
}

/** Deployed once, in a world where nothing fails; every run begins with what that wrote. */
const deployed: Promise<readonly (readonly RowChange[])[]> = (async () => {
  const inner = createMemoryStore();
  const written: (readonly RowChange[])[] = [];
  const store: Store = { ...inner, write: async (changes, absent) => (written.push(changes), await inner.write(changes, absent)) };
  const runtime = await openRuntime({ config, instead: { store } });
  for (const { id, xml } of processes) {
    const answer = await runtime.deploy([{ name: `${id}.bpmn`, text: xml }], by);
    if (!answer.ok) throw new Error(`${answer.reason} ${JSON.stringify(answer.problems)}`);
    await compileOnce(xml);
  }
  await runtime.close();
  return written;
})();

/** Until all work has been asked for, and then some. */
async function badTimes(run: Run): Promise<number> {
  let steps = 0;
  for (let rest = AFTERMATH; rest > 0; steps += 1) {
    await run.world.step();
    if (run.invoices >= run.cases) rest -= 1;
    for (const place of run.places) if (!place.life.dead) strike(run, place);
  }
  return steps;
}

function strike(run: Run, place: Place): void {
  const { world } = run;
  const { life, runtime } = place;
  if (world.chance(0.004)) return crash(run, place);
  if (world.chance(0.002)) life.stoppedUntil = world.now() + world.random() * 40_000;
  if (world.chance(0.001)) run.broker.wipe();
  // a wrong clock, set right some time later
  if (run.jumps && world.chance(0.002)) place.skew = jumped(run, place.skew);
  if (run.storeJumps && world.chance(0.002)) run.storeSkew = jumped(run, run.storeSkew);
  if (runtime && place.asking < 8 && world.chance(0.1)) ask(run, place, runtime);
}

function jumped({ world }: Run, skew: number): number {
  return skew !== 0 ? 0 : world.chance(0.5) ? HOUR : -HOUR;
}

/** Nothing fails any more. Bounded: half a day of the world's time. */
async function goodTimes(run: Run): Promise<number> {
  const { world } = run;
  const end = world.now() + DAY / 2;
  let steps = 0;
  for (let next = 0; world.now() < end && steps < LONGEST; steps += 1) {
    await world.step();
    if (world.now() < next || !run.places.some(({ runtime }) => runtime)) continue;
    if (await rested(run)) break;
    next = world.now() + 20_000;
    for (const place of run.places) for (let asks = 0; asks < 4; asks += 1) if (place.runtime) ask(run, place, place.runtime);
  }
  return steps;
}

async function rested({ inner, places }: Run): Promise<boolean> {
  if (places.some(({ asking }) => asking > 0)) return false;
  const { items } = await inner.search('processInstances', { filter: { state: { $in: ['ACTIVE', 'SUSPENDED'] } }, limit: 1 });
  return items.length === 0 && (await inner.pendingEffects(1)).length === 0;
}
