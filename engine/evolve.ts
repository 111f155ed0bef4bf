/**
 * (state, event) → state: the only code that builds state. Total and boring: no decisions, no look-ups in the model, one case per event.
 *
 * DANGER: it changes the state that it is given, and answers the same one. Copying would make every event cost as much as the whole
 * state (docs/adr/0004-decide-consumes-state.md). Whoever wants to keep a state, keeps its text: `serialize`.
 */
import type { Internal, PendingChange } from './internal.ts';
import { migrate } from './migrate.ts';
import type { ElementInstance, InstanceState, Variable } from './state.ts';
import type { ElementId, Event, EventType, Json } from './terms.ts';

type Applier<T extends EventType> = (state: InstanceState, event: Extract<Event, { readonly t: T }>) => void;

/** Applies one event. `state` is undefined before `instance-created` and must not be afterwards. */
export function evolve(state: InstanceState | undefined, event: Event): InstanceState {
  if (event.t === 'instance-created') return created(event);
  if (state === undefined) throw new Error(`Expected 'instance-created' to be the first event, but it is '${event.t}'.`);
  const apply = Object.hasOwn(appliers, event.t) ? (appliers[event.t] as Applier<EventType>) : undefined;
  if (apply === undefined) throw unknown(event.t);
  apply(state, event);
  return state;
}

function unknown(type: string): Error {
  return new Error(`Expected an event that this version can replay, but it does not know the event type '${type}'.`);
}

function created(event: Extract<Event, { readonly t: 'instance-created' }>): InstanceState {
  const state: InstanceState = {
    key: event.key,
    processId: event.processId,
    processKey: event.processKey,
    processVersion: event.processVersion,
    ...(event.parent && { parent: event.parent }),
    ...(event.businessId !== undefined && { businessId: event.businessId }),
    ...(event.tags && { tags: event.tags }),
    ...(event.terminateAfter && { terminateAfter: event.terminateAfter }),
    status: 'active',
    counter: 0,
    elements: new Map(),
    variables: new Map(),
    jobs: new Map(),
    tasks: new Map(),
    timers: new Map(),
    subscriptions: new Map(),
    conditions: new Set(),
    incidents: new Map(),
  };
  state.elements.set(0, { n: 0, element: event.processId, scope: -1 });
  return state;
}

const nothing = () => {};

