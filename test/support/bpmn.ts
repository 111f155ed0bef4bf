/** A few words to write BPMN with: `diagram(start('s'), task('userTask', 'ask'), end('e'), path('s ask e'))`. */

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="test">';

/** One executable process `p`; roots (message, error …) are told apart from what belongs into the process. */
export function diagram(...parts: readonly string[]): string {
  const isRoot = (part: string) => /^<bpmn:(message|signal|error|escalation|collaboration|process)\b/.test(part);
  const inside = parts.filter((part) => !isRoot(part));
  return `${HEAD}${parts.filter(isRoot).join('')}<bpmn:process id="p" name="Test" isExecutable="true">${inside.join('')}</bpmn:process></bpmn:definitions>`;
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function attributes(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escape(String(value))}"`]))
    .join('');
}

/** Any BPMN element. */
export function el(
  type: string,
  id: string,
  inner: string | readonly string[] = '',
  values: Readonly<Record<string, string | boolean | number>> = {},
): string {
  return `<bpmn:${type} id="${id}"${attributes(values)}>${typeof inner === 'string' ? inner : inner.join('')}</bpmn:${type}>`;
}

export function ext(...inner: readonly string[]): string {
  return `<bpmn:extensionElements>${inner.join('')}</bpmn:extensionElements>`;
}

export function zeebe(type: string, values: Readonly<Record<string, string | number | boolean | undefined>> = {}, inner = ''): string {
  return `<zeebe:${type}${attributes(values)}>${inner}</zeebe:${type}>`;
}

export function mapping(inputs: Readonly<Record<string, string>>, outputs: Readonly<Record<string, string>> = {}): string {
  const each = (side: string, pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs)
      .map(([target, source]) => zeebe(side, { source, target }))
      .join('');
  return zeebe('ioMapping', {}, each('input', inputs) + each('output', outputs));
}

export const start = (id: string, inner = '', values = {}) => el('startEvent', id, inner, values);
/** Begins when all of its parts have happened. */
export const multipleStart = (id: string, ...parts: readonly string[]) => el('startEvent', id, parts, { parallelMultiple: true });
export const end = (id: string, inner = '') => el('endEvent', id, inner);
export const gateway = (kind: 'exclusive' | 'parallel' | 'inclusive' | 'complex' | 'eventBased', id: string, values = {}, inner = '') =>
  el(`${kind}Gateway`, id, inner, values);
export const userTask = (id: string, ...inner: readonly string[]) => el('userTask', id, [ext(zeebe('userTask'), ...inner)]);
/** A service task whose job type is its id; further extension elements, then other children. */
export const job = (id: string, extensions: readonly string[] = [], inner = '') =>
  el('serviceTask', id, [ext(zeebe('taskDefinition', { type: id }), ...extensions), inner]);
export const script = (id: string, resultVariable: string, expression: string, inner = '') =>
  el('scriptTask', id, [ext(zeebe('script', { expression, resultVariable })), inner]);
export const sub = (id: string, ...inner: readonly string[]) => el('subProcess', id, inner);
export const eventSub = (id: string, ...inner: readonly string[]) => el('subProcess', id, inner, { triggeredByEvent: true });
export const boundary = (id: string, attachedToRef: string, inner: string, interrupting = true) =>
  el('boundaryEvent', id, inner, { attachedToRef, cancelActivity: interrupting });
export const catching = (id: string, inner: string) => el('intermediateCatchEvent', id, inner);
export const throwing = (id: string, inner: string) => el('intermediateThrowEvent', id, inner);

export const timer = (kind: 'timeDuration' | 'timeDate' | 'timeCycle', body: string) =>
  `<bpmn:timerEventDefinition><bpmn:${kind} xsi:type="bpmn:tFormalExpression">${escape(body)}</bpmn:${kind}></bpmn:timerEventDefinition>`;
export const message = (name: string, correlationKey = '=key') =>
  `<bpmn:message id="m-${name}" name="${name}">${ext(zeebe('subscription', { correlationKey }))}</bpmn:message>`;
