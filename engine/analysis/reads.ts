import { CLUSTER_NAME } from '../cluster.ts';
import type { Expression } from '../feel/index.ts';
import type { Element, Mapping, Trigger, Value } from '../process.ts';
import { triggersOf } from './scope-net.ts';

export interface Read {
  readonly name: string;
  /** what reads it, for the sentence */
  readonly where: string;
}

/** Expressions that say themselves what happens when a variable is missing. */
const FORGIVING = /is defined\s*\(|get or else\s*\(|=\s*null|\bnull\s*!?=/;

/** Names that an element reads before it does anything, and those that its outgoing flows read. Nothing that only its own result can answer. */
export function readsOf(element: Element): Read[] {
  const own = [...ownValues(element)].flatMap(([where, value]) => namesIn(where, value));
  const flows = element.outgoing.flatMap((flow) =>
    flow.condition === undefined ? [] : expressionNames('the condition of a flow', flow.condition),
  );
  return [...inputReads(element.inputs), ...own, ...flows];
}

/** Later mappings may read what earlier ones have set. */
function inputReads(inputs: readonly Mapping[]): Read[] {
  const set = new Set<string>();
  return inputs.flatMap(({ source, target }) => {
    const reads = namesIn('an input mapping', source).filter(({ name }) => !set.has(name));
    set.add(target[0] ?? '');
    return reads;
  });
}

/** Names that exist only inside the element: what its input mappings and its loop set. */
export function localNames(element: Element): Set<string> {
  const names = new Set(element.inputs.map(({ target }) => target[0] ?? ''));
  if (element.loop === undefined) return names;
  names.add('loopCounter');
  if (element.loop.type === 'multi-instance') {
    for (const name of [element.loop.inputElement, element.loop.outputCollection]) if (name !== undefined) names.add(name);
  }
  return names;
}

function* ownValues(element: Element): Generator<readonly [string, Value | undefined]> {
  if (element.loop?.type === 'multi-instance') {
    yield ['the input collection', element.loop.inputCollection];
    yield ['the loop cardinality', element.loop.cardinality];
  }
  if ('trigger' in element) for (const trigger of triggersOf(element.trigger)) yield* triggerValues(trigger);
  if ('job' in element && element.job !== undefined) {
    yield ['the job type', element.job.type];
    yield ['the retries', element.job.retries];
    yield ['the priority', element.job.priority];
  }
  if (element.kind === 'user-task') {
    yield ['the assignment', element.assignee];
    yield ['the assignment', element.candidateUsers];
    yield ['the assignment', element.candidateGroups];
    yield ['the due date', element.dueDate];
    yield ['the follow-up date', element.followUpDate];
    yield ['the priority', element.priority];
  }
  if (element.kind === 'script-task' && element.script !== undefined) yield ['the script', { expression: element.script.expression }];
  if (element.kind === 'business-rule-task') yield ['the decision id', element.decision?.id];
  if (element.kind === 'call-activity') yield ['the called process', element.processId];
}

function* triggerValues(trigger: Trigger): Generator<readonly [string, Value | undefined]> {
  if (trigger.type === 'message') {
    yield ['the message name', trigger.name];
    yield ['the correlation key', trigger.correlationKey];
  }
  if (trigger.type === 'timer') yield ['the timer', trigger.value];
  if (trigger.type === 'signal') yield ['the signal name', trigger.name];
  if (trigger.type === 'error' || trigger.type === 'escalation') yield ['the code', trigger.code];
}

function namesIn(where: string, value: Value | undefined): Read[] {
  return value === undefined || 'fixed' in value ? [] : expressionNames(where, value.expression);
}

function expressionNames(where: string, expression: Expression): Read[] {
  if (FORGIVING.test(expression.text)) return [];
  return variablesOf(expression).map((name) => ({ name, where }));
}

/** Without what the cluster has for everybody: it is no variable of a case. */
function variablesOf({ variables }: Expression): readonly string[] {
  return variables.filter((name) => name !== CLUSTER_NAME);
}

/** Every name that any expression of the element reads, forgiving ones and those for its own result included. */
export function allNames(element: Element): Set<string> {
  const values: (Value | undefined)[] = [
    ...[...ownValues(element)].map(([, value]) => value),
    ...element.inputs.map(({ source }) => source),
    ...element.outputs.map(({ source }) => source),
  ];
  const expressions = values.flatMap((value) => (value === undefined || 'fixed' in value ? [] : [value.expression]));
  for (const flow of element.outgoing) if (flow.condition !== undefined) expressions.push(flow.condition);
  expressions.push(...ownExpressions(element));
  return new Set(expressions.flatMap(variablesOf));
}

function ownExpressions(element: Element): Expression[] {
  const found: (Expression | undefined)[] = [];
  if (element.loop?.type === 'multi-instance') found.push(element.loop.outputElement, element.loop.completionCondition);
  if (element.loop?.type === 'standard') found.push(element.loop.condition);
  if (element.kind === 'ad-hoc-sub-process') found.push(element.completionCondition, element.outputElement);
  if (element.kind === 'complex-gateway') found.push(element.activation);
  if ('trigger' in element)
    for (const trigger of triggersOf(element.trigger)) if (trigger.type === 'condition') found.push(trigger.condition);
  return found.filter((expression) => expression !== undefined);
}
