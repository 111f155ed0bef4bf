/**
 * The way of every element instance, whatever its kind: activate → open → enter … complete → leave. One function per step.
 * Each answers the step that follows at once, if one does.
 */
import { elementOf } from '../process.ts';
import type { Element, Flow, ListenerSpec } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { Begin, Step, StepOf } from '../step.ts';
import { isIdle, takeFlow } from './activation.ts';
import { evaluateBoolean } from './evaluate.ts';
import { throwStep } from './catching.ts';
import { createJob } from './jobs.ts';
import { closeOwned } from './owned.ts';
import { handlerEnded, recordCompensable } from './compensation.ts';
import type { Run } from './run.ts';
import { mapInputs, mapOutputs } from './variables.ts';
import { childEnded, drain, endOfInstance, isLast, terminate } from './termination.ts';
import { endOfRun } from './loop.ts';
import { openBoundaries, openEventSubProcesses, openWaits, repeatTimer, triggersOf, waitingOf } from './waits.ts';
import { taskStep } from './task-listeners.ts';

type Perform<D extends Step['do']> = (run: Run, step: StepOf<D>, instance: ElementInstance) => Step | void;

export const steps: { readonly [D in Step['do']]: Perform<D> } = {
  activate,
  open,
  enter,
  complete,
  resume,
  cancelled,
  leave,
  listen,
  throw: throwStep,
  join: (run, { n }) => void run.touched.add(n),
  stuck: (run, { n }) => void run.touched.add(n),
  rest: (run, { steps }) => steps.forEach((step) => run.push(step)),
  reopen: (run, { elements }, instance) =>
    openWaits(
      run,
      instance,
      elements.map((id) => waitingOf(run, id)),
    ),
  repeat: repeatTimer,
  task: taskStep,
};

function begin({ payload, at }: Begin): Begin {
  return { ...(payload && { payload }), ...(at && { at }) };
}

function activate(run: Run, step: StepOf<'activate'>, instance: ElementInstance): Step {
  const element = run.elementOf(instance);
  if (!instance.body) mapInputs(run, instance, element);
  if (element.listeners.length === 0) return { ...step, do: 'open' };
  return { ...step, do: 'listen', event: instance.body ? 'BEFORE_ALL' : 'START', index: 0 };
}

/** Boundary events hang on the whole of a repeated activity; event sub-processes are inside each run. */
function open(run: Run, step: StepOf<'open'>, instance: ElementInstance): Step {
  const element = run.elementOf(instance);
  if (element.boundaries.length > 0 && isOutermost(instance, element)) openBoundaries(run, instance, element);
  if ('eventSubProcesses' in element && element.eventSubProcesses.length > 0 && !instance.body)
    openEventSubProcesses(run, instance, element);
  return { ...step, do: 'enter' };
}

function isOutermost(instance: ElementInstance, element: Element): boolean {
  return element.loop === undefined || instance.body !== undefined;
}

function enter(run: Run, step: StepOf<'enter'>, instance: ElementInstance): void {
  run.behaviorOf(instance).enter(run, instance, run.elementOf(instance), begin(step));
}

function complete(run: Run, step: StepOf<'complete'>, instance: ElementInstance): Step | undefined {
  // an event may have started something new inside since this was pushed; the last child will push it again
  if (instance.children !== undefined && !isIdle(instance)) return undefined;
  const element = run.elementOf(instance);
  run.behaviorOf(instance).completing?.(run, instance, element);
  if (!instance.body) mapOutputs(run, instance, { outputs: element.outputs, result: step.payload });
  if (instance.body || listenersFor(element, 'END').length === 0) return { do: 'leave', n: instance.n };
  closeOwned(run, instance.n);
  run.emit({ t: 'internal', what: 'completing', n: instance.n });
  return { do: 'listen', n: instance.n, event: 'END', index: 0 };
}

