/** What must hold of a process before it may run. Everything that we do not execute is refused here by name: nothing is silently ignored. */
import type { Element, ElementKind, ElementOf, Process, Trigger, TriggerType } from '../process.ts';
import { checkMultiple } from './check-multiple.ts';
import { linkIsUnique, linkLeadsSomewhere } from './check-links.ts';
import { checkRetention } from './check-retention.ts';
import type { Complaint, Context } from './context.ts';
import { extension, flowElementsById, foreignExtension } from './node.ts';
import type { Node } from './node.ts';

interface Check {
  readonly process: Process;
  readonly node: Node;
  readonly context: Context;
  complain(complaint: Complaint): void;
}

export function checkProcess(process: Process, root: Node, context: Context): void {
  const nodes = flowElementsById(root);
  for (const element of process.elements.values()) {
    const node = nodes.get(element.id) ?? root;
    const check: Check = { process, node, context, complain: (complaint) => context.error(node, complaint) };
    checkAny(element, check);
    checkMultiple(element, { isRootStart: element.kind === 'start-event' && element.parent === process.id, complain: check.complain });
    (checks[element.kind] as ((element: Element, check: Check) => void) | undefined)?.(element, check);
  }
}

function checkAny(element: Element, { node, process, context, complain }: Check): void {
  for (const quantity of ['startQuantity', 'completionQuantity']) {
    const value = node[quantity];
    if (typeof value === 'number' && value !== 1)
      complain({
        code: 'UNSUPPORTED_QUANTITY',
        message: `Expected ${quantity} to be 1, but it is ${value}.`,
        hint: 'Use a multi-instance activity to do something several times.',
      });
  }
  for (const { event } of element.listeners) {
    const never =
      (event === 'BEFORE_ALL' && !element.loop) ||
      (event === 'END' && element.kind === 'event-based-gateway') ||
      (event === 'CANCEL' && element.kind !== 'process');
    if (never) {
      complain({
        code: 'LISTENER_NEVER_CALLED',
        message: `Expected every listener to be called, but there is no ${event} of a ${element.kind} to listen to here.`,
        hint: 'Choose another event for the listener or remove it.',
      });
    }
  }
  const foreign = foreignExtension(node);
  if (foreign !== undefined)
    context.warn(node, {
      code: 'FOREIGN_EXTENSION',
      message: `Expected extensions that are executed here, but '${foreign}' belongs to another engine and has no effect.`,
      hint: 'Say the same with a zeebe extension, or remove it.',
    });
  if (extension(node, 'zeebe:LinkedResources') && !('job' in element))
    complain({
      code: 'LINKED_RESOURCES_WITHOUT_JOB',
      message: `Expected linked resources on an element whose work a job worker does, but no worker does that of this ${element.kind}.`,
      hint: 'Enter a job type (zeebe:taskDefinition), or remove the linked resources.',
    });
  if (element.forCompensation && element.incoming.length + element.outgoing.length > 0)
    complain({
      code: 'COMPENSATION_HANDLER_FLOW',
      message: 'Expected no flow to enter or leave an activity that undoes another one, but one does.',
      hint: 'Delete the flow, or the marker that it is for compensation.',
    });
  for (const flow of element.outgoing) {
    const target = process.elements.get(flow.target);
    if (target?.parent !== element.parent)
      complain({
        code: 'FLOW_CROSSES_SCOPE',
        message: `Expected flow '${flow.id}' to stay inside one process or sub-process, but it leaves it.`,
        hint: 'Let flows begin and end in the same sub-process; use events to leave it.',
      });
  }
  if (element.defaultFlow !== undefined && !element.outgoing.some((flow) => flow.id === element.defaultFlow)) {
    complain({
      code: 'DANGLING_REFERENCE',
      message: `Expected the default flow to leave the element, but '${element.defaultFlow}' does not.`,
      hint: 'Choose the default flow again.',
    });
  }
}

type Checks = { readonly [K in ElementKind]?: (element: ElementOf<K>, check: Check) => void };

