/** One reader per kind of BPMN element: diagram node → what is particular to its kind. A type that is not in the table is refused by name. */
import type { ElementKind, JobSpec, Shape, Trigger } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { Context } from './context.ts';
import { child, children, extension, idOf, text } from './node.ts';
import type { Node } from './node.ts';
import { bindingOf, formOf, headersOf, jobOf, taskListenersOf } from './parts.ts';
import { messageTrigger, triggerOf } from './triggers.ts';

/** What is particular to one kind of element. */
export type ShapeOf<K extends ElementKind> = Extract<Shape, { readonly kind: K }>;

type Read = (node: Node, context: Context) => Shape;

export const shapes: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['bpmn:Task', () => ({ kind: 'task' })],
  ['bpmn:ManualTask', () => ({ kind: 'manual-task' })],
  ['bpmn:ServiceTask', (node, context) => ({ kind: 'service-task', job: requiredJob(node, context) })],
  ['bpmn:SendTask', (node, context) => ({ kind: 'send-task', job: requiredJob(node, context) })],
  ['bpmn:ReceiveTask', receiveTask],
  ['bpmn:UserTask', userTask],
  ['bpmn:ScriptTask', scriptTask],
  ['bpmn:BusinessRuleTask', businessRuleTask],
  ['bpmn:CallActivity', callActivity],
  ['bpmn:SubProcess', subProcess],
  ['bpmn:Transaction', (node) => ({ kind: 'transaction', ...inside(node) })],
  ['bpmn:AdHocSubProcess', adHoc],
  ['bpmn:ExclusiveGateway', () => ({ kind: 'exclusive-gateway' })],
  ['bpmn:ParallelGateway', () => ({ kind: 'parallel-gateway' })],
  ['bpmn:InclusiveGateway', () => ({ kind: 'inclusive-gateway' })],
  [
    'bpmn:EventBasedGateway',
    (node) => ({
      kind: 'event-based-gateway',
      parallel: node['eventGatewayType'] === 'Parallel',
      instantiating: node['instantiate'] === true,
    }),
  ],
  ['bpmn:ComplexGateway', complexGateway],
  ['bpmn:StartEvent', startEvent],
  ['bpmn:IntermediateCatchEvent', (node, context) => ({ kind: 'catch-event', trigger: triggerOf(node, context) })],
  ['bpmn:IntermediateThrowEvent', (node, context) => ({ kind: 'throw-event', ...throwing(node, context) })],
  ['bpmn:EndEvent', (node, context) => ({ kind: 'end-event', ...throwing(node, context) })],
  ['bpmn:BoundaryEvent', boundaryEvent],
]);

/** The process itself, which has no reader in the table because it is not drawn inside anything. */
export function processShape(node: Node): ShapeOf<'process'> {
  return { kind: 'process', ...inside(node) };
}

/** Nodes of the diagram that a process or sub-process contains, without flows and data. */
export function flowNodesIn(node: Node): readonly Node[] {
  return children(node, 'flowElements').filter((inner) => inner.$type !== 'bpmn:SequenceFlow' && !/Data(?:Object|Store)/.test(inner.$type));
}

function inside(node: Node): {
  readonly children: readonly ElementId[];
  readonly starts: readonly ElementId[];
  readonly eventSubProcesses: readonly ElementId[];
} {
  const nodes = flowNodesIn(node);
  const none = nodes.filter((inner) => inner.$type === 'bpmn:StartEvent' && children(inner, 'eventDefinitions').length === 0);
  return {
    children: nodes.map(idOf),
    starts: none.map(idOf),
    eventSubProcesses: nodes.filter((inner) => inner['triggeredByEvent'] === true).map(idOf),
  };
}

function requiredJob(node: Node, context: Context): JobSpec {
  const job = jobOf(node, context);
  if (job) return job;
  context.error(node, {
    code: 'MISSING_TASK_DEFINITION',
    message: 'Expected the task to have a task definition, but it has none.',
    hint: 'Enter the job type (zeebe:taskDefinition) of the worker that does it.',
  });
  return { type: { fixed: '' }, retries: { fixed: '3' }, headers: {} };
}