/** Creates the job of the next listener and waits for it; after the last one the element instance goes on. */
function listen(run: Run, step: StepOf<'listen'>, instance: ElementInstance): Step | undefined {
  const listeners = listenersFor(run.elementOf(instance), step.event);
  const listener = listeners[step.index];
  if (listener === undefined) return afterListeners(run, step, instance);
  createJob(run, instance.n, { spec: listener, kind: 'EXECUTION_LISTENER', listener: step.event, index: step.index });
  if (step.payload || step.at) run.emit({ t: 'internal', what: 'begun', n: instance.n, begin: begin(step) });
  return undefined;
}

function afterListeners(run: Run, step: StepOf<'listen'>, { n }: ElementInstance): Step | undefined {
  if (step.event === 'CANCEL') return void endOfInstance(run);
  return step.event === 'END' ? { do: 'leave', n } : { do: 'open', n, ...begin(step) };
}

function listenersFor(element: Element, event: string): readonly ListenerSpec[] {
  return element.listeners.filter((listener) => listener.event === event);
}

function resume(run: Run, _step: StepOf<'resume'>, instance: ElementInstance): void {
  run.behaviorOf(instance).resume?.(run, instance, run.elementOf(instance));
}

/** The transaction ends; its cancel boundary event goes on beside it. */
function cancelled(run: Run, { n }: StepOf<'cancelled'>, instance: ElementInstance): void {
  const borders = run.elementOf(instance).boundaries.map((id) => elementOf(run.world.process, id));
  const boundary = borders.find(
    (border) => border.kind === 'boundary-event' && triggersOf(border.trigger).some(({ type }) => type === 'cancel'),
  );
  terminate(run, n, boundary && { element: boundary.id });
}

function leave(run: Run, _step: StepOf<'leave'>, instance: ElementInstance): void {
  // while its leaving was an incident, something new began inside: the last child will end it
  if (instance.children !== undefined && !isIdle(instance)) return;
  const { n, scope } = instance;
  const element = run.elementOf(instance);
  const behavior = run.behaviorOf(instance);
  const isRun = instance.loop !== undefined;
  // whatever can fail comes before the first event
  const flows = isRun || element.kind === 'process' ? [] : (behavior.choose?.(run, instance, element) ?? openFlows(run, instance, element));
  const enough = isRun && endOfRun(run, instance, element);
  if (n > 0) tellScope(run, instance, flows);
  recordCompensable(run, instance, element);
  closeOwned(run, n);
  if (n > 0) run.emit({ t: 'element-completed', n, at: run.at });
  if (isLast(run, instance)) return terminate(run, 0);
  for (const flow of flows) takeFlow(run, flow, scope);
  behavior.completed?.(run, instance, element);
  if (instance.handles) handlerEnded(run, instance.handles, scope);
  if (enough) drain(run, scope, { end: 'complete' });
  else childEnded(run, scope);
}

function tellScope(run: Run, child: ElementInstance, flows: readonly Flow[]): void {
  const scope = run.instance(child.scope);
  run.behaviorOf(scope).childLeaving?.(run, scope, { child, flows });
}

/** Every flow without a condition or whose condition holds; the default when there is no other. */
function openFlows(run: Run, instance: ElementInstance, element: Element): readonly Flow[] {
  const conditional = element.outgoing.some((flow) => flow.condition);
  if (!conditional) return element.outgoing;
  const holding = element.outgoing.filter((flow) => flow.id !== element.defaultFlow && holds(run, instance.n, flow));
  return holding.length > 0 ? holding : element.outgoing.filter((flow) => flow.id === element.defaultFlow);
}

/** Does this flow's condition hold, seen from the element instance? A flow without one always does. */
export function holds(run: Run, n: number, flow: Flow): boolean {
  return (
    flow.condition === undefined ||
    evaluateBoolean(run, flow.condition, { n, what: `the condition of flow '${flow.id}'`, kind: 'EXTRACT_VALUE_ERROR' })
  );
}
