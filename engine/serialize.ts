/**
 * State ↔ text, compact: arrays by position, nothing that can be derived (children and owners follow from the parts).
 * `parse(serialize(state))` continues exactly like `state`; the property tests hold that.
 */
import type { ElementInstance, InstanceState, JobState, SubscriptionState, TaskState, TimerState, Variable } from './state.ts';
import type { Json } from './terms.ts';

const FORMAT = 1;
const STATUS = ['active', 'suspended', 'completed', 'terminated'] as const;
const KINDS = ['message', 'signal', 'condition'] as const;
const JOB_KINDS = ['BPMN_ELEMENT', 'EXECUTION_LISTENER', 'TASK_LISTENER', 'AD_HOC_SUB_PROCESS'] as const;

type Packed = [
  format: number,
  key: string,
  processId: string,
  processKey: string,
  version: number,
  counter: number,
  status: number,
  head: object,
  elements: unknown[],
  variables: unknown[],
  jobs: unknown[],
  tasks: unknown[],
  timers: unknown[],
  subscriptions: unknown[],
  incidents: unknown[],
];

export function serialize(state: InstanceState): string {
  const { parent, businessId, tags, terminateAfter, paused } = state;
  const packed: Packed = [
    FORMAT,
    state.key,
    state.processId,
    state.processKey,
    state.processVersion,
    state.counter,
    STATUS.indexOf(state.status),
    { parent, businessId, tags, terminateAfter, paused },
    [...state.elements.values()].map(packElement),
    [...state.variables].map(([scope, names]) => [scope, ...[...names].flatMap(([name, variable]) => [name, variable.n, variable.value])]),
    [...state.jobs.values()].map((job) =>
      trimmed([job.n, job.el, job.type, job.retries, JOB_KINDS.indexOf(job.kind), job.listener, job.index]),
    ),
    [...state.tasks.values()].map((task) => trimmed([task.n, task.el, task.fields, task.pending])),
    [...state.timers.values()].map((timer) => trimmed([timer.n, timer.el, timer.element, timer.dueAt, timer.repeat])),
    [...state.subscriptions.values()].map((wait) => [wait.n, wait.el, wait.element, KINDS.indexOf(wait.kind), wait.name]),
    [...state.incidents.values()].map((incident) => trimmed([incident.n, incident.el, incident.kind, incident.job, incident.step])),
  ];
  return JSON.stringify(packed);
}

function packElement(instance: ElementInstance): unknown[] {
  const { body, draining, interrupted, compensable, enough, completing, handles, collected, begin, queued } = instance;
  const tokens = instance.tokens && instance.tokens.size > 0 ? [...instance.tokens].flat() : undefined;
  const resetting = instance.resetting && [...instance.resetting];
  const rest = { body, tokens, resetting, draining, interrupted, compensable, enough, completing, handles, collected, begin, queued };
  const seldom = Object.values(rest).some((value) => value !== undefined) ? rest : undefined;
  return trimmed([instance.n, instance.element, instance.scope, instance.loop, seldom]);
}

/** Without the absent values at the end; those between become null in JSON. */
function trimmed(values: unknown[]): unknown[] {
  while (values.length > 0 && values.at(-1) === undefined) values.pop();
  return values;
}