function receiveTask(node: Node, context: Context): ShapeOf<'receive-task'> {
  return {
    kind: 'receive-task',
    trigger: messageTrigger(child(node, 'messageRef'), node, context),
    instantiating: node['instantiate'] === true,
  };
}

function userTask(node: Node, context: Context): ShapeOf<'user-task'> {
  const from = (type: string, attribute: string) => {
    const found = extension(node, type);
    return context.optional(node, found && text(found, attribute), attribute);
  };
  const form = formOf(node, context);
  warnOfEmbeddedForm(node, context);
  const shape = {
    assignee: from('zeebe:AssignmentDefinition', 'assignee'),
    candidateUsers: from('zeebe:AssignmentDefinition', 'candidateUsers'),
    candidateGroups: from('zeebe:AssignmentDefinition', 'candidateGroups'),
    dueDate: from('zeebe:TaskSchedule', 'dueDate'),
    followUpDate: from('zeebe:TaskSchedule', 'followUpDate'),
    priority: from('zeebe:PriorityDefinition', 'priority'),
    externalForm: from('zeebe:FormDefinition', 'externalReference') ?? from('zeebe:FormDefinition', 'formKey'),
  };
  const present = Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
  return { kind: 'user-task', ...present, ...(form && { form }), headers: headersOf(node), taskListeners: taskListenersOf(node, context) };
}

/** A form inside the diagram (`zeebe:userTaskForm`): its task is done here without a form. */
function warnOfEmbeddedForm(node: Node, context: Context): void {
  const definition = extension(node, 'zeebe:FormDefinition');
  const key = definition && text(definition, 'formKey');
  if (!key?.startsWith('camunda-forms:')) return;
  context.warn(node, {
    code: 'EMBEDDED_FORM',
    message: `Expected a form that is deployed by itself, but '${key}' is inside the diagram and is not shown.`,
    hint: 'Save the form as a file of its own, deploy it, and link it by its id.',
  });
}

function scriptTask(node: Node, context: Context): ShapeOf<'script-task'> {
  const job = jobOf(node, context);
  if (job) return { kind: 'script-task', job };
  const script = extension(node, 'zeebe:Script');
  const [source, resultVariable] = [script && text(script, 'expression'), script && text(script, 'resultVariable')];
  if (source === undefined || resultVariable === undefined) {
    context.error(node, {
      code: 'MISSING_SCRIPT',
      message: 'Expected the script task to have a FEEL expression and a result variable, but it has not both.',
      hint: 'Enter them (zeebe:script), or a job type. Scripts in other languages are not executed.',
    });
    return { kind: 'script-task' };
  }
  return { kind: 'script-task', script: { expression: context.condition(node, source, 'script'), resultVariable } };
}

function businessRuleTask(node: Node, context: Context): ShapeOf<'business-rule-task'> {
  const job = jobOf(node, context);
  if (job) return { kind: 'business-rule-task', job };
  const called = extension(node, 'zeebe:CalledDecision');
  const [id, resultVariable] = [called && text(called, 'decisionId'), called && text(called, 'resultVariable')];
  if (id === undefined || resultVariable === undefined) {
    context.error(node, {
      code: 'MISSING_DECISION',
      message: 'Expected the business rule task to call a decision and to name a result variable, but it does not do both.',
      hint: 'Enter the decision id and the result variable, or a job type.',
    });
    return { kind: 'business-rule-task' };
  }
  const binding = bindingOf(called, node, context);
  return {
    kind: 'business-rule-task',
    decision: {
      id: context.value(node, id, 'decision id'),
      binding,
      resultVariable,
      ...(binding.type === 'versionTag' && { versionTag: context.value(node, binding.versionTag, 'version tag') }),
    },
  };
}

