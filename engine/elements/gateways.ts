import type { Behavior } from '../machine/behavior.ts';
import { Fault } from '../machine/fault.ts';
import { holds } from '../machine/lifecycle.ts';
import { openWaits, waitingOf } from '../machine/waits.ts';
import type { Element, ElementOf, Flow } from '../process.ts';
import { pass } from './pass.ts';

/** Takes the first flow whose condition holds, in the order of the model; else the default. */
export const exclusiveGateway: Behavior<ElementOf<'exclusive-gateway'>> = {
  enter: pass.enter,
  choose: (run, { n }, gateway) => {
    if (gateway.outgoing.length === 1 && gateway.outgoing[0]?.condition === undefined) return gateway.outgoing;
    const chosen = gateway.outgoing.find((flow) => flow.id !== gateway.defaultFlow && holds(run, n, flow));
    return chosen ? [chosen] : defaultOf(gateway);
  },
};

/** Takes every flow whose condition holds; else the default. Joining: inclusive-join.ts. */
export const inclusiveGateway: Behavior<ElementOf<'inclusive-gateway'>> = {
  enter: pass.enter,
  choose: (run, { n }, gateway) => {
    const chosen = gateway.outgoing.filter((flow) => flow.id !== gateway.defaultFlow && holds(run, n, flow));
    return chosen.length > 0 ? chosen : defaultOf(gateway);
  },
};

/**
 * Splits like an inclusive gateway, each time that it goes on: when it is activated and (for tokens that came late) when it is reset.
 * A flow without a condition is taken at the activation only, and a reset that takes no flow is no fault. Joining: complex-join.ts.
 */
export const complexGateway: Behavior<ElementOf<'complex-gateway'>> = {
  enter: pass.enter,
  choose: (run, { n }, gateway) => {
    const isReset = run.state.variables.get(n)?.get('waitingForStart')?.value === false;
    const candidates = gateway.outgoing.filter((flow) => flow.id !== gateway.defaultFlow && !(isReset && flow.condition === undefined));
    const chosen = candidates.filter((flow) => holds(run, n, flow));
    if (chosen.length > 0) return chosen;
    return isReset ? gateway.outgoing.filter((flow) => flow.id === gateway.defaultFlow) : defaultOf(gateway);
  },
};

function defaultOf(gateway: Element): readonly Flow[] {
  const fallback = gateway.outgoing.filter((flow) => flow.id === gateway.defaultFlow);
  if (fallback.length > 0 || gateway.outgoing.length === 0) return fallback;
  throw new Fault(
    'CONDITION_ERROR',
    'Expected the condition of at least one outgoing flow to hold, but none does and the gateway has no default flow.',
  );
}

/** Takes every flow, whatever stands on it. Joining: activation.ts. */
export const parallelGateway: Behavior<ElementOf<'parallel-gateway'>> = {
  enter: pass.enter,
  choose: (_run, _instance, gateway) => gateway.outgoing,
};

/** Waits for the first of the events behind it. */
export const eventBasedGateway: Behavior<ElementOf<'event-based-gateway'>> = {
  enter: (run, instance, gateway) =>
    openWaits(
      run,
      instance,
      gateway.outgoing.map((flow) => waitingOf(run, flow.target)),
    ),
};