/** Text made by `serialize` → state. Throws for anything else: it is our own text, so that is our error. */
export function parse(text: string): InstanceState {
  const packed = JSON.parse(text) as Packed;
  if (packed[0] !== FORMAT) throw new Error(`Expected a state of format ${FORMAT}, but it has format ${String(packed[0])}.`);
  const [
    ,
    key,
    processId,
    processKey,
    processVersion,
    counter,
    status,
    head,
    elements,
    variables,
    jobs,
    tasks,
    timers,
    subscriptions,
    incidents,
  ] = packed;
  const state: InstanceState = {
    key,
    processId,
    processKey,
    processVersion,
    counter,
    status: STATUS[status] ?? 'active',
    ...head,
    elements: new Map(),
    variables: new Map(),
    jobs: new Map(),
    tasks: new Map(),
    timers: new Map(),
    subscriptions: new Map(),
    conditions: new Set(),
    incidents: new Map(),
  };
  for (const row of elements) unpackElement(state, row as Json[]);
  // a scope may be younger than what is in it
  for (const { n, scope } of state.elements.values()) if (n > 0) nest(state, n, scope);
  for (const [scope, ...names] of variables as [number, ...Json[]][]) state.variables.set(scope, unpackVariables(names));
  for (const row of jobs) unpackJob(state, row as never);
  for (const row of tasks) unpackTask(state, row as never);
  for (const row of timers) unpackTimer(state, row as never);
  for (const row of subscriptions) unpackSubscription(state, row as never);
  for (const row of incidents) unpackIncident(state, row as never);
  for (const instance of state.elements.values()) instance.owned?.sort((a, b) => a - b);
  return state;
}

function unpackElement(state: InstanceState, row: readonly Json[]): void {
  const [n, element, scope, loop, seldom] = row as [
    number,
    string,
    number,
    number | null | undefined,
    (Partial<ElementInstance> & { tokens?: never; resetting?: never }) | undefined,
  ];
  const instance: ElementInstance = { n, element, scope, ...seldom, ...(isThere(loop) && { loop }) };
  const tokens = seldom?.tokens as readonly Json[] | undefined;
  if (tokens)
    instance.tokens = new Map(
      tokens.flatMap((flow, index) => (index % 2 === 0 ? [[flow as string, tokens[index + 1] as number] as const] : [])),
    );
  if (seldom?.resetting) instance.resetting = new Map(seldom.resetting as readonly [string, readonly string[]][]);
  state.elements.set(n, instance);
}

function nest(state: InstanceState, n: number, scope: number): void {
  const parent = state.elements.get(scope);
  if (parent) (parent.children ??= new Set()).add(n);
}

/** JSON has null where an array's element was absent. */
function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function unpackVariables(names: readonly Json[]): Map<string, Variable> {
  const scope = new Map<string, Variable>();
  for (let at = 0; at < names.length; at += 3) scope.set(names[at] as string, { n: names[at + 1] as number, value: names[at + 2] as Json });
  return scope;
}

function owned(state: InstanceState, el: number, n: number): void {
  const instance = state.elements.get(el);
  if (instance) (instance.owned ??= []).push(n);
}

function unpackJob(
  state: InstanceState,
  [n, el, type, retries, kind, listener, index]: [number, number, string, number, number, JobState['listener'] | null, number | null],
): void {
  state.jobs.set(n, {
    n,
    el,
    type,
    retries,
    kind: JOB_KINDS[kind] ?? 'BPMN_ELEMENT',
    ...(isThere(listener) && { listener }),
    ...(isThere(index) && { index }),
  });
  owned(state, el, n);
}

function unpackTask(
  state: InstanceState,
  [n, el, fields, pending]: [number, number, TaskState['fields'], TaskState['pending'] | null],
): void {
  state.tasks.set(n, { n, el, fields, ...(isThere(pending) && { pending }) });
  owned(state, el, n);
}

function unpackTimer(state: InstanceState, [n, el, element, dueAt, repeat]: [number, number, string, number, TimerState['repeat']]): void {
  state.timers.set(n, { n, el, element, dueAt, ...(isThere(repeat) && { repeat }) });
  owned(state, el, n);
}

function unpackSubscription(
  state: InstanceState,
  [n, el, element, kind, name]: [number, number, string, number, SubscriptionState['name']],
): void {
  state.subscriptions.set(n, { n, el, element, kind: KINDS[kind] ?? 'message', name });
  if (KINDS[kind] === 'condition') state.conditions.add(n);
  owned(state, el, n);
}

function unpackIncident(state: InstanceState, [n, el, kind, job, step]: [number, number, never, number | null, never]): void {
  state.incidents.set(n, { n, el, kind, ...(isThere(job) && { job }), ...(isThere(step) && { step }) });
  owned(state, el, n);
}