const appliers: { readonly [T in Exclude<EventType, 'instance-created'>]: Applier<T> } = {
  'instance-completed': (state) => end(state, 'completed'),
  'instance-terminated': (state) => end(state, 'terminated'),
  'instance-suspended': (state) => void (state.status = 'suspended'),
  'instance-resumed': (state) => void (state.status = 'active'),
  'instance-migrated': (state, event) => {
    state.processId = event.processId;
    state.processKey = event.processKey;
    state.processVersion = event.processVersion;
    migrate(state, event);
  },
  'business-id-assigned': (state, event) => void (state.businessId = event.businessId),
  'propagated-to-parent': nothing,

  'element-activated': (state, event) => {
    number(state, event.n);
    const made: ElementInstance = { n: event.n, element: event.element, scope: event.scope };
    state.elements.set(event.n, event.loop === undefined ? made : { ...made, loop: event.loop });
    if (event.body) instance(state, event.n).body = { started: 0, completed: 0, terminated: 0 };
    const scope = instance(state, event.scope);
    (scope.children ??= new Set()).add(event.n);
    if (scope.body) scope.body.started++;
    for (const flow of event.takes ?? []) takeToken(scope, flow);
  },
  'element-completed': (state, event) => {
    const body = state.elements.get(instance(state, event.n).scope)?.body;
    if (body) body.completed++;
    remove(state, event.n);
  },
  'element-terminated': (state, event) => {
    const body = state.elements.get(instance(state, event.n).scope)?.body;
    if (body) body.terminated++;
    remove(state, event.n);
  },
  'flow-taken': (state, event) => {
    if (event.waitsAt === undefined) return;
    const tokens = (instance(state, event.scope).tokens ??= new Map<ElementId, number>());
    tokens.set(event.flow, (tokens.get(event.flow) ?? 0) + 1);
  },

  'variable-set': (state, event) => {
    number(state, event.n);
    let scope = state.variables.get(event.scope);
    if (scope === undefined) state.variables.set(event.scope, (scope = new Map<string, Variable>()));
    const known = scope.get(event.name);
    if (known) known.value = event.value;
    else scope.set(event.name, { n: event.n, value: event.value });
  },

  'job-created': (state, event) => {
    own(state, event);
    state.jobs.set(event.n, {
      n: event.n,
      el: event.el,
      type: event.jobType,
      kind: event.kind,
      retries: event.retries,
      ...(event.listener && { listener: event.listener }),
      ...(event.index !== undefined && { index: event.index }),
    });
  },
  'job-completed': (state, event) => disown(state, state.jobs, event.n),
  'job-failed': (state, event) => void (found(state.jobs, event.n).retries = event.retries),
  'job-error-thrown': (state, event) => disown(state, state.jobs, event.n),
  'job-updated': (state, event) => {
    if (event.retries !== undefined) found(state.jobs, event.n).retries = event.retries;
  },
  'job-canceled': (state, event) => disown(state, state.jobs, event.n),

  'user-task-created': (state, event) => {
    own(state, event);
    state.tasks.set(event.n, { n: event.n, el: event.el, fields: event.fields });
  },
  'user-task-assigned': (state, event) => {
    const task = found(state.tasks, event.n);
    task.fields = { ...task.fields, assignee: event.assignee };
  },
  'user-task-updated': (state, event) => {
    const task = found(state.tasks, event.n);
    task.fields = { ...task.fields, ...event.changes };
  },
  'user-task-completed': (state, event) => disown(state, state.tasks, event.n),
  'user-task-canceled': (state, event) => disown(state, state.tasks, event.n),

  'timer-scheduled': (state, event) => {
    own(state, event);
    state.timers.set(event.n, {
      n: event.n,
      el: event.el,
      element: event.element,
      dueAt: event.dueAt,
      ...(event.repeat !== undefined && { repeat: event.repeat }),
    });
  },
  'timer-fired': (state, event) => disown(state, state.timers, event.n),
  'timer-canceled': (state, event) => disown(state, state.timers, event.n),
  'subscription-opened': (state, event) => {
    own(state, event);
    state.subscriptions.set(event.n, { n: event.n, el: event.el, element: event.element, kind: event.kind, name: event.name });
    if (event.kind === 'condition') state.conditions.add(event.n);
  },
  'subscription-correlated': nothing,
  'subscription-closed': (state, event) => {
    state.conditions.delete(event.n);
    disown(state, state.subscriptions, event.n);
  },

  'child-requested': nothing,
  'child-cancel-requested': nothing,
  'user-task-thrown': nothing,
  'signal-broadcast': nothing,
  'decision-evaluated': (state, event) => number(state, event.n),

  'incident-raised': (state, event) => {
    own(state, event);
    const step = event.step as never;
    state.incidents.set(event.n, {
      n: event.n,
      el: event.el,
      kind: event.kind,
      ...(event.job !== undefined && { job: event.job }),
      ...(event.step !== undefined && { step }),
    });
  },
  'incident-resolved': (state, event) => disown(state, state.incidents, event.n),

  internal: (state, event) => {
    const internal = event as Internal;
    if (!Object.hasOwn(internals, internal.what)) throw unknown(`internal ${String(internal.what)}`);
    (internals[internal.what] as (state: InstanceState, event: Internal) => void)(state, internal);
  },
};

