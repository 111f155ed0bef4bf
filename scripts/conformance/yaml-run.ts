/** Plays one YAML case on the runtime. Verifications may come true later: the clock moves from timer to timer until they do. */
import { isDeepStrictEqual } from 'node:util';
import type { Key, Variables } from '../../engine/terms.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { takenFlows } from '../../runtime/taken-flows.ts';
import type { Resource } from '../../runtime/runtime.ts';
import { by, openStage, ScenarioFailure } from '../../scenarios/stage.ts';
import type { Mock, Stage } from '../../scenarios/stage.ts';
import { nextTimer } from './drive.ts';
import type { Args, YamlCase } from './yaml-case.ts';

interface Play {
  readonly stage: Stage;
  /** instances by alias; the last one made is under '' */
  readonly instances: Map<string, Key>;
}

/** Which instruction failed and why; undefined when all held. `index`: from 1; 0 = could not be deployed. */
export interface YamlFailure {
  readonly index: number;
  readonly why: string;
}

const MOST_TIMERS = 20;

/** External workers that the cases speak of, by job type. */
const workers: ReadonlyMap<string, (variables: Variables) => Variables> = new Map([
  ['external-worker', (variables: Variables) => ({ x: Number(variables['x']) + 1 })],
]);

export async function runYamlCase(resources: readonly Resource[], { instructions }: YamlCase): Promise<YamlFailure | undefined> {
  let index = 0;
  let stage: Stage | undefined;
  try {
    stage = await openStage(resources);
    const play: Play = { stage, instances: new Map() };
    for (const { kind, name, args } of instructions) {
      index += 1;
      if (kind === 'action' && !/^await-/.test(name)) await act(play, name, args);
      else await eventually(play, () => verify(play, name.replace(/^await-/, ''), args));
      await stage.settle();
    }
    return undefined;
  } catch (error) {
    if (error instanceof ScenarioFailure) return { index, why: error.message };
    throw error;
  } finally {
    await stage?.close();
  }
}

async function eventually({ stage }: Play, check: () => Promise<string | undefined>): Promise<void> {
  for (let timers = 0; ; timers += 1) {
    await stage.settle();
    await workOutside(stage);
    const wrong = await check();
    if (wrong === undefined) return;
    if (timers >= MOST_TIMERS || !(await nextTimer(stage))) throw new ScenarioFailure(wrong);
  }
}

async function workOutside(stage: Stage): Promise<void> {
  for (const [type, work] of workers) {
    const request = { type, worker: 'outside', max: 10, timeoutMs: 60_000, waitMs: 0 };
    for (const { job, variables } of await stage.runtime.activateJobs(request, new AbortController().signal))
      await stage.done(stage.runtime.execute(String(job['jobKey']), { type: 'complete-job', variables: work(variables), by }));
  }
  await stage.runtime.settled();
}

const variablesOf = (args: Args): Variables => JSON.parse(args['variables'] ?? '{}') as Variables;

function instanceOf({ instances }: Play, args: Args): Key {
  const alias = args['process_instance'] ?? args['process-instance'] ?? args['process'] ?? '';
  const key = instances.get(alias);
  if (key === undefined) throw new ScenarioFailure(`there is no instance '${alias}'`);
  return key;
}

/** The oldest open job of this type is done; when there is none yet, a worker waits for it, as in the original runner. */
async function doJob({ stage }: Play, type: string, mock: Mock): Promise<void> {
  await stage.runtime.settled();
  const [job] = await stage.rows('jobs', { type, open: true });
  if (job === undefined) return void stage.mocks.set(type, mock);
  const command =
    'errorCode' in mock ? ({ type: 'throw-job-error', ...mock, by } as const) : ({ type: 'complete-job', ...mock, by } as const);
  await stage.done(stage.runtime.execute(String(job['jobKey']), command));
}

async function act(play: Play, name: string, args: Args): Promise<unknown> {
  const { stage, instances } = play;
  const { runtime } = stage;
  const variables = variablesOf(args);
  switch (name) {
    case 'create-instance': {
      const started = await stage.done(runtime.startInstance({ processDefinitionId: args['bpmn_process_id'] ?? '', variables }, by));
      const { processInstanceKey: key } = started as { readonly processInstanceKey: Key };
      return instances.set('', key).set(args['process_instance_alias'] ?? '', key);
    }
    case 'complete-task':
      return await doJob(play, args['job_type'] ?? '', { variables });
    case 'throw-error':
      return await doJob(play, args['job_type'] ?? '', { errorCode: args['error_code'] ?? '', variables });
    case 'publish-message': {
      const { message_name: message = '', correlation_key: correlationKey = '' } = args;
      return await stage.done(runtime.publishMessage({ name: message, correlationKey, variables, timeToLive: 10_000 }, by));
    }
    case 'cancel-instance':
      return await stage.done(runtime.execute(instanceOf(play, args), { type: 'cancel-instance', by }));
    default:
      throw new ScenarioFailure(`this runner does not know the action '${name}'`);
  }
}

