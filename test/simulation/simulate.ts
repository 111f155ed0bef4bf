/**
 * One run: the real runtime in a bad world. Work comes in while everything fails; then the weather clears, and within a bounded time
 * everything that was acknowledged must have come to its end, once.
 */
import { openRuntime } from '../../runtime/open.ts';
import type { RowChange, RuntimeClock, Store } from '../../runtime/ports.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { BpmnError, JobFailure } from '../../workers/job.ts';
import type { JobHandler } from '../../workers/job.ts';
import { createBroker, faultyQueue, faultyStore, NO_FAULTS } from './faulty.ts';
import type { Broker, Weather } from './faulty.ts';
import { createLedger, judge } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { processes } from './processes.ts';
import { createWorld } from './world.ts';
import type { Life, World } from './world.ts';

export interface Report {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly cases: number;
  readonly crashes: number;
  readonly steps: number;
}

interface Run {
  readonly world: World;
  readonly weather: Weather;
  readonly inner: Store;
  readonly broker: Broker;
  readonly ledger: Ledger;
  readonly clock: RuntimeClock;
  /** what the machine's time is off by; jumps */
  skew: number;
  life: Life;
  runtime: Runtime | undefined;
  invoices: number;
  crashes: number;
  cases: number;
  /** questions of the client that are under way */
  asking: number;
}

const BEGAN = Date.UTC(2026, 0, 5, 8);
const DAY = 24 * 3_600_000;
const HOUR = 3_600_000;
const by = { id: 'simulator' };
const config = { databaseUrl: 'memory:', data: '/nowhere', queue: 'in-process', clock: 'real' } as const;

export async function simulate(seed: number, { cases = 12 }: { readonly cases?: number } = {}): Promise<Report> {
  const written = await deployed;
  const world = createWorld(seed);
  const run = begin(world, cases);
  await run.inner.reserveNumbers(10_000);
  for (const changes of written) await run.inner.write(changes);
  world.enter();
  try {
    open(run);
    run.weather.faults = { before: 0.02, after: 0.02, lose: 0.1, duplicate: 0.1, refuse: 0.05 };
    let steps = await badTimes(run);
    run.weather.faults = NO_FAULTS;
    steps += await goodTimes(run);
    const wrong = await judge(run.inner, run.ledger);
    world.kill(run.life);
    return { seed, wrong, cases: run.invoices, crashes: run.crashes, steps };
  } finally {
    world.leave();
  }
}

function begin(world: World, cases: number): Run {
  const run: Run = {
    world,
    weather: { faults: NO_FAULTS },
    inner: createMemoryStore(),
    broker: createBroker(),
    ledger: createLedger(),
    clock: { now: () => BEGAN + run.skew + Math.floor(world.now()), onMoved: () => () => undefined },
    skew: 0,
    life: { dead: true },
    runtime: undefined,
    invoices: 0,
    crashes: 0,
    cases,
    asking: 0,
  };
  return run;
}

/** Opening takes many steps; a crash may come in any of them. */
function open(run: Run): void {
  const life: Life = { dead: false };
  Object.assign(run, { life, runtime: undefined, asking: 0 });
  const { world, weather, inner, broker, clock } = run;
  const instead = { store: faultyStore(world, weather, { inner, life }), queue: faultyQueue(world, weather, { broker, life }), clock };
  const log =
    process.env['ALUR_SIM_LOG'] === undefined
      ? undefined
      : (level: string, text: string) => process.stdout.write(`${Math.round(world.now())} ${level} ${text}\n`);
  openRuntime({ config, handlers: new Map([['agency', agencyOf(run, life)]]), retryBackOffMs: 1_000, instead, ...(log && { log }) }).then(
    (runtime) => life.dead || (run.runtime = runtime),
    // it could not start: whoever keeps it alive starts it again
    () => life.dead || world.later(1_000, () => life.dead || (world.kill(life), open(run))),
  );
}

/** Does each thing once per idempotency key, takes its time, fails now and then, and refuses some for good: always the same ones. */
function agencyOf({ world, weather, ledger }: Run, life: Life): JobHandler {
  return async ({ key, elementId, variables }) => {
    const slow = world.random() < 0.1 ? world.random() * 90_000 : world.random() * 2_000;
    await new Promise<void>((resolve) => world.later(slow, () => life.dead || resolve()));
    // the call may have been on its way when the caller died: then it still happens
    if (weather.faults !== NO_FAULTS && world.chance(0.15)) throw new JobFailure('the agency answers 503');
    if (!ledger.effects.has(key)) ledger.effects.set(key, 1);
    if (weather.faults !== NO_FAULTS && world.chance(0.05)) throw new JobFailure('the answer was lost');
    if (elementId === 'check' && String(variables['invoice']).endsWith('3')) throw new BpmnError('NO', 'refused');
    return { answer: 'yes' };
  };
}

function crash(run: Run): void {
  run.crashes += 1;
  run.world.kill(run.life);
  // entries that the dead one had in its hands are delivered again when the next one listens
  if (run.world.chance(0.3)) run.broker.wipe();
  run.world.later(run.world.random() * 20_000, () => open(run));
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
  }
  await runtime.close();
  return written;
})();

