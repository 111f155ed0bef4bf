/** What people and other systems do meanwhile. Asked again when it failed; only what was answered goes into the ledger. */
import type { Event } from '../../engine/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Place, Run } from './simulate.ts';

const DAY = 24 * 3_600_000;
const by = { id: 'simulator' };
const KINDS = ['permit', 'many', 'refuse', 'apply', 'race'];

/** One thing that somebody asks of the process at this place. */
export function ask(run: Run, place: Place, runtime: Runtime): void {
  const { world } = run;
  const { life } = place;
  const doing = world.random();
  place.asking += 1;
  const work = world.within(life, async () => {
    if (run.invoices < run.cases && doing < 0.4) await newCase(run, runtime);
    else if (doing < 0.6) await pay(run, runtime);
    else if (doing < 0.8) await completeTask(run, runtime);
    else await operate(run, runtime);
  });
  void work.catch(() => undefined).finally(() => life.dead || (place.asking -= 1));
}

async function newCase(run: Run, runtime: Runtime): Promise<void> {
  const { world, ledger } = run;
  const invoice = `i${(run.invoices += 1)}`;
  const processDefinitionId = KINDS[Math.floor(world.random() * KINDS.length)] ?? '';
  if (processDefinitionId === 'apply') return await applyFor(run, runtime, invoice);
  if (world.chance(0.5)) await payFor(run, runtime, invoice);
  const answer = await runtime.startInstance({ processDefinitionId, variables: { invoice } }, by);
  if (answer.ok) ledger.started.add(answer.processInstanceKey);
}

/** The sender does not know whether the first one arrived, and repeats it, perhaps at another process. */
async function applyFor({ world, ledger, places }: Run, runtime: Runtime, invoice: string): Promise<void> {
  ledger.applications.add(invoice);
  const message = { name: 'application', correlationKey: invoice, messageId: invoice, timeToLive: DAY, variables: { invoice } };
  const others = places.flatMap((place) => (place.runtime && !place.life.dead && world.chance(0.25) ? [place] : []));
  const send = async (to: Runtime): Promise<void> => {
    const answer = await to.publishMessage(message, by);
    if (answer.ok) ledger.messages.set(answer.messageKey, 'apply');
  };
  const repeated = others.map(async ({ life, runtime: to }) => await world.within(life, async () => to && (await send(to))));
  await Promise.allSettled([send(runtime), ...repeated]);
}

async function payFor(_run: Run, runtime: Runtime, invoice: string): Promise<void> {
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
  const promised = (what: string, holds: (event: Event) => boolean): void => void ledger.acknowledged.push({ instance, what, holds });
  const mark = `mark${Math.floor(world.random() * 1e9)}`;
  const set = await runtime.execute(instance, { type: 'set-variables', by, variables: { [mark]: true } });
  if (set.ok) promised(mark, (event) => event.t === 'variable-set' && event.name === mark);
  // two at once: one of them must be told that it came too late
  const twice = [0, 1].map(async () => await runtime.execute(key, { type: 'complete-user-task', by, variables: {} }));
  const taken = (await Promise.all(twice)).filter(({ ok }) => ok).length;
  if (taken > 1) promised('only one of two completions', () => false);
  if (taken > 0) promised(`user task ${key}`, (event) => event.t === 'user-task-completed' && event.n === localOf(key));
}

/** Gives stuck jobs new retries. */
async function operate({ ledger }: Run, runtime: Runtime): Promise<void> {
  const { items } = await runtime.store.search('incidents', { filter: { state: 'ACTIVE' }, limit: 20 });
  for (const incident of items) {
    const [key, instance] = [String(incident['incidentKey']), String(incident['processInstanceKey'])];
    if (incident['jobKey'] !== undefined) await runtime.execute(String(incident['jobKey']), { type: 'update-job', by, retries: 2 });
    const answer = await runtime.execute(key, { type: 'resolve-incident', by });
    const holds = (event: Event): boolean => event.t === 'incident-resolved' && event.n === localOf(key);
    if (answer.ok) ledger.acknowledged.push({ instance, what: `resolution of ${key}`, holds });
  }
}

function localOf(key: string): number {
  return Number(BigInt(key) & 0xfffffn);
}
