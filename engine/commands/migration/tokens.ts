/** Tokens that wait at joins: each needs a flow to the same gateway, the one of the same id or the one from the same element. */
import type { Element, Flow } from '../../process.ts';
import type { ElementId } from '../../terms.ts';
import type { Moving } from './moving.ts';
import type { Places } from './places.ts';

export interface MovedToken {
  readonly from: number;
  /** its present id */
  readonly flow: ElementId;
  readonly scope: number;
}

export function placeTokens(moving: Moving, places: Places): readonly MovedToken[] {
  const moved: MovedToken[] = [];
  for (const { n, tokens, resetting } of moving.run.state.elements.values()) {
    for (const flow of tokens?.keys() ?? []) {
      const gateway = rename(moving, flow);
      if (gateway) moved.push({ from: n, flow, scope: places.under(n, { wanted: gateway.parent, who: gateway.id }) });
    }
    for (const [gateway, flows] of resetting ?? []) {
      flows.forEach((flow) => renameQuietly(moving, flow));
      if (moving.target.elements.get(moving.to(gateway))?.kind !== 'complex-gateway')
        moving.refuse(`'${gateway}', which waits for its reset`, `process '${moving.target.id}' has no such gateway`);
    }
  }
  refuseWhileSuspended(moving, moved);
  return moved;
}

/** Answers the gateway that the token then waits at. */
function rename(moving: Moving, id: ElementId): Element | undefined {
  const { target, run } = moving;
  const flow = run.world.process.flows.get(id);
  const source = run.world.process.elements.get(flow?.target ?? '');
  if (flow === undefined || source === undefined) throw new Error(`Expected flow '${id}' to exist, but it does not.`);
  const what = `the token that waits at '${source.id}' on flow '${id}'`;
  const gateway = target.elements.get(moving.to(source.id));
  const refuse = (why: string) => void moving.refuse(what, why);
  if (gateway?.kind !== source.kind) return refuse(`process '${target.id}' has no ${source.kind} '${moving.to(source.id)}'`);
  const candidates = candidatesFor(moving, flow, gateway);
  const [found, ...more] = candidates;
  if (found === undefined)
    return refuse(`no flow leads from '${moving.to(flow.source)}' to '${gateway.id}' there, and none of the id '${moving.to(id)}'`);
  if (more.length > 0) return refuse(`several flows lead from '${moving.to(flow.source)}' to '${gateway.id}' there: map the flow itself`);
  if (found.id !== id) moving.renamed.set(id, found.id);
  return gateway;
}

function candidatesFor(moving: Moving, flow: Flow, gateway: Element): readonly Flow[] {
  const named = gateway.incoming.filter(({ id }) => id === moving.to(flow.id));
  return named.length > 0 ? named : gateway.incoming.filter(({ source }) => source === moving.to(flow.source));
}

/** A flow that a gateway has used up a token of: when the target has none for it, it is of no interest any more. */
function renameQuietly(moving: Moving, id: ElementId): void {
  const flow = moving.run.world.process.flows.get(id);
  const gateway = moving.target.elements.get(moving.to(flow?.target ?? ''));
  const [found] = flow && gateway ? candidatesFor(moving, flow, gateway) : [];
  if (found && found.id !== id) moving.renamed.set(id, found.id);
}

/** With other flows a join may be complete at once, and in a suspended instance no token moves. */
function refuseWhileSuspended(moving: Moving, moved: readonly MovedToken[]): void {
  const { run, target } = moving;
  if (run.state.status !== 'suspended') return;
  for (const { flow } of moved) {
    const source = run.world.process.elements.get(run.world.process.flows.get(flow)?.target ?? '');
    const aim = source && target.elements.get(moving.to(source.id));
    if (source?.incoming.length !== aim?.incoming.length)
      moving.refuse(
        `the token that waits at '${source?.id ?? ''}'`,
        'that gateway has another number of flows there, and the instance is suspended: resume it first',
      );
  }
}
