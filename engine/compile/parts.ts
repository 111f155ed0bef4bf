/** Extension elements that several kinds of elements share: mappings, jobs, listeners, loops, forms, bindings. */
import type { Binding, FormSpec, JobSpec, LinkedResource, ListenerSpec, LoopSpec, Mapping } from '../process.ts';
import type { ListenerEvent } from '../terms.ts';
import type { Context } from './context.ts';
import { child, children, extension, text } from './node.ts';
import type { Node } from './node.ts';

const NAME = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

export function mappingsOf(node: Node, side: 'inputParameters' | 'outputParameters', context: Context): readonly Mapping[] {
  const mappings: Mapping[] = [];
  for (const parameter of children(extension(node, 'zeebe:IoMapping'), side)) {
    const source = text(parameter, 'source');
    const target = text(parameter, 'target')?.trim();
    // templates leave optional inputs behind with an empty source: as if they were not there
    if (source === undefined) continue;
    if (target === undefined || !NAME.test(target)) {
      context.error(node, {
        code: 'INVALID_MAPPING',
        message: `Expected a mapping's target to be a variable name such as 'a' or 'a.b', but it is '${target ?? ''}'.`,
        hint: 'Correct the target of the mapping.',
      });
      continue;
    }
    mappings.push({ source: context.value(node, source, `source of the mapping to '${target}'`), target: target.split('.') });
  }
  return mappings;
}

export function headersOf(node: Node): Readonly<Record<string, string>> {
  const headers = Object.create(null) as Record<string, string>;
  for (const header of children(extension(node, 'zeebe:TaskHeaders'), 'values')) {
    const key = text(header, 'key');
    if (key !== undefined) headers[key] = text(header, 'value') ?? '';
  }
  return headers;
}

/** The job of an element; undefined when it has no task definition. */
export function jobOf(node: Node, context: Context): JobSpec | undefined {
  const definition = extension(node, 'zeebe:TaskDefinition');
  if (definition === undefined) return undefined;
  const type = text(definition, 'type');
  if (type === undefined)
    context.error(node, {
      code: 'MISSING_JOB_TYPE',
      message: 'Expected the task definition to have a type, but it has none.',
      hint: 'Enter the job type that workers ask for.',
    });
  const priority = priorityOf(node);
  const linked = linkedResourcesOf(node, context);
  return {
    type: context.value(node, type ?? '', 'job type'),
    retries: context.value(node, text(definition, 'retries') ?? '3', 'retries'),
    headers: headersOf(node),
    ...(priority !== undefined && { priority: context.value(node, priority, 'job priority') }),
    ...(linked.length > 0 && { linked }),
  };
}

/** Deployed files that the worker of the job needs. */
function linkedResourcesOf(node: Node, context: Context): readonly LinkedResource[] {
  const seen = new Set<string>();
  return children(extension(node, 'zeebe:LinkedResources'), 'values').flatMap((link) => {
    const [resourceId, linkName = ''] = [text(link, 'resourceId'), text(link, 'linkName')];
    if (resourceId === undefined || seen.has(linkName)) {
      context.error(node, {
        code: 'INVALID_LINKED_RESOURCE',
        message: `Expected every linked resource to have a resource id and a link name of its own, but '${linkName}' ${resourceId === undefined ? 'has no resource id' : 'is there twice'}.`,
        hint: 'Complete the linked resource or remove it.',
      });
      return [];
    }
    seen.add(linkName);
    const resourceType = text(link, 'resourceType') ?? '';
    return [
      { resourceId: context.value(node, resourceId, 'resource id'), resourceType, linkName, binding: bindingOf(link, node, context) },
    ];
  });
}

/** The priority of a job; what stands at the process is meant for all its jobs. */
function priorityOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const definition = extension(node, 'zeebe:JobPriorityDefinition');
  return (definition && text(definition, 'priority')) ?? priorityOf(node.$parent);
}

const executionEvents: Readonly<Record<string, ListenerEvent>> = Object.freeze({
  start: 'START',
  end: 'END',
  beforeAll: 'BEFORE_ALL',
  cancel: 'CANCEL',
});
const taskEvents: Readonly<Record<string, ListenerEvent>> = Object.freeze({
  creating: 'CREATING',
  assigning: 'ASSIGNING',
  updating: 'UPDATING',
  completing: 'COMPLETING',
  canceling: 'CANCELING',
  // names of earlier versions
  create: 'CREATING',
  assignment: 'ASSIGNING',
  update: 'UPDATING',
  complete: 'COMPLETING',
  cancel: 'CANCELING',
});

export function executionListenersOf(node: Node, context: Context): readonly ListenerSpec[] {
  return listenersOf(node, { type: 'zeebe:ExecutionListeners', events: executionEvents, context });
}

export function taskListenersOf(node: Node, context: Context): readonly ListenerSpec[] {
  return listenersOf(node, { type: 'zeebe:TaskListeners', events: taskEvents, context });
}

interface ListenerKind {
  readonly type: string;
  readonly events: Readonly<Record<string, ListenerEvent>>;
  readonly context: Context;
}