export const onMessage = (name: string) => `<bpmn:messageEventDefinition messageRef="m-${name}" />`;
export const signal = (name: string) => `<bpmn:signal id="s-${name}" name="${name}" />`;
export const onSignal = (name: string) => `<bpmn:signalEventDefinition signalRef="s-${name}" />`;
export const error = (code: string) => `<bpmn:error id="e-${code}" name="${code}" errorCode="${code}" />`;
export const onError = (code?: string) =>
  `<bpmn:errorEventDefinition${attributes({ errorRef: code === undefined ? undefined : `e-${code}` })} />`;
export const escalation = (code: string) => `<bpmn:escalation id="x-${code}" name="${code}" escalationCode="${code}" />`;
export const onEscalation = (code?: string) =>
  `<bpmn:escalationEventDefinition${attributes({ escalationRef: code === undefined ? undefined : `x-${code}` })} />`;
export const onCondition = (condition: string, filter: Record<string, string> = {}) =>
  `<bpmn:conditionalEventDefinition>${Object.keys(filter).length > 0 ? ext(zeebe('conditionalFilter', filter)) : ''}<bpmn:condition xsi:type="bpmn:tFormalExpression">${escape(condition)}</bpmn:condition></bpmn:conditionalEventDefinition>`;
export const terminate = () => '<bpmn:terminateEventDefinition />';
export const link = (name: string) => `<bpmn:linkEventDefinition name="${name}" />`;

/** Execution listeners, as one extension element; each one's job type is `on-<event>`. */
export function executionListeners(...events: readonly string[]): string {
  const each = events.map((eventType) => zeebe('executionListener', { eventType, type: `on-${eventType}` }));
  return each.length === 0 ? '' : zeebe('executionListeners', {}, each.join(''));
}

/** The same for user tasks. */
export function taskListeners(...events: readonly string[]): string {
  const each = events.map((eventType) => zeebe('taskListener', { eventType, type: `on-${eventType}` }));
  return each.length === 0 ? '' : zeebe('taskListeners', {}, each.join(''));
}

/** What makes the activity `of` one that can be undone: the event on its border, the activity that undoes it (with that job type), and what connects them. */
export function undoneBy(of: string, handler: string): string {
  const event = `${handler}-event`;
  return (
    boundary(event, of, '<bpmn:compensateEventDefinition />') +
    el('serviceTask', handler, ext(zeebe('taskDefinition', { type: handler })), { isForCompensation: true }) +
    el('association', `${handler}-from`, '', { sourceRef: event, targetRef: handler, associationDirection: 'One' })
  );
}

export function multiInstance(
  values: Readonly<Record<string, string>>,
  how: { readonly sequential?: boolean; readonly until?: string; readonly cardinality?: string } = {},
): string {
  const cardinality =
    how.cardinality === undefined
      ? ''
      : `<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">${escape(how.cardinality)}</bpmn:loopCardinality>`;
  const until =
    how.until === undefined
      ? ''
      : `<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${escape(how.until)}</bpmn:completionCondition>`;
  const own = Object.keys(values).length > 0 ? ext(zeebe('loopCharacteristics', values)) : '';
  return `<bpmn:multiInstanceLoopCharacteristics isSequential="${how.sequential === true}">${own}${cardinality}${until}</bpmn:multiInstanceLoopCharacteristics>`;
}

/** A flow `from-to`, with a condition if there is one. */
export function flow(from: string, to: string, condition?: string): string {
  const inner =
    condition === undefined
      ? ''
      : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${escape(condition)}</bpmn:conditionExpression>`;
  return `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${inner}</bpmn:sequenceFlow>`;
}

/** Flows along ids with spaces between them. */
export function path(ids: string): string {
  const steps = ids.split(/\s+/);
  return steps
    .slice(1)
    .map((to, index) => flow(steps[index] ?? '', to))
    .join('');
}
