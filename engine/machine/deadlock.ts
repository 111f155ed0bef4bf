/**
 * Deadlocks: when everything rests, tokens wait at joins of a scope and nothing else is left in it that could move. Without a word such
 * an instance would hang unseen; so it is an incident at the join that waits. It ends by itself when a token moves there again.
 */
import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { ElementInstance, IncidentState } from '../state.ts';
import { Fault } from './fault.ts';
import { raiseIncidentAt } from './incidents.ts';
import type { Run } from './run.ts';

/** Looks at every scope in which something has moved. */
export function nameDeadlocks(run: Run): void {
  for (const n of run.stirred) {
    const scope = run.state.elements.get(n);
    if (scope === undefined) continue;
    const open = openOne(run, scope);
    const gateway = stuckGateway(run, scope);
    if (open?.step?.do === 'stuck' && !gateway) run.emit({ t: 'incident-resolved', n: open.n, at: run.at });
    if (gateway && !open) raiseIncidentAt(run, gateway.id, { step: { do: 'stuck', n }, fault: deadlock(scope, gateway) });
  }
}

/** What says already that this scope is stuck; complex gateways have words of their own (complex-join.ts). */
function openOne(run: Run, scope: ElementInstance): IncidentState | undefined {
  return (scope.owned ?? [])
    .map((n) => run.state.incidents.get(n))
    .find((incident) => incident?.step?.do === 'stuck' || incident?.step?.do === 'join');
}

/** The join to look at first: one that needs all its flows before one that only waits because the other does. */
function stuckGateway(run: Run, scope: ElementInstance): Element | undefined {
  if ((scope.tokens?.size ?? 0) === 0 || (scope.children?.size ?? 0) > 0 || scope.draining) return undefined;
  // whoever works on an ad-hoc sub-process may begin something in it at any time
  if (run.elementOf(scope).kind === 'ad-hoc-sub-process') return undefined;
  const ids = [...(scope.tokens?.keys() ?? [])].map((flow) => run.world.process.flows.get(flow)?.target ?? '');
  const waiting = ids.map((id) => elementOf(run.world.process, id));
  return waiting.find(({ kind }) => kind === 'parallel-gateway') ?? waiting[0];
}

function deadlock(scope: ElementInstance, gateway: Element): Fault {
  const missing = gateway.incoming.filter(({ id }) => !scope.tokens?.has(id)).map(({ id }) => `'${id}'`);
  const message = `Expected a token to come to '${gateway.id}' by ${missing.join(', ')}, but nothing is left around it that could bring one: it waits for ever. Activate an element before it, or move on past it.`;
  return new Fault('UNKNOWN', message);
}
