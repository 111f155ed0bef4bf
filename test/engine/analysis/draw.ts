/**
 * Draws diagrams from lines, for tests. One line = one element or one flow:
 *
 *   start s [form=f]      end e | end e terminate | end e error CODE | end e message NAME | end e escalation CODE
 *   user u [form=f]       service x    script x result = expression    manual x    task x    call x PROCESS
 *   xor g | and g | or g | events g
 *   catch c message NAME | catch c timer duration PT1H | throw t message NAME
 *   boundary b on x [non-interrupting] timer duration PT1H | error CODE | error | message NAME | escalation CODE
 *   sub s {  ...  }       transaction s {  ...  }      event-sub s {  starting i error CODE ...  }
 *   a -> b [: condition]  a -> b : default
 *   input x target = expression      output x target = expression
 */
import { compile } from '../../../engine/compile/compile.ts';
import type { Process } from '../../../engine/process.ts';

interface Drawing {
  readonly shapes: string[];
  readonly flows: string[];
  readonly roots: Map<string, string>;
}

/** BPMN text of the lines. */
export function drawXml(lines: string, id = 'process'): string {
  const drawing: Drawing = { shapes: [], flows: [], roots: new Map() };
  const rows = lines.split('\n').map((line) => line.trim());
  const extras = extrasOf(rows);
  const defaults = new Map(rows.flatMap((row) => matchDefault(row)));
  const body: string[] = [];
  for (const row of rows) body.push(...elementOf(row, { drawing, extras, defaults }));
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="t">
<bpmn:process id="${id}" isExecutable="true">
${body.join('\n')}
</bpmn:process>
${[...drawing.roots.values()].join('\n')}
</bpmn:definitions>`;
}

/** The compiled process; throws with the problems when it is refused. */
export async function draw(lines: string, id = 'process'): Promise<Process> {
  const result = await compile(drawXml(lines, id));
  if (!result.ok)
    throw new Error(
      `Expected the drawing to compile, but: ${result.problems.map(({ message, elementId }) => `${elementId}: ${message}`).join(' | ')}`,
    );
  return result.processes[0]!;
}

type Extras = ReadonlyMap<string, string>;
interface Context {
  readonly drawing: Drawing;
  readonly extras: Extras;
  readonly defaults: ReadonlyMap<string, string>;
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

function extrasOf(rows: readonly string[]): Extras {
  const made = new Map<string, string>();
  for (const row of rows) {
    const [, kind, id, target, source] = /^(input|output) (\S+) (\S+) = (.+)$/.exec(row) ?? [];
    if (kind === undefined || id === undefined) continue;
    made.set(id, `${made.get(id) ?? ''}<zeebe:${kind} source="=${escape(source!)}" target="${target}" />`);
  }
  return made;
}

function matchDefault(row: string): [string, string][] {
  const [, from, to] = /^(\S+) -> (\S+) : default$/.exec(row) ?? [];
  return from === undefined ? [] : [[from, `${from}-${to}`]];
}

function elementOf(row: string, context: Context): string[] {
  if (row === '' || row.startsWith('input ') || row.startsWith('output ')) return [];
  if (row === '}') return ['</bpmn:subProcess>'];
  if (row === '} transaction') return ['</bpmn:transaction>'];
  const flow = /^(\S+) -> (\S+)(?: : (.+))?$/.exec(row);
  if (flow !== null) return [flowOf(flow[1]!, flow[2]!, flow[3])];
  const [kind = '', id = '', ...rest] = row.split(/\s+/);
  return [shapeOf(kind, id, { rest, context })];
}

function flowOf(from: string, to: string, condition: string | undefined): string {
  const inner =
    condition === undefined || condition === 'default'
      ? ''
      : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=${escape(condition)}</bpmn:conditionExpression>`;
  return `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${inner}</bpmn:sequenceFlow>`;
}