const checks: Checks = {
  process: (element, check) => {
    const starts = element.children.filter((id) => check.process.elements.get(id)?.kind === 'start-event');
    const instantiating = element.children.some((id) => isInstantiating(check.process.elements.get(id)));
    if (starts.length === 0 && !instantiating)
      check.complain({
        code: 'MISSING_START',
        message: 'Expected the process to have a start event, but it has none.',
        hint: 'Add a start event.',
      });
    checkRetention(check.process.properties, check.complain);
  },
  'sub-process': oneNoneStart,
  transaction: oneNoneStart,
  'event-sub-process': eventSubProcess,
  'ad-hoc-sub-process': adHoc,
  'exclusive-gateway': conditionsOnAllButOne,
  'inclusive-gateway': conditionsOnAllButOne,
  'event-based-gateway': eventBasedGateway,
  'start-event': startEvent,
  'catch-event': (element, check) => {
    allow(element.trigger, ['message', 'timer', 'signal', 'condition', 'link', 'multiple'], 'an intermediate catch event', check);
    needsKey(element.trigger, check);
    happensOnce(element.trigger, 'an intermediate catch event', check);
    if (element.trigger.type === 'link') linkIsUnique(element, element.trigger.name, check);
  },
  'receive-task': (element, check) => {
    if (element.instantiating) beginsNothingElse(element, check);
    else needsKey(element.trigger, check);
  },
  'throw-event': (element, check) => {
    allow(
      element.trigger,
      ['none', 'message', 'signal', 'escalation', 'link', 'compensation', 'multiple'],
      'an intermediate throw event',
      check,
    );
    throwsSomething(element.trigger, check);
    if (element.trigger.type === 'link') linkLeadsSomewhere(element, element.trigger.name, check);
  },
  'end-event': (element, check) => {
    allow(
      element.trigger,
      ['none', 'message', 'signal', 'error', 'escalation', 'compensation', 'cancel', 'terminate', 'multiple'],
      'an end event',
      check,
    );
    throwsSomething(element.trigger, check);
    if (partsOf(element.trigger).some(({ type }) => type === 'cancel') && !insideTransaction(element, check.process)) {
      check.complain({
        code: 'CANCEL_OUTSIDE_TRANSACTION',
        message: 'Expected a cancel end event to be inside a transaction, but it is not.',
        hint: 'Use an error or terminate end event, or draw a transaction.',
      });
    }
    if (element.outgoing.length > 0)
      check.complain({
        code: 'FLOW_AFTER_END',
        message: 'Expected nothing to follow an end event, but a flow leaves it.',
        hint: 'Use an intermediate event, or delete the flow.',
      });
  },
  'boundary-event': boundaryEvent,
};

function beginsNothingElse(element: Element, check: Check): void {
  const isAtRoot = element.parent === check.process.id;
  if (isAtRoot && element.incoming.length === 0) return;
  check.complain({
    code: 'INSTANTIATING_INSIDE',
    message:
      'Expected an element that begins an instance to stand at the beginning of the process, but a flow leads to it or it is inside a sub-process.',
    hint: 'Delete the flow, or switch off "instantiate".',
  });
}

function isInstantiating(element: Element | undefined): boolean {
  return (element?.kind === 'receive-task' || element?.kind === 'event-based-gateway') && element.instantiating;
}

function oneNoneStart(element: ElementOf<'sub-process' | 'transaction'>, check: Check): void {
  const starts = element.children.filter((id) => check.process.elements.get(id)?.kind === 'start-event');
  if (starts.length !== element.starts.length || starts.length === 0) {
    check.complain({
      code: 'SUB_PROCESS_START',
      message: 'Expected the sub-process to begin with a none start event and no other, but it does not.',
      hint: 'Give it one start event without a type.',
    });
  }
}

function eventSubProcess(element: ElementOf<'event-sub-process'>, check: Check): void {
  const starts = element.children.filter((id) => check.process.elements.get(id)?.kind === 'start-event');
  if (starts.length !== 1 || element.starts.length > 0)
    check.complain({
      code: 'EVENT_SUB_PROCESS_START',
      message: 'Expected the event sub-process to begin with exactly one start event that has a type, but it does not.',
      hint: 'Give it one typed start event.',
    });
  if (element.incoming.length + element.outgoing.length > 0)
    check.complain({
      code: 'EVENT_SUB_PROCESS_FLOW',
      message: 'Expected no flow to enter or leave an event sub-process, but one does.',
      hint: 'Delete the flow: its start event begins it.',
    });
  if (element.loop)
    check.complain({
      code: 'UNSUPPORTED_LOOP',
      message: 'Expected an event sub-process not to be repeated, but it has a loop marker.',
      hint: 'Remove the marker.',
    });
}

