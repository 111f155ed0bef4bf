/**
 * Complex gateways with an activation condition (BPMN 2.0.2, 13.4.5). Waiting for start: the gateway goes on as soon as its condition holds
 * and uses up one token of every flow that has one. Waiting for reset: what can still arrive on the other flows is absorbed, and when
 * nothing more can (the rule of the inclusive join), it waits for start again. `joinWhatIsReady` calls it when the run comes to rest.
 */
import { elementOf } from '../process.ts';
import type { Element, ElementOf } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { ElementId, Json } from '../terms.ts';
import { activate } from './activation.ts';
import { nothingElseArrives } from './arrivals.ts';
import { evaluateBoolean } from './evaluate.ts';
import { Fault } from './fault.ts';
import { raiseIncidentAt } from './incidents.ts';
import type { Run } from './run.ts';
import { setLocal } from './variables.ts';

type Conditional = ElementOf<'complex-gateway'> & { readonly activation: object };

export function isConditional(gateway: Element): gateway is Conditional {
  return gateway.kind === 'complex-gateway' && gateway.activation !== undefined;
}

/** First phase. Answers whether the gateway went on. An incident at this gateway holds it until somebody has resolved it. */
export function activateWhenReady(run: Run, scope: ElementInstance, gateway: Conditional): boolean {
  if (scope.resetting?.has(gateway.id) || isHeld(run, scope, gateway.id)) return false;
  const flows = gateway.incoming.map((flow) => flow.id).filter((id) => scope.tokens?.has(id));
  try {
    if (!holds(run, scope, { gateway, count: flows.length })) return false;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    raiseIncidentAt(run, gateway.id, { step: { do: 'join', n: scope.n, gateway: gateway.id }, fault });
    return false;
  }
  run.emit({ t: 'internal', what: 'resetting', n: scope.n, gateway: gateway.id, flows });
  goOn(run, scope, { gateway, takes: flows, waitingForStart: true });
  return true;
}

/** When it does not hold and nothing is left in the scope that could change that, the token would wait for ever: that is a fault too. */
function holds(run: Run, scope: ElementInstance, { gateway, count }: { readonly gateway: Conditional; readonly count: number }): boolean {
  const { activation } = gateway as ElementOf<'complex-gateway'>;
  if (activation === undefined) return false;
  const what = `the activation condition of '${gateway.id}'`;
  const overlay = new Map<string, Json>([
    ['activationCount', count],
    ['waitingForStart', true],
  ]);
  if (evaluateBoolean(run, activation, { n: scope.n, what, kind: 'CONDITION_ERROR', overlay })) return true;
  if ((scope.children?.size ?? 0) > 0) return false;
  const message = `Expected ${what} '${activation.text.trim()}' to become true, but it is not and no other token is left that could arrive (activationCount is ${count}).`;
  throw new Fault('CONDITION_ERROR', message);
}

function isHeld(run: Run, scope: ElementInstance, gateway: ElementId): boolean {
  return (scope.owned ?? []).some((n) => {
    const step = run.state.incidents.get(n)?.step;
    return step?.do === 'join' && step.gateway === gateway;
  });
}

/** Second phase. Answers whether a gateway of this scope waits for start again. */
export function resetWhatIsReady(run: Run, scope: ElementInstance): boolean {
  let reset = false;
  for (const [id, used] of [...(scope.resetting ?? [])]) {
    const gateway = elementOf(run.world.process, id);
    const isLate = (flow: ElementId) => scope.tokens?.has(flow) === true && !used.includes(flow);
    const settled = (flow: { readonly id: ElementId }) => used.includes(flow.id) || isLate(flow.id);
    if (!nothingElseArrives(run, scope, { gateway, settled })) continue;
    const takes = gateway.incoming.map((flow) => flow.id).filter(isLate);
    run.emit({ t: 'internal', what: 'reset', n: scope.n, gateway: id });
    if (takes.length > 0) goOn(run, scope, { gateway, takes, waitingForStart: false });
    run.touched.add(scope.n);
    reset = true;
  }
  return reset;
}

/** The gateway's own variables say why it goes on: the conditions of its flows may read them. */
function goOn(
  run: Run,
  scope: ElementInstance,
  {
    gateway,
    takes,
    waitingForStart,
  }: { readonly gateway: Element; readonly takes: readonly ElementId[]; readonly waitingForStart: boolean },
): void {
  const n = activate(run, gateway, scope.n, { takes });
  setLocal(run, n, 'activationCount', takes.length);
  setLocal(run, n, 'waitingForStart', waitingForStart);
}