/** Until all work has been asked for, and then some. */
async function badTimes(run: Run): Promise<number> {
  const { world } = run;
  let steps = 0;
  for (let rest = 1_500; rest > 0; steps += 1) {
    await world.step();
    if (run.invoices >= run.cases) rest -= 1;
    if (run.life.dead) continue;
    if (world.chance(0.003)) crash(run);
    else if (world.chance(0.001)) run.broker.wipe();
    else if (world.chance(0.0005)) run.skew += world.chance(0.5) ? HOUR : -HOUR;
    else if (run.runtime && run.asking < 8 && world.chance(0.1)) client(run, run.runtime);
  }
  return steps;
}

/** Nothing fails any more. Bounded: a day of the world's time. */
async function goodTimes(run: Run): Promise<number> {
  const { world } = run;
  const end = world.now() + DAY / 2;
  let steps = 0;
  for (let next = 0; world.now() < end; steps += 1) {
    await world.step();
    if (world.now() < next || run.runtime === undefined) continue;
    if (await rested(run)) break;
    next = world.now() + 20_000;
    for (let asks = 0; asks < 6; asks += 1) client(run, run.runtime);
  }
  return steps;
}

async function rested({ inner, asking }: Run): Promise<boolean> {
  const { items } = await inner.search('processInstances', { filter: { state: { $in: ['ACTIVE', 'SUSPENDED'] } }, limit: 1 });
  return items.length === 0 && asking === 0 && (await inner.pendingEffects(1)).length === 0;
}

/** One thing that somebody outside does. Asked again when it failed; only what was answered goes into the ledger. */
function client(run: Run, runtime: Runtime): void {
  const { world } = run;
  const doing = world.random();
  run.asking += 1;
  const work =
    run.invoices < run.cases && doing < 0.4
      ? newCase(run, runtime)
      : doing < 0.6
        ? pay(run, runtime)
        : doing < 0.8
          ? completeTask(run, runtime)
          : operate(run, runtime);
  const { life } = run;
  void work.catch(() => undefined).finally(() => life.dead || (run.asking -= 1));
}

async function newCase(run: Run, runtime: Runtime): Promise<void> {
  const { world, ledger } = run;
  const invoice = `i${(run.invoices += 1)}`;
  const ids = ['permit', 'many', 'refuse', 'apply', 'race'];
  const processDefinitionId = ids[Math.floor(world.random() * ids.length)] ?? '';
  if (processDefinitionId === 'apply') {
    const answer = await runtime.publishMessage(
      { name: 'application', correlationKey: invoice, messageId: invoice, timeToLive: DAY, variables: { invoice } },
      by,
    );
    if (answer.ok) ledger.messages.set(answer.messageKey, 'apply');
    return;
  }
  if (world.chance(0.5)) await payFor(run, runtime, invoice);
  const answer = await runtime.startInstance({ processDefinitionId, variables: { invoice } }, by);
  if (answer.ok) ledger.started.add(answer.processInstanceKey);
}

async function payFor(run: Run, runtime: Runtime, invoice: string): Promise<void> {
  for (const name of ['payment', 'race-payment'])
    await runtime.publishMessage({ name, correlationKey: invoice, messageId: invoice, timeToLive: DAY * 3 }, by);
}

async function pay(run: Run, runtime: Runtime): Promise<void> {
  if (run.invoices > 0) await payFor(run, runtime, `i${1 + Math.floor(run.world.random() * run.invoices)}`);
}

async function completeTask({ world, ledger }: Run, runtime: Runtime): Promise<void> {
  const { items } = await runtime.store.search('userTasks', { filter: { state: 'CREATED' }, limit: 20 });
  const task = items[Math.floor(world.random() * items.length)];
  if (task === undefined) return;
  const [key, instance] = [String(task['userTaskKey']), String(task['processInstanceKey'])];
  const mark = Math.floor(world.random() * 1e9);
  const set = await runtime.execute(instance, { type: 'set-variables', by, variables: { [`mark${mark}`]: mark } });
  if (set.ok)
    ledger.acknowledged.push({
      instance,
      what: `mark${mark}`,
      holds: (event) => event.t === 'variable-set' && event.name === `mark${mark}`,
    });
  // two at once: one of them must be told that it came too late
  const twice = [0, 1].map(async () => await runtime.execute(key, { type: 'complete-user-task', by, variables: {} }));
  const taken = (await Promise.all(twice)).filter(({ ok }) => ok).length;
  const n = Number(BigInt(key) & 0xfffffn);
  if (taken > 1) ledger.acknowledged.push({ instance, what: 'only one of two completions', holds: () => false });
  if (taken > 0)
    ledger.acknowledged.push({ instance, what: `user task ${key}`, holds: (event) => event.t === 'user-task-completed' && event.n === n });
}

/** Gives stuck jobs new retries. */
async function operate(_run: Run, runtime: Runtime): Promise<void> {
  const { items } = await runtime.store.search('incidents', { filter: { state: 'ACTIVE' }, limit: 20 });
  for (const incident of items) {
    if (incident['jobKey'] !== undefined) await runtime.execute(String(incident['jobKey']), { type: 'update-job', by, retries: 2 });
    await runtime.execute(String(incident['incidentKey']), { type: 'resolve-incident', by });
  }
}
