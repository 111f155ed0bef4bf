/** Runs a deployed process to its end by doing whatever it waits for: jobs and user tasks are completed, messages and signals sent, timers moved to. */
import type { Process, Value } from '../../engine/process.ts';
import type { Variables } from '../../engine/terms.ts';
import { by, ScenarioFailure } from '../../scenarios/stage.ts';
import type { Stage } from '../../scenarios/stage.ts';
import type { Row } from '../../runtime/collections.ts';

/** What a case needs besides its diagram. */
export interface Play {
  /** of the new instance, or of the message or signal that starts it */
  readonly variables?: Variables;
  /** what each job or user task of this type or element answers; the n-th answer for the n-th time, the last one from then on */
  readonly answers?: Readonly<Record<string, readonly Variables[]>>;
  /** messages that are sent, most wanted first; default: any that is waited for */
  readonly messages?: readonly string[];
}

const MOST_STEPS = 300;

/**
 * undefined when every instance ended by itself; the first incident when there is one.
 * Throws ScenarioFailure that says what it waits for.
 */
export async function runToEnd(stage: Stage, process: Process, play: Play): Promise<Row | undefined> {
  await start(stage, process, play);
  const times = new Map<string, number>();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await stage.runtime.settled();
    const [incident] = await stage.rows('incidents', { state: 'ACTIVE' });
    if (incident !== undefined) return incident;
    if ((await stage.rows('processInstances', { state: 'ACTIVE' })).length === 0) return await demandEnd(stage);
    if (!(await goOn(stage, { play, times }))) throw new ScenarioFailure(await whereItWaits(stage));
  }
  throw new ScenarioFailure(`still running after ${MOST_STEPS} steps: ${await whereItWaits(stage)}`);
}

async function demandEnd(stage: Stage): Promise<undefined> {
  const all = await stage.rows('processInstances', {});
  if (all.length === 0) throw new ScenarioFailure('no instance was started');
  const other = all.find((row) => row['state'] !== 'COMPLETED');
  if (other !== undefined) throw new ScenarioFailure(`an instance ended as ${String(other['state'])}`);
  return undefined;
}

/** By its none start event if it has one, else by what its first start event waits for. */
async function start(stage: Stage, process: Process, { variables = {} }: Play): Promise<void> {
  const starts = [...process.elements.values()].filter((element) => element.kind === 'start-event' && element.parent === process.id);
  const trigger = starts.map((element) => ('trigger' in element ? element.trigger : undefined)).find((each) => each !== undefined);
  const { runtime } = stage;
  if (trigger === undefined || trigger.type === 'none' || process.elements.get(process.id)?.kind !== 'process')
    return void (await stage.done(runtime.startInstance({ processDefinitionId: process.id, variables }, by)));
  if (trigger.type === 'message')
    return void (await stage.done(runtime.correlateMessage({ name: textOf(trigger.name), correlationKey: '', variables }, by)));
  if (trigger.type === 'signal') return void (await stage.done(runtime.broadcastSignal(textOf(trigger.name), variables, by)));
  if (trigger.type === 'timer' && (await nextTimer(stage))) return;
  throw new ScenarioFailure(`this driver cannot begin a process with a ${trigger.type} start event`);
}

const textOf = (value: Value): string => ('fixed' in value ? String(value.fixed) : (JSON.parse(value.expression.text) as string));

interface Progress {
  readonly play: Play;
  readonly times: Map<string, number>;
}

/** One step; false when there is nothing that this could do. */
async function goOn(stage: Stage, progress: Progress): Promise<boolean> {
  const [job] = await stage.rows('jobs', { open: true });
  if (job !== undefined) return await doJob(stage, job, progress);
  const [task] = await stage.rows('userTasks', { state: 'CREATED' });
  if (task !== undefined) {
    const variables = answerOf(String(task['elementId']), progress);
    await stage.done(stage.runtime.execute(String(task['userTaskKey']), { type: 'complete-user-task', variables, by }));
    return true;
  }
  const waiting = await waitingFor(stage, progress.play);
  if (waiting !== undefined) {
    await send(stage, waiting, answerOf(String(waiting['elementId']), progress));
    return true;
  }
  return await nextTimer(stage);
}

/** The subscription that is served next. */
async function waitingFor(stage: Stage, { messages }: Play): Promise<Row | undefined> {
  const all = await stage.rows('subscriptions', { messageSubscriptionState: 'CREATED' });
  const open = all.filter((row) => typeof row['processInstanceKey'] === 'string' && row['kind'] !== 'condition');
  if (messages === undefined) return open[0];
  return messages.map((name) => open.find((row) => row['messageName'] === name)).find((row) => row !== undefined);
}

async function doJob(stage: Stage, job: Row, progress: Progress): Promise<boolean> {
  const variables = answerOf(String(job['type']), progress);
  await stage.done(stage.runtime.execute(String(job['jobKey']), { type: 'complete-job', variables, by }));
  return true;
}

function answerOf(name: string, { play, times }: Progress): Variables {
  const answers = play.answers?.[name] ?? [];
  const time = times.get(name) ?? 0;
  times.set(name, time + 1);
  return answers[Math.min(time, answers.length - 1)] ?? {};
}

async function send(stage: Stage, subscription: Row, variables: Variables): Promise<void> {
  const name = String(subscription['messageName']);
  if (subscription['kind'] === 'signal') return void (await stage.done(stage.runtime.broadcastSignal(name, variables, by)));
  const key = subscription['correlationKey'];
  await stage.done(stage.runtime.correlateMessage({ name, variables, ...(typeof key === 'string' && { correlationKey: key }) }, by));
}

/** Moves to the next moment at which a timer is due; false when none is set. */
export async function nextTimer(stage: Stage): Promise<boolean> {
  const due = (await stage.rows('timers', {})).map((row) => Number(row['dueAt'])).sort((a, b) => a - b)[0];
  if (due === undefined) return false;
  await stage.done(stage.runtime.moveClock(Math.max(due, stage.runtime.clock.now())));
  return true;
}

async function whereItWaits(stage: Stage): Promise<string> {
  const active = await stage.rows('elementInstances', { state: 'ACTIVE' });
  return `waits at ${active.map((row) => `${String(row['elementId'])} (${String(row['type'])})`).join(', ') || 'nothing'}`;
}