function listenersOf(node: Node, { type, events, context }: ListenerKind): readonly ListenerSpec[] {
  return children(extension(node, type), 'listeners').flatMap((listener) => {
    const event = events[text(listener, 'eventType') ?? ''];
    const jobType = text(listener, 'type');
    if (event === undefined || jobType === undefined) {
      context.error(node, {
        code: 'INVALID_LISTENER',
        message: `Expected a listener to have a type and a known event, but it has '${jobType ?? ''}' and '${text(listener, 'eventType') ?? ''}'.`,
        hint: 'Complete the listener or remove it.',
      });
      return [];
    }
    const headers = child(listener, 'headers');
    const pairs = children(headers, 'values').map((header) => [text(header, 'key') ?? '', text(header, 'value') ?? ''] as const);
    return [
      {
        event,
        type: context.value(node, jobType, 'listener type'),
        retries: context.value(node, text(listener, 'retries') ?? '3', 'retries'),
        headers: Object.fromEntries(pairs),
      },
    ];
  });
}

/** How a called or linked thing is found. `holder`: the element, for complaints. */
export function bindingOf(node: Node | undefined, holder: Node, context: Context): Binding {
  const type = (node && text(node, 'bindingType')) ?? 'latest';
  const versionTag = node && text(node, 'versionTag');
  if (type === 'latest' || type === 'deployment') return { type };
  if (type === 'versionTag' && versionTag !== undefined) return { type, versionTag };
  context.error(holder, {
    code: 'INVALID_BINDING',
    message: `Expected a binding 'latest', 'deployment' or 'versionTag' with a version tag, but it is '${type}'${type === 'versionTag' ? ' without a tag' : ''}.`,
    hint: 'Choose the binding again.',
  });
  return { type: 'latest' };
}

export function formOf(node: Node, context: Context): FormSpec | undefined {
  const definition = extension(node, 'zeebe:FormDefinition');
  const id = definition && text(definition, 'formId');
  return id === undefined ? undefined : { id, binding: bindingOf(definition, node, context) };
}

/** The loop marker of an activity. */
export function loopOf(node: Node, context: Context): LoopSpec | undefined {
  const loop = child(node, 'loopCharacteristics');
  if (loop?.$type === 'bpmn:StandardLoopCharacteristics') return standardLoop(loop, node, context);
  return loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics' ? multiInstance(loop, node, context) : undefined;
}

function standardLoop(loop: Node, node: Node, context: Context): LoopSpec {
  const condition = text(child(loop, 'loopCondition') ?? loop, 'body');
  const maximum = loop['loopMaximum'];
  if (condition === undefined && typeof maximum !== 'number') {
    context.error(node, {
      code: 'ENDLESS_LOOP',
      message: 'Expected the loop to have a condition or a maximum, but it has neither.',
      hint: 'Enter a loop condition or a loop maximum.',
    });
  }
  return {
    type: 'standard',
    testBefore: loop['testBefore'] === true,
    ...(condition !== undefined && { condition: context.condition(node, condition, 'loop condition') }),
    ...(typeof maximum === 'number' && { maximum }),
  };
}

function multiInstance(loop: Node, node: Node, context: Context): LoopSpec {
  const zeebe = extension(loop, 'zeebe:LoopCharacteristics');
  const attribute = (name: string) => (zeebe ? text(zeebe, name) : undefined);
  const [inputCollection, outputElement] = [attribute('inputCollection'), attribute('outputElement')];
  const cardinality = text(child(loop, 'loopCardinality') ?? { $type: '' }, 'body');
  const condition = text(child(loop, 'completionCondition') ?? { $type: '' }, 'body');
  if (inputCollection === undefined && cardinality === undefined) {
    context.error(node, {
      code: 'MISSING_COLLECTION',
      message: 'Expected the multi-instance activity to have an input collection or a cardinality, but it has neither.',
      hint: "Enter the collection, e.g. '=items', or the loop cardinality.",
    });
  }
  if (loop['behavior'] !== 'All' || loop['complexBehaviorDefinition'] !== undefined) {
    context.error(node, {
      code: 'UNSUPPORTED_LOOP_BEHAVIOR',
      message: `Expected the multi-instance behavior 'All', but it is '${String(loop['behavior'])}'.`,
      hint: 'Use an event sub-process or a throwing event inside the activity instead.',
    });
  }
  return {
    type: 'multi-instance',
    sequential: loop['isSequential'] === true,
    ...optionalText({ inputElement: attribute('inputElement'), outputCollection: attribute('outputCollection') }),
    ...(inputCollection !== undefined && { inputCollection: context.value(node, inputCollection, 'input collection') }),
    ...(cardinality !== undefined && { cardinality: context.value(node, cardinality, 'loop cardinality') }),
    ...(outputElement !== undefined && { outputElement: context.condition(node, outputElement, 'output element') }),
    ...(condition !== undefined && { completionCondition: context.condition(node, condition, 'completion condition') }),
  };
}

function optionalText(fields: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
