/** One process of the diagram → the frozen graph. */
import type { Element, Flow, Lane, Process, Shape } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { Context } from './context.ts';
import { lanesOf, poolAgency } from './lanes.ts';
import { child, children, extension, idOf, propertiesOf, text } from './node.ts';
import type { Node } from './node.ts';
import { executionListenersOf, loopOf, mappingsOf } from './parts.ts';
import { flowNodesIn, processShape, shapes } from './shapes.ts';
import { startersOf } from './starters.ts';

interface Draft {
  readonly context: Context;
  readonly elements: Map<ElementId, Element>;
  readonly flows: Map<ElementId, Flow>;
  readonly incoming: Map<ElementId, Flow[]>;
  readonly outgoing: Map<ElementId, Flow[]>;
  readonly boundaries: Map<ElementId, ElementId[]>;
  /** activity → what undoes it */
  readonly compensations: Map<ElementId, ElementId>;
  readonly agencies: ReadonlyMap<ElementId, string>;
}

export function graphOf(node: Node, definitions: Node, context: Context): Process {
  const lanes = lanesOf(node);
  const draft = newDraft(lanes, context);
  const properties = propertiesOf(node);
  const agency = properties.get('alur:owner') ?? properties.get('alur:agency') ?? poolAgency(definitions, idOf(node));
  connect(node, draft);
  addElement(node, processShape(node), { draft, parent: idOf(node), agency });
  addInside(node, agency, draft);
  const [name, tag] = [text(node, 'name'), extension(node, 'zeebe:VersionTag')];
  const versionTag = tag && text(tag, 'value');
  const starters = startersOf(properties, (complaint) => context.error(node, complaint));
  return {
    id: idOf(node),
    executable: true,
    elements: draft.elements,
    flows: draft.flows,
    lanes,
    properties,
    links: linksOf(draft.elements),
    ...(name !== undefined && { name }),
    ...(versionTag !== undefined && { versionTag }),
    ...(starters && { starters }),
    ...(agency !== undefined && { agency }),
  };
}

function newDraft(lanes: readonly Lane[], context: Context): Draft {
  const agencies = new Map(
    lanes.flatMap(({ agency, elements }) => (agency === undefined ? [] : elements.map((element) => [element, agency] as const))),
  );
  return {
    context,
    agencies,
    elements: new Map(),
    flows: new Map(),
    incoming: new Map(),
    outgoing: new Map(),
    boundaries: new Map(),
    compensations: new Map(),
  };
}

/** First pass: what points to an element from elsewhere — flows, boundary events, compensation associations. */
function connect(node: Node, draft: Draft): void {
  for (const inner of children(node, 'flowElements')) {
    if (inner.$type === 'bpmn:SequenceFlow') addFlow(inner, draft);
    else if (inner.$type === 'bpmn:BoundaryEvent') addBoundary(inner, node, draft);
    connect(inner, draft);
  }
}

function addFlow(node: Node, { context, flows, incoming, outgoing }: Draft): void {
  const [source, target] = [child(node, 'sourceRef'), child(node, 'targetRef')];
  if (!source || !target) {
    context.error(node, {
      code: 'DANGLING_FLOW',
      message: 'Expected the sequence flow to connect two elements, but one end is missing.',
      hint: 'Connect it again or delete it.',
    });
    return;
  }
  const condition = text(child(node, 'conditionExpression') ?? { $type: '' }, 'body');
  const name = text(node, 'name');
  const flow: Flow = {
    id: idOf(node),
    source: idOf(source),
    target: idOf(target),
    ...(name !== undefined && { name }),
    ...(condition !== undefined && { condition: context.condition(node, condition, 'condition of the flow') }),
  };
  flows.set(flow.id, flow);
  push(outgoing, flow.source, flow);
  push(incoming, flow.target, flow);
}

function addBoundary(node: Node, scope: Node, { boundaries, compensations }: Draft): void {
  const attachedTo = idOf(child(node, 'attachedToRef') ?? node);
  const compensates = children(node, 'eventDefinitions').some((definition) => definition.$type === 'bpmn:CompensateEventDefinition');
  if (!compensates) return push(boundaries, attachedTo, idOf(node));
  const artifacts = [scope, ...parentsOf(scope)].flatMap((around) => children(around, 'artifacts'));
  const association = artifacts.find(
    (artifact) => artifact.$type === 'bpmn:Association' && idOf(child(artifact, 'sourceRef') ?? artifact) === idOf(node),
  );
  const handler = association && child(association, 'targetRef');
  if (handler) compensations.set(attachedTo, idOf(handler));
}

function parentsOf(node: Node): readonly Node[] {
  return node.$parent ? [node.$parent, ...parentsOf(node.$parent)] : [];
}

function push<T>(map: Map<ElementId, T[]>, key: ElementId, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Second pass: the elements. */
function addInside(scope: Node, outer: string | undefined, draft: Draft): void {
  for (const node of flowNodesIn(scope)) {
    const read = shapes.get(node.$type);
    if (read === undefined) {
      draft.context.error(node, {
        code: 'UNSUPPORTED_ELEMENT',
        message: `Expected elements that can be executed, but '${node.$type}' cannot.`,
        hint: 'Replace it by another element, or move it to a diagram that is not executed.',
      });
      continue;
    }
    const agency = draft.agencies.get(idOf(node)) ?? outer;
    addElement(node, read(node, draft.context), { draft, parent: idOf(scope), agency });
    addInside(node, agency, draft);
  }
}

function addElement(
  node: Node,
  shape: Shape,
  { draft, parent, agency }: { readonly draft: Draft; readonly parent: ElementId; readonly agency: string | undefined },
): void {
  const { context } = draft;
  const id = idOf(node);
  const name = text(node, 'name');
  const defaultFlow = child(node, 'default');
  const loop = loopOf(node, context);
  const compensation = draft.compensations.get(id);
  const element = {
    ...shape,
    id,
    parent,
    incoming: draft.incoming.get(id) ?? [],
    outgoing: draft.outgoing.get(id) ?? [],
    boundaries: draft.boundaries.get(id) ?? [],
    inputs: mappingsOf(node, 'inputParameters', context),
    outputs: mappingsOf(node, 'outputParameters', context),
    forCompensation: node['isForCompensation'] === true,
    listeners: executionListenersOf(node, context),
    properties: propertiesOf(node),
    ...(name !== undefined && { name }),
    ...(defaultFlow && { defaultFlow: idOf(defaultFlow) }),
    ...(loop && { loop }),
    ...(compensation !== undefined && { compensation }),
    ...(agency !== undefined && { agency }),
  } as Element;
  draft.elements.set(id, element);
}

function linksOf(elements: ReadonlyMap<ElementId, Element>): Process['links'] {
  const links = new Map<ElementId, Map<string, ElementId>>();
  for (const element of elements.values()) {
    if (element.kind !== 'catch-event' || element.trigger.type !== 'link') continue;
    const scope = links.get(element.parent) ?? new Map<string, ElementId>();
    links.set(element.parent, scope.set(element.trigger.name, element.id));
  }
  return links;
}
