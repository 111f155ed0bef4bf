import { localVariables, visibleVariables } from '../machine/visible.ts';
import type { Behavior } from '../machine/behavior.ts';
import { evaluateText } from '../machine/evaluate.ts';
import { Fault } from '../machine/fault.ts';
import type { ElementOf } from '../process.ts';

/** Asks for an instance of another process and waits for its end. The runtime starts it. */
export const callActivity: Behavior<ElementOf<'call-activity'>> = {
  enter: (run, { n }, element) => {
    const purpose = (what: string) => ({ n, what, kind: 'CALLED_ELEMENT_ERROR' as const });
    const processId = evaluateText(run, element.processId, purpose('the called process id'));
    const businessId = element.businessId && evaluateText(run, element.businessId, purpose('the business id'));
    const called = run.world.library.process(processId, element.binding);
    if (called === undefined)
      throw new Fault(
        'CALLED_ELEMENT_ERROR',
        `Expected a process '${processId}' (${element.binding.type}) to be deployed, but there is none.`,
      );
    const variables = element.propagateAllParentVariables ? visibleVariables(run.state, n) : localVariables(run.state, n);
    run.emit({
      t: 'child-requested',
      el: n,
      processId,
      processKey: called.key,
      variables,
      ...(businessId !== undefined && { businessId }),
    });
  },
  terminating: (run, { n }) => {
    run.emit({ t: 'child-cancel-requested', el: n });
    return undefined;
  },
};