/** What is not so; undefined when it is. */
async function verify(play: Play, name: string, args: Args): Promise<string | undefined> {
  switch (name.replace('workflow-instance', 'process-instance')) {
    case 'process-instance-state':
      return await instanceState(play, args);
    case 'element-instance-state':
      return await elementState(play, args);
    case 'process-instance-variable':
      return await variable(play, args, true);
    case 'no-process-instance-variable':
      return await variable(play, args, false);
    case 'incident-state':
      return await incident(play, args);
    default:
      throw new ScenarioFailure(`this runner does not know the verification '${name}'`);
  }
}

const states: Readonly<Record<string, string>> = { activated: 'ACTIVE', completed: 'COMPLETED', terminated: 'TERMINATED' };

async function instanceState(play: Play, args: Args): Promise<string | undefined> {
  const [row] = await play.stage.rows('processInstances', { processInstanceKey: instanceOf(play, args) });
  const state = states[args['state'] ?? ''];
  return row?.['state'] === state ? undefined : `the instance is ${String(row?.['state'])} instead of ${state ?? '?'}`;
}

function elementFilter(play: Play, args: Args): Filter {
  const { element_id: elementId, element_name: elementName } = args;
  return {
    processInstanceKey: instanceOf(play, args),
    ...(elementId !== undefined && { elementId }),
    ...(elementName !== undefined && { elementName }),
  };
}

async function elementState(play: Play, args: Args): Promise<string | undefined> {
  const filter = elementFilter(play, args);
  const shown = args['element_id'] ?? args['element_name'] ?? '';
  if (args['state'] === 'taken') {
    const flows = takenFlows(await play.stage.rows('sequenceFlows', { processInstanceKey: instanceOf(play, args) }));
    return flows.some((row) => row['elementId'] === shown) ? undefined : `flow ${shown} was not taken`;
  }
  const rows = await play.stage.rows('elementInstances', filter);
  const state = states[args['state'] ?? ''] ?? '?';
  return rows.some((row) => row['state'] === state)
    ? undefined
    : `${shown} is ${rows.map((row) => row['state']).join(', ') || 'not there'} instead of ${state}`;
}

/** In the element's own scope when one is named, else in the instance's. */
async function variable(play: Play, args: Args, expected: boolean): Promise<string | undefined> {
  const named = args['element_id'] !== undefined || args['element_name'] !== undefined;
  const scopes: readonly Row[] = named ? await play.stage.rows('elementInstances', elementFilter(play, args)) : [];
  const keys = named ? scopes.map((row) => String(row['elementInstanceKey'])) : [instanceOf(play, args)];
  const { name = '', value } = args;
  const found = (await play.stage.rows('variables', { processInstanceKey: instanceOf(play, args), name })).filter((row) =>
    keys.includes(String(row['scopeKey'])),
  );
  const holds = found.some((row) => value === undefined || isDeepStrictEqual(JSON.parse(String(row['value'])), JSON.parse(value)));
  if (holds === expected) return undefined;
  return `variable ${name} is ${found.map((row) => String(row['value'])).join(', ') || 'not there'}${expected ? ` instead of ${value ?? 'there'}` : ''}`;
}

/** Our sentences are our own: of the expected message, the names in quotation marks must be in ours. */
async function incident(play: Play, args: Args): Promise<string | undefined> {
  const rows = await play.stage.rows('incidents', {
    processInstanceKey: instanceOf(play, args),
    state: args['state'] === 'created' ? 'ACTIVE' : 'RESOLVED',
  });
  const elements = await play.stage.rows('elementInstances', elementFilter(play, args));
  const names = [...(args['error_message'] ?? '').matchAll(/'[^']*'/g)].map(([name]) => name);
  const match = rows.some(
    (row) =>
      row['errorType'] === args['error_type'] &&
      elements.some((element) => element['elementId'] === row['elementId']) &&
      names.every((name) => String(row['errorMessage']).includes(name)),
  );
  const found = rows.map((row) => `${String(row['errorType'])} at ${String(row['elementId'])}: ${String(row['errorMessage'])}`);
  return match ? undefined : `expected ${args['error_type'] ?? ''}, but there is ${found.join('; ') || 'no incident'}`;
}