function callActivity(node: Node, context: Context): ShapeOf<'call-activity'> {
  const called = extension(node, 'zeebe:CalledElement');
  const processId = called && text(called, 'processId');
  if (processId === undefined) {
    context.error(node, {
      code: 'MISSING_CALLED_PROCESS',
      message: 'Expected the call activity to name the process that it calls, but it does not.',
      hint: 'Enter the process id (zeebe:calledElement).',
    });
  }
  // empty means: none, not even the caller's
  const said = called?.['businessId'];
  const businessId = context.optional(node, typeof said === 'string' ? said : undefined, 'business id');
  return {
    kind: 'call-activity',
    processId: context.value(node, processId ?? '', 'called process id'),
    binding: bindingOf(called, node, context),
    propagateAllChildVariables: called?.['propagateAllChildVariables'] !== false,
    propagateAllParentVariables: called?.['propagateAllParentVariables'] !== false,
    ...(businessId && { businessId }),
  };
}

function subProcess(node: Node): Shape {
  if (node['triggeredByEvent'] !== true) return { kind: 'sub-process', ...inside(node) };
  const start = flowNodesIn(node).find((inner) => inner.$type === 'bpmn:StartEvent');
  return { kind: 'event-sub-process', ...inside(node), start: start ? idOf(start) : '', interrupting: start?.['isInterrupting'] !== false };
}

function adHoc(node: Node, context: Context): ShapeOf<'ad-hoc-sub-process'> {
  const own = extension(node, 'zeebe:AdHoc');
  const active = context.optional(node, own && text(own, 'activeElementsCollection'), 'active elements');
  const condition = text(child(node, 'completionCondition') ?? { $type: '' }, 'body');
  const outputElement = own && text(own, 'outputElement');
  const outputCollection = own && text(own, 'outputCollection');
  const job = jobOf(node, context);
  return {
    kind: 'ad-hoc-sub-process',
    ...inside(node),
    cancelRemaining: node['cancelRemainingInstances'] !== false,
    sequential: node['ordering'] === 'Sequential',
    ...(job && { job }),
    ...(active && { active }),
    ...(outputCollection !== undefined && { outputCollection }),
    ...(condition !== undefined && { completionCondition: context.condition(node, condition, 'completion condition') }),
    ...(outputElement !== undefined && { outputElement: context.condition(node, outputElement, 'output element') }),
  };
}

function complexGateway(node: Node, context: Context): ShapeOf<'complex-gateway'> {
  const condition = text(child(node, 'activationCondition') ?? { $type: '' }, 'body');
  return {
    kind: 'complex-gateway',
    ...(condition !== undefined && { activation: context.condition(node, condition, 'activation condition') }),
  };
}

function startEvent(node: Node, context: Context): ShapeOf<'start-event'> {
  const form = formOf(node, context);
  return { kind: 'start-event', trigger: triggerOf(node, context), interrupting: node['isInterrupting'] !== false, ...(form && { form }) };
}

function throwing(node: Node, context: Context): { readonly trigger: Trigger; readonly job?: JobSpec } {
  const trigger = triggerOf(node, context);
  const job = jobOf(node, context);
  const sends = trigger.type === 'message' || (trigger.type === 'multiple' && trigger.of.some(({ type }) => type === 'message'));
  if (sends && !job) {
    context.error(node, {
      code: 'MISSING_TASK_DEFINITION',
      message: 'Expected the message event to have a task definition, but it has none.',
      hint: 'Enter the job type of the worker that sends the message.',
    });
  }
  return { trigger, ...(job && { job }) };
}

function boundaryEvent(node: Node, context: Context): ShapeOf<'boundary-event'> {
  const attachedTo = child(node, 'attachedToRef');
  if (!attachedTo)
    context.error(node, {
      code: 'MISSING_REFERENCE',
      message: 'Expected the boundary event to be attached to an activity, but it is not.',
      hint: 'Drop the event on the border of a task or sub-process.',
    });
  return {
    kind: 'boundary-event',
    trigger: triggerOf(node, context),
    interrupting: node['cancelActivity'] !== false,
    attachedTo: attachedTo ? idOf(attachedTo) : '',
  };
}