function shapeOf(kind: string, id: string, { rest, context }: { rest: readonly string[]; context: Context }): string {
  const { extras, defaults } = context;
  const fallback = defaults.has(id) ? ` default="${defaults.get(id)}"` : '';
  const mappings = extras.has(id) ? `<zeebe:ioMapping>${extras.get(id)}</zeebe:ioMapping>` : '';
  const form = rest.find((word) => word.startsWith('form='))?.slice(5);
  const formed = form === undefined ? '' : `<zeebe:formDefinition formId="${form}" />`;
  const extend = (inner: string): string =>
    inner + mappings === '' ? '' : `<bpmn:extensionElements>${inner}${mappings}</bpmn:extensionElements>`;
  const node = (type: string, inner = '', attributes = ''): string =>
    `<bpmn:${type} id="${id}"${fallback}${attributes}>${inner}</bpmn:${type}>`;
  switch (kind) {
    case 'start':
      return node('startEvent', extend(formed) + eventOf(rest, context));
    case 'starting':
      return node('startEvent', eventOf(rest, context), rest.includes('non-interrupting') ? ' isInterrupting="false"' : '');
    case 'end':
      return node(
        'endEvent',
        (rest[0] === 'message' ? extend('<zeebe:taskDefinition type="send" />') : extend('')) + eventOf(rest, context),
      );
    case 'user':
      return node('userTask', extend(`<zeebe:userTask />${formed}`));
    case 'service':
      return node('serviceTask', extend(`<zeebe:taskDefinition type="${id}" />`));
    case 'script':
      return node('scriptTask', extend(`<zeebe:script expression="=${escape(rest.slice(2).join(' '))}" resultVariable="${rest[0]}" />`));
    case 'manual':
      return node('manualTask', extend(''));
    case 'task':
      return node('task', extend(''));
    case 'call':
      return node('callActivity', extend(`<zeebe:calledElement processId="${rest[0]}" propagateAllChildVariables="false" />`));
    case 'catch':
      return node('intermediateCatchEvent', extend('') + eventOf(rest, context));
    case 'throw':
      return node(
        'intermediateThrowEvent',
        extend(rest[0] === 'message' ? '<zeebe:taskDefinition type="send" />' : '') + eventOf(rest, context),
      );
    case 'boundary':
      return node(
        'boundaryEvent',
        extend('') + eventOf(rest.slice(2), context),
        ` attachedToRef="${rest[1]}" cancelActivity="${String(!rest.includes('non-interrupting'))}"`,
      );
    case 'sub':
      return `<bpmn:subProcess id="${id}">${extend('')}`;
    case 'transaction':
      return `<bpmn:transaction id="${id}">${extend('')}`;
    case 'event-sub':
      return `<bpmn:subProcess id="${id}" triggeredByEvent="true">`;
    default:
      return node(GATEWAYS[kind] ?? `unknown-${kind}`);
  }
}

const GATEWAYS: Readonly<Record<string, string>> = {
  xor: 'exclusiveGateway',
  and: 'parallelGateway',
  or: 'inclusiveGateway',
  events: 'eventBasedGateway',
};

function eventOf(words: readonly string[], { drawing }: Context): string {
  const [type, ...rest] = words.filter((word) => word !== 'non-interrupting' && word !== 'timer' && !word.startsWith('form='));
  const named = (tag: string, attributes: string): string => {
    if (rest[0] === undefined) return '';
    const ref = `${tag}-${rest[0]}`;
    const key = tag === 'message' ? '<bpmn:extensionElements><zeebe:subscription correlationKey="=1" /></bpmn:extensionElements>' : '';
    drawing.roots.set(ref, `<bpmn:${tag} id="${ref}" ${attributes}>${key}</bpmn:${tag}>`);
    return ` ${tag}Ref="${ref}"`;
  };
  switch (type) {
    case undefined:
      return '';
    case 'terminate':
      return '<bpmn:terminateEventDefinition />';
    case 'cancel':
      return '<bpmn:cancelEventDefinition />';
    case 'message':
      return `<bpmn:messageEventDefinition${named('message', `name="${rest[0]}"`)} />`;
    case 'error':
      return `<bpmn:errorEventDefinition${named('error', `errorCode="${rest[0]}"`)} />`;
    case 'escalation':
      return `<bpmn:escalationEventDefinition${named('escalation', `escalationCode="${rest[0]}"`)} />`;
    case 'link':
      return `<bpmn:linkEventDefinition name="${rest[0]}" />`;
    default: {
      const tag = { duration: 'timeDuration', date: 'timeDate', cycle: 'timeCycle' }[type as 'duration'];
      return `<bpmn:timerEventDefinition><bpmn:${tag} xsi:type="bpmn:tFormalExpression">${escape(rest.join(' '))}</bpmn:${tag}></bpmn:timerEventDefinition>`;
    }
  }
}
