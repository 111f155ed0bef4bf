/** Event definitions → Trigger. */
import type { TimerKind, Trigger } from '../process.ts';
import { nextDue } from '../time/next-due.ts';
import type { Context } from './context.ts';
import { child, children, extension, text } from './node.ts';
import type { Node } from './node.ts';

type Read = (definition: Node, node: Node, context: Context) => Trigger;

const readers: Readonly<Record<string, Read>> = {
  'bpmn:MessageEventDefinition': (definition, node, context) => messageTrigger(child(definition, 'messageRef'), node, context),
  'bpmn:TimerEventDefinition': timerTrigger,
  'bpmn:SignalEventDefinition': (definition, node, context) => ({
    type: 'signal',
    name: named(child(definition, 'signalRef'), { node, context, what: 'signal' }),
  }),
  'bpmn:ErrorEventDefinition': (definition, node, context) => ({
    type: 'error',
    ...codeOf(child(definition, 'errorRef'), 'errorCode', { node, context }),
  }),
  'bpmn:EscalationEventDefinition': (definition, node, context) => ({
    type: 'escalation',
    ...codeOf(child(definition, 'escalationRef'), 'escalationCode', { node, context }),
  }),
  'bpmn:ConditionalEventDefinition': conditionTrigger,
  'bpmn:LinkEventDefinition': linkTrigger,
  'bpmn:CompensateEventDefinition': (definition) => {
    const activity = child(definition, 'activityRef');
    return {
      type: 'compensation',
      wait: definition['waitForCompletion'] !== false,
      ...(activity && { activity: text(activity, 'id') ?? '' }),
    };
  },
  'bpmn:CancelEventDefinition': () => ({ type: 'cancel' }),
  'bpmn:TerminateEventDefinition': () => ({ type: 'terminate' }),
};

/** What an event waits for or throws; several definitions are a multiple event. */
export function triggerOf(node: Node, context: Context): Trigger {
  const definitions = [...children(node, 'eventDefinitions'), ...children(node, 'eventDefinitionRef')];
  const triggers = definitions.map((definition) => {
    const read = readers[definition.$type];
    if (read) return read(definition, node, context);
    context.error(node, {
      code: 'UNKNOWN_EVENT',
      message: `Expected an event of BPMN, but found '${definition.$type}'.`,
      hint: 'Choose another event type.',
    });
    return { type: 'none' } as const;
  });
  const [first] = triggers;
  if (first === undefined) return { type: 'none' };
  return triggers.length === 1 ? first : { type: 'multiple', parallel: node['parallelMultiple'] === true, of: triggers };
}

/** Also used by receive tasks, whose message hangs on the task itself. */
export function messageTrigger(message: Node | undefined, node: Node, context: Context): Trigger {
  const name = named(message, { node, context, what: 'message' });
  const key = message && extension(message, 'zeebe:Subscription');
  const correlationKey = key && text(key, 'correlationKey');
  return {
    type: 'message',
    name,
    ...(correlationKey !== undefined && { correlationKey: context.value(node, correlationKey, 'correlation key') }),
  };
}

interface Place {
  readonly node: Node;
  readonly context: Context;
}

function named(referred: Node | undefined, { node, context, what }: Place & { readonly what: string }) {
  const name = referred && text(referred, 'name');
  if (name !== undefined) return context.value(node, name, `name of the ${what}`);
  // throwing messages are jobs and may do without; the check of throwing events knows
  const throwing = node.$type === 'bpmn:IntermediateThrowEvent' || node.$type === 'bpmn:EndEvent';
  if (what !== 'message' || !throwing) {
    context.error(node, {
      code: 'MISSING_REFERENCE',
      message: `Expected the event to name a ${what}, but it names none.`,
      hint: `Choose or create a ${what} with a name.`,
    });
  }
  return { fixed: '' };
}

function codeOf(referred: Node | undefined, property: string, { node, context }: Place) {
  const code = referred && text(referred, property);
  return code === undefined ? {} : { code: context.value(node, code, 'code') };
}

const timers: readonly (readonly [string, TimerKind])[] = [
  ['timeDate', 'date'],
  ['timeDuration', 'duration'],
  ['timeCycle', 'cycle'],
];

function timerTrigger(definition: Node, node: Node, context: Context): Trigger {
  for (const [property, timer] of timers) {
    const body = text(child(definition, property) ?? definition, 'body');
    if (body === undefined || !child(definition, property)) continue;
    const value = context.value(node, body.trim(), 'timer');
    if ('fixed' in value) checkTimer(timer, String(value.fixed), { node, context });
    return { type: 'timer', timer, value };
  }
  context.error(node, {
    code: 'MISSING_TIMER',
    message: 'Expected the timer to say when it is due, but it does not.',
    hint: 'Enter a date, a duration such as PT15M or a cycle such as R3/PT1H.',
  });
  return { type: 'timer', timer: 'duration', value: { fixed: 'PT0S' } };
}

function checkTimer(timer: TimerKind, source: string, { node, context }: Place): void {
  const due = nextDue(timer, source, { now: 0, zone: 'UTC' });
  if (!due.ok) context.error(node, { code: 'INVALID_TIMER', message: due.message, hint: 'Correct the timer.' });
}

function conditionTrigger(definition: Node, node: Node, context: Context): Trigger {
  const body = text(child(definition, 'condition') ?? definition, 'body');
  const filter = extension(definition, 'zeebe:ConditionalFilter');
  const names = filter && text(filter, 'variableNames');
  const events = filter && text(filter, 'variableEvents');
  if (body === undefined)
    context.error(node, {
      code: 'MISSING_CONDITION',
      message: 'Expected the event to have a condition, but it has none.',
      hint: "Enter a FEEL expression, e.g. '=amount > 100'.",
    });
  return {
    type: 'condition',
    condition: context.condition(node, body ?? '=false', 'condition'),
    ...(names !== undefined && { names: listed(names) }),
    ...(events !== undefined && { events: listed(events).filter((event) => event === 'create' || event === 'update') }),
  };
}

function linkTrigger(definition: Node, node: Node, context: Context): Trigger {
  const name = text(definition, 'name');
  if (name === undefined)
    context.error(node, {
      code: 'MISSING_LINK_NAME',
      message: 'Expected the link event to have a link name, but it has none.',
      hint: 'Give both ends of the link the same name.',
    });
  return { type: 'link', name: name ?? '' };
}

function listed(source: string): string[] {
  return source
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
