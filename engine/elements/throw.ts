import { activate } from '../machine/activation.ts';
import type { Behavior } from '../machine/behavior.ts';
import { compensate, takeCompensable } from '../machine/compensation.ts';
import { evaluateText } from '../machine/evaluate.ts';
import { createJob } from '../machine/jobs.ts';
import type { Run } from '../machine/run.ts';
import { drain } from '../machine/termination.ts';
import { propagate, setAllLocal } from '../machine/variables.ts';
import { triggersOf } from '../machine/waits.ts';
import { visibleVariables, localVariables } from '../machine/visible.ts';
import { elementOf } from '../process.ts';
import type { ElementOf, Trigger, TriggerType } from '../process.ts';
import type { ElementInstance } from '../state.ts';

type Throwing = ElementOf<'throw-event'> | ElementOf<'end-event'>;

/** Intermediate throw events and end events: the same deeds. */
export const throwing: Behavior<Throwing> = {
  enter: (run, instance, element) => {
    if (element.job) return createJob(run, instance.n, { spec: element.job, kind: 'BPMN_ELEMENT' });
    if (element.trigger.type === 'multiple') return throwAll(run, instance, element.trigger.of);
    throwOne(run, instance, element.trigger);
  },
  jobDone: (run, instance, { variables }) => {
    const { trigger, outputs } = run.elementOf(instance) as Throwing;
    if (trigger.type !== 'multiple') return run.push({ do: 'complete', n: instance.n, payload: variables });
    // the message is sent: now come the other parts
    if (outputs.length > 0) setAllLocal(run, instance.n, variables);
    else propagate(run, instance.n, variables);
    throwAll(run, instance, trigger.of);
  },
  completed: (run, instance, { trigger }) => {
    const types = triggersOf(trigger).map(({ type }) => type);
    if (types.includes('terminate')) drain(run, instance.scope, { end: 'complete' });
    if (types.includes('cancel')) cancelTransaction(run, instance);
    if (trigger.type === 'link') followLink(run, instance, trigger.name);
  },
};

type Deed<T extends TriggerType> = (run: Run, instance: ElementInstance, trigger: Extract<Trigger, { readonly type: T }>) => void;
type Throwable = Exclude<TriggerType, 'message' | 'timer' | 'condition' | 'multiple'>;

/** One deed per type; each ends by completing the event, at once or later. */
const deeds: { readonly [T in Throwable]: Deed<T> } = {
  none: complete,
  link: complete,
  terminate: complete,
  signal: (run, instance, trigger) => {
    preparedSignal(run, instance, trigger)();
    complete(run, instance);
  },
  error: (run, instance, trigger) => preparedCode(run, instance, { kind: 'error', trigger })(),
  escalation: (run, instance, trigger) => {
    preparedCode(run, instance, { kind: 'escalation', trigger })();
    complete(run, instance);
  },
  compensation: (run, instance, trigger) => throwCompensation(run, instance, trigger),
  cancel: complete,
};

function throwOne(run: Run, instance: ElementInstance, trigger: Trigger): void {
  const deed = deeds[trigger.type as Throwable] as Deed<TriggerType> | undefined;
  if (deed === undefined) throw new Error(`Expected an event that can be thrown, but found '${trigger.type}'.`);
  deed(run, instance, trigger);
}

/**
 * Signals and escalations of a multiple event in their order, then what ends it. Messages were sent before, by a job.
 * Everything is evaluated before the first part takes effect, so that resolving an incident does none of them twice.
 */
function throwAll(run: Run, instance: ElementInstance, triggers: readonly Trigger[]): void {
  const parts = triggers.flatMap((trigger) => preparedPart(run, instance, trigger) ?? []);
  const last = triggers.find((trigger) => trigger.type === 'error' || trigger.type === 'compensation' || trigger.type === 'cancel');
  const code = last?.type === 'error' ? preparedCode(run, instance, { kind: 'error', trigger: last }) : undefined;
  for (const part of parts) part();
  if (code) code();
  else if (last) throwOne(run, instance, last);
  else complete(run, instance);
}

function preparedPart(run: Run, instance: ElementInstance, trigger: Trigger): (() => void) | undefined {
  if (trigger.type === 'signal') return preparedSignal(run, instance, trigger);
  return trigger.type === 'escalation' ? preparedCode(run, instance, { kind: 'escalation', trigger }) : undefined;
}

function complete(run: Run, { n }: ElementInstance): void {
  run.push({ do: 'complete', n });
}

/** With input mappings the signal carries exactly what they made, else everything that is visible. */
function preparedSignal(run: Run, { n }: ElementInstance, trigger: Extract<Trigger, { type: 'signal' }>): () => void {
  const name = evaluateText(run, trigger.name, { n, what: 'the name of the signal', kind: 'EXTRACT_VALUE_ERROR' });
  const local = localVariables(run.state, n);
  const variables = run.elementOf(run.instance(n)).inputs.length > 0 ? local : visibleVariables(run.state, n);
  return () => run.emit({ t: 'signal-broadcast', el: n, name, variables });
}

function preparedCode(
  run: Run,
  { n }: ElementInstance,
  thrown: { readonly kind: 'error' | 'escalation'; readonly trigger: Extract<Trigger, { type: 'error' | 'escalation' }> },
): () => void {
  const { kind, trigger } = thrown;
  const code = evaluateText(run, trigger.code ?? { fixed: '' }, { n, what: `the ${kind} code`, kind: 'EXTRACT_VALUE_ERROR' });
  return () => run.push({ do: 'throw', n, kind, code, variables: localVariables(run.state, n) });
}

function followLink(run: Run, { scope }: ElementInstance, name: string): void {
  const parent = run.elementOf(run.instance(scope)).id;
  const target = run.world.process.links.get(parent)?.get(name);
  if (target !== undefined) activate(run, elementOf(run.world.process, target), scope);
}

/** Undoes one activity, or everything that has completed in the scope (from inside an event sub-process: in the scope around it). */
function throwCompensation(run: Run, instance: ElementInstance, trigger: Extract<Trigger, { type: 'compensation' }>): void {
  const scope = run.instance(instance.scope);
  const around = run.elementOf(scope).kind === 'event-sub-process' && scope.handles === undefined ? scope.scope : scope.n;
  const records = takeCompensable(run, around, trigger.activity);
  compensate(run, instance.n, { scope: around, records });
  if (trigger.wait === false && records.length > 0) complete(run, instance);
}

/** Everything in the transaction stops, what has completed is undone, then the cancel boundary event goes on. */
function cancelTransaction(run: Run, { scope }: ElementInstance): void {
  let n = scope;
  while (run.elementOf(run.instance(n)).kind !== 'transaction') n = run.instance(n).scope;
  drain(run, n, { end: 'cancel' });
}