const internals: { readonly [W in Internal['what']]: (state: InstanceState, event: Extract<Internal, { readonly what: W }>) => void } = {
  begun: (state, event) => void (instance(state, event.n).begin = event.begin),
  draining: (state, event) => {
    const scope = instance(state, event.n);
    scope.draining = event.then;
    delete scope.tokens;
    delete scope.resetting;
  },
  drained: (state, event) => {
    const scope = instance(state, event.n);
    delete scope.draining;
    scope.interrupted = true;
  },
  paused: (state, event) => {
    if (event.paused) state.paused = event.paused;
    else delete state.paused;
  },
  looping: (state, event) => {
    const { body } = instance(state, event.n);
    if (body === undefined) throw new Error(`Expected element instance ${event.n} to be a body, but it is none.`);
    const output = event.collects ? { output: Array.from<Json>({ length: event.size ?? 0 }).fill(null) } : {};
    instance(state, event.n).body = {
      ...body,
      ...(event.size !== undefined && { size: event.size }),
      ...(event.items && { items: event.items }),
      ...output,
    };
  },
  collected: (state, event) => {
    const collector = instance(state, event.n);
    if (event.index === undefined) (collector.collected ??= []).push(event.value);
    else if (collector.body?.output) collector.body.output[event.index] = event.value;
  },
  compensable: (state, event) => void (instance(state, event.n).compensable ??= []).push(event.record),
  compensating: (state, event) => {
    const scope = instance(state, event.n);
    if (event.records.length === 0) delete scope.compensable;
    else scope.compensable = [...event.records];
  },
  resetting: (state, event) => {
    const scope = instance(state, event.n);
    (scope.resetting ??= new Map<ElementId, readonly ElementId[]>()).set(event.gateway, event.flows);
  },
  reset: (state, event) => {
    const scope = instance(state, event.n);
    scope.resetting?.delete(event.gateway);
    if (scope.resetting?.size === 0) delete scope.resetting;
  },
  queued: (state, event) => {
    const scope = instance(state, event.n);
    if (event.queued.length === 0) delete scope.queued;
    else scope.queued = [...event.queued];
  },
  enough: (state, event) => void (instance(state, event.n).enough = true),
  completing: (state, event) => void (instance(state, event.n).completing = true),
  handling: (state, event) =>
    void (instance(state, event.n).handles = { thrower: event.thrower, ...(event.remaining && { remaining: event.remaining }) }),
  'task-pending': (state, event) => {
    const task = found(state.tasks, event.n);
    if (event.change === null) delete task.pending;
    else task.pending = event.change satisfies PendingChange;
  },
};

// ---------------------------------------------------------------- what the appliers are made of

function instance(state: InstanceState, n: number): ElementInstance {
  return found(state.elements, n);
}

function found<T>(map: ReadonlyMap<number, T>, n: number): T {
  const thing = map.get(n);
  if (thing === undefined)
    throw new Error(`Expected number ${n} to exist in this instance, but it does not: events are missing or out of order.`);
  return thing;
}

function number(state: InstanceState, n: number): void {
  if (n > state.counter) state.counter = n;
}

function own(state: InstanceState, event: { readonly n: number; readonly el: number }): void {
  number(state, event.n);
  (instance(state, event.el).owned ??= []).push(event.n);
}

function disown<T extends { readonly el: number }>(state: InstanceState, map: Map<number, T>, n: number): void {
  const { owned } = instance(state, found(map, n).el);
  map.delete(n);
  const at = owned?.indexOf(n) ?? -1;
  if (at >= 0) owned?.splice(at, 1);
}

function takeToken(scope: ElementInstance, flow: ElementId): void {
  const left = (scope.tokens?.get(flow) ?? 0) - 1;
  if (left > 0) scope.tokens?.set(flow, left);
  else scope.tokens?.delete(flow);
}

/** An element instance that has ended leaves nothing behind; the machine has closed what it owned before. */
function remove(state: InstanceState, n: number): void {
  state.elements.get(instance(state, n).scope)?.children?.delete(n);
  state.variables.delete(n);
  state.elements.delete(n);
}

function end(state: InstanceState, status: 'completed' | 'terminated'): void {
  state.status = status;
  state.elements.clear();
  state.variables.clear();
}
