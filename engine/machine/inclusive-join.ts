/**
 * Joining inclusive gateways, and complex ones without a condition (with one: complex-join.ts). One goes on when a token waits on one of
 * its flows and no token elsewhere in the scope can still reach one of its empty flows, unless it could as well reach one that has a
 * token (BPMN 2.0.2, 13.4.3) — so loops do not block it.
 */
import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import { join } from './activation.ts';
import { nothingElseArrives } from './arrivals.ts';
import { activateWhenReady, isConditional, resetWhatIsReady } from './complex-join.ts';
import type { Run } from './run.ts';

/** Looks at every scope in which a token has moved. Answers whether a gateway went on. */
export function joinWhatIsReady(run: Run): boolean {
  const scopes = [...run.touched];
  run.touched.clear();
  let joined = false;
  for (const n of scopes) {
    run.stirred.add(n);
    const scope = run.state.elements.get(n);
    if (scope === undefined || scope.draining) continue;
    if (scope.resetting && resetWhatIsReady(run, scope)) joined = true;
    if (!scope.tokens?.size) continue;
    for (const gateway of waitingGateways(run, scope)) {
      if (isConditional(gateway)) joined = activateWhenReady(run, scope, gateway) || joined;
      if (isConditional(gateway) || !isReady(run, scope, gateway)) continue;
      join(run, gateway, n);
      joined = true;
    }
  }
  return joined;
}

function waitingGateways(run: Run, scope: ElementInstance): readonly Element[] {
  const { process } = run.world;
  const ids = new Set([...(scope.tokens?.keys() ?? [])].map((flow) => process.flows.get(flow)?.target ?? ''));
  return [...ids]
    .map((id) => elementOf(process, id))
    .filter((element) => element.kind === 'inclusive-gateway' || element.kind === 'complex-gateway');
}

function isReady(run: Run, scope: ElementInstance, gateway: Element): boolean {
  return nothingElseArrives(run, scope, { gateway, settled: (flow) => scope.tokens?.has(flow.id) === true });
}