function adHoc(element: ElementOf<'ad-hoc-sub-process'>, check: Check): void {
  if (element.children.length === 0)
    check.complain({
      code: 'EMPTY_AD_HOC',
      message: 'Expected the ad-hoc sub-process to contain activities, but it is empty.',
      hint: 'Draw at least one activity inside.',
    });
  for (const id of element.children) {
    const kind = check.process.elements.get(id)?.kind;
    if (kind === 'start-event' || kind === 'end-event')
      check.complain({
        code: 'AD_HOC_EVENT',
        message: `Expected an ad-hoc sub-process without start and end events, but '${id}' is one.`,
        hint: 'Delete it: activities in here are begun one by one.',
      });
  }
}

function conditionsOnAllButOne(element: ElementOf<'exclusive-gateway' | 'inclusive-gateway'>, check: Check): void {
  if (element.outgoing.length < 2) return;
  for (const flow of element.outgoing) {
    if (flow.condition || flow.id === element.defaultFlow) continue;
    check.complain({
      code: 'MISSING_CONDITION',
      message: `Expected every flow that leaves the gateway to have a condition or to be its default, but flow '${flow.id}' has and is neither.`,
      hint: 'Enter a condition or make the flow the default.',
    });
  }
}

function eventBasedGateway(element: ElementOf<'event-based-gateway'>, check: Check): void {
  if (element.instantiating) beginsNothingElse(element, check);
  else if (element.parallel) {
    check.complain({
      code: 'UNSUPPORTED_GATEWAY',
      message: 'Expected a parallel event-based gateway to begin an instance, but this one does not.',
      hint: 'Use a parallel gateway with catch events behind it.',
    });
  }
  if (element.outgoing.length < 2)
    check.complain({
      code: 'EVENT_BASED_GATEWAY',
      message: 'Expected at least two events after the event-based gateway, but there are fewer.',
      hint: 'Connect the events that it waits for.',
    });
  for (const flow of element.outgoing) {
    const target = check.process.elements.get(flow.target);
    const fits = target?.kind === 'receive-task' || (target?.kind === 'catch-event' && target.trigger.type !== 'link');
    if (!fits)
      check.complain({
        code: 'EVENT_BASED_GATEWAY',
        message: `Expected only catch events and receive tasks after the event-based gateway, but '${flow.target}' is none.`,
        hint: 'Put a catch event in between.',
      });
    else if (target.incoming.length > 1)
      check.complain({
        code: 'EVENT_BASED_GATEWAY',
        message: `Expected '${flow.target}' to be reached from the event-based gateway only, but other flows lead to it.`,
        hint: 'Draw a second event for the other flow.',
      });
  }
}

function startEvent(element: ElementOf<'start-event'>, check: Check): void {
  const scope = check.process.elements.get(element.parent);
  if (element.incoming.length > 0)
    check.complain({
      code: 'FLOW_INTO_START',
      message: 'Expected no flow to lead to a start event, but one does.',
      hint: 'Lead it to the element after the start event.',
    });
  if (scope?.kind === 'process') {
    allow(element.trigger, ['none', 'message', 'timer', 'signal', 'condition', 'multiple'], 'the start of a process', check);
    return;
  }
  if (scope?.kind !== 'event-sub-process') return;
  allow(
    element.trigger,
    ['message', 'timer', 'signal', 'error', 'escalation', 'condition', 'compensation', 'multiple'],
    'the start of an event sub-process',
    check,
  );
  needsKey(element.trigger, check);
  if (element.trigger.type === 'compensation' && scope.parent === check.process.id)
    check.complain({
      code: 'COMPENSATION_OF_PROCESS',
      message: 'Expected a compensation event sub-process to be inside the sub-process that it undoes, but it is in the process itself.',
      hint: 'Move it into a sub-process: a process that has ended is not undone.',
    });
  if (partsOf(element.trigger).some(({ type }) => type === 'error') && !element.interrupting)
    check.complain({
      code: 'ERROR_NOT_INTERRUPTING',
      message: 'Expected an error start event to interrupt, but it is drawn as non-interrupting.',
      hint: 'Make it interrupting.',
    });
}

