/** What `instance-migrated` does to the state: other ids, other scopes. The command has checked that everything finds its place. */
import type { Compensable, ElementInstance, InstanceState } from './state.ts';
import type { Step } from './step.ts';
import type { ElementId, Event } from './terms.ts';

type Migrated = Extract<Event, { readonly t: 'instance-migrated' }>;
type Renaming = (id: ElementId) => ElementId;

export function migrate(state: InstanceState, event: Migrated): void {
  for (const [from, flow, scope] of event.tokens ?? []) moveTokens(state, from, { flow, scope });
  for (const [n, element] of event.elements) found(state, n).element = element;
  if (event.scopes) nest(state, event.scopes);
  if (event.renamed) rename(state, new Map(event.renamed));
}

function found(state: InstanceState, n: number): ElementInstance {
  const instance = state.elements.get(n);
  if (instance === undefined)
    throw new Error(`Expected element instance ${n} to exist, but it does not: events are missing or out of order.`);
  return instance;
}

function moveTokens(state: InstanceState, from: number, { flow, scope }: { readonly flow: ElementId; readonly scope: number }): void {
  const count = found(state, from).tokens?.get(flow) ?? 0;
  found(state, from).tokens?.delete(flow);
  const tokens = (found(state, scope).tokens ??= new Map<ElementId, number>());
  tokens.set(flow, (tokens.get(flow) ?? 0) + count);
}

/** Children stand in the order of all element instances, as when the state is read from its text. */
function nest(state: InstanceState, scopes: NonNullable<Migrated['scopes']>): void {
  for (const [n, scope] of scopes) found(state, n).scope = scope;
  for (const instance of state.elements.values()) instance.children?.clear();
  for (const { n, scope } of state.elements.values()) if (n > 0) (found(state, scope).children ??= new Set()).add(n);
}

function rename(state: InstanceState, names: ReadonlyMap<ElementId, ElementId>): void {
  const to: Renaming = (id) => names.get(id) ?? id;
  for (const instance of state.elements.values()) renameIn(instance, to);
  for (const wait of state.timers.values()) state.timers.set(wait.n, { ...wait, element: to(wait.element) });
  for (const wait of state.subscriptions.values()) state.subscriptions.set(wait.n, { ...wait, element: to(wait.element) });
  for (const incident of state.incidents.values())
    if (incident.step) state.incidents.set(incident.n, { ...incident, step: renamedStep(incident.step, to) });
  if (state.terminateAfter) state.terminateAfter = state.terminateAfter.map(to);
}

function renameIn(instance: ElementInstance, to: Renaming): void {
  const { tokens, resetting, compensable, handles, draining, begin } = instance;
  if (tokens) instance.tokens = renamedTokens(tokens, to);
  if (resetting) instance.resetting = new Map([...resetting].map(([gateway, flows]) => [to(gateway), flows.map(to)]));
  if (compensable) instance.compensable = compensable.map((record) => renamedRecord(record, to));
  if (handles?.remaining) instance.handles = { ...handles, remaining: handles.remaining.map((record) => renamedRecord(record, to)) };
  if (draining?.start) instance.draining = { ...draining, start: { ...draining.start, element: to(draining.start.element) } };
  if (begin?.at) instance.begin = { ...begin, at: begin.at.map(to) };
}

function renamedTokens(tokens: ReadonlyMap<ElementId, number>, to: Renaming): Map<ElementId, number> {
  const renamed = new Map<ElementId, number>();
  for (const [flow, count] of tokens) renamed.set(to(flow), (renamed.get(to(flow)) ?? 0) + count);
  return renamed;
}

function renamedRecord(record: Compensable, to: Renaming): Compensable {
  const { element, handler, inner } = record;
  return {
    ...record,
    element: to(element),
    ...(handler !== undefined && { handler: to(handler) }),
    ...(inner && { inner: inner.map((one) => renamedRecord(one, to)) }),
  };
}

function renamedStep(step: Step, to: Renaming): Step {
  if (step.do === 'rest') return { ...step, steps: step.steps.map((one) => renamedStep(one, to)) };
  if (step.do === 'repeat') return { ...step, element: to(step.element) };
  if (step.do === 'join') return { ...step, gateway: to(step.gateway) };
  if (step.do === 'reopen') return { ...step, elements: step.elements.map(to) };
  return 'at' in step && step.at ? { ...step, at: step.at.map(to) } : step;
}