function boundaryEvent(element: ElementOf<'boundary-event'>, check: Check): void {
  const host = check.process.elements.get(element.attachedTo);
  allow(
    element.trigger,
    ['message', 'timer', 'signal', 'error', 'escalation', 'condition', 'compensation', 'cancel', 'multiple'],
    'a boundary event',
    check,
  );
  needsKey(element.trigger, check);
  const ends = partsOf(element.trigger).find(({ type }) => type === 'error' || type === 'cancel');
  if (!element.interrupting && ends) {
    check.complain({
      code: 'ERROR_NOT_INTERRUPTING',
      message: `Expected an ${ends.type} boundary event to interrupt, but it is drawn as non-interrupting.`,
      hint: 'Make it interrupting.',
    });
  }
  if (element.interrupting) happensOnce(element.trigger, 'an interrupting event', check);
  if (partsOf(element.trigger).some(({ type }) => type === 'cancel') && host?.kind !== 'transaction')
    check.complain({
      code: 'CANCEL_OUTSIDE_TRANSACTION',
      message: 'Expected a cancel boundary event on a transaction, but it is on something else.',
      hint: 'Use an error boundary event, or draw a transaction.',
    });
  if (element.trigger.type === 'compensation' && host?.compensation === undefined)
    check.complain({
      code: 'MISSING_HANDLER',
      message: 'Expected the compensation event to be connected to an activity that undoes the work, but it is not.',
      hint: 'Connect it with an association to the compensation activity.',
    });
  if (element.incoming.length > 0)
    check.complain({
      code: 'FLOW_INTO_BOUNDARY',
      message: 'Expected no flow to lead to a boundary event, but one does.',
      hint: 'Lead it to the activity.',
    });
  if (host && !isActivity(host))
    check.complain({
      code: 'BOUNDARY_HOST',
      message: `Expected the boundary event to be attached to an activity, but '${host.id}' is none.`,
      hint: 'Attach it to a task or sub-process.',
    });
}

/** Repetitions of what happens once would be ignored without a word. */
function happensOnce(trigger: Trigger, where: string, { complain }: Check): void {
  if (partsOf(trigger).some((part) => part.type === 'timer' && part.timer === 'cycle'))
    complain({
      code: 'CYCLE_HAPPENS_ONCE',
      message: `Expected a timer cycle on an event that can repeat, but ${where} happens once.`,
      hint: 'Use a duration or a date, or a non-interrupting event.',
    });
}

function isActivity(element: Element): boolean {
  return /task$|sub-process$|^transaction$|^call-activity$/.test(element.kind) && element.kind !== 'event-sub-process';
}

function partsOf(trigger: Trigger): readonly Trigger[] {
  return trigger.type === 'multiple' ? trigger.of : [trigger];
}

function allow(trigger: Trigger, types: readonly TriggerType[], where: string, check: Check): void {
  for (const part of partsOf(trigger)) {
    if (!types.includes(part.type))
      check.complain({
        code: 'EVENT_NOT_ALLOWED',
        message: `Expected ${where} to be one of: ${types.join(', ')}; but it is a ${part.type} event.`,
        hint: 'Choose another type or another place for it.',
      });
  }
}

/** Waiting for a message inside an instance needs to know which of many messages of that name is meant. */
function needsKey(trigger: Trigger, check: Check): void {
  for (const part of partsOf(trigger)) {
    if (part.type === 'message' && !part.correlationKey)
      check.complain({
        code: 'MISSING_CORRELATION_KEY',
        message: 'Expected the message to have a correlation key, but it has none.',
        hint: "Enter the key of the subscription, e.g. '=orderId'.",
      });
  }
}

function throwsSomething(trigger: Trigger, check: Check): void {
  for (const part of partsOf(trigger)) {
    if ((part.type === 'error' || part.type === 'escalation') && !part.code)
      check.complain({
        code: 'MISSING_CODE',
        message: `Expected the ${part.type} event to name a code, but it names none.`,
        hint: `Choose an ${part.type} with a code.`,
      });
  }
}

function insideTransaction(element: Element, process: Process): boolean {
  for (let at: Element | undefined = element; at && at.kind !== 'process'; at = process.elements.get(at.parent))
    if (at.kind === 'transaction') return true;
  return false;
}
