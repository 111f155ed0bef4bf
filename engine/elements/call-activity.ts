import { localVariables, visibleVariables } from '../machine/visible.ts';
import type { Behavior } from '../machine/behavior.ts';
import { evaluateText } from '../machine/evaluate.ts';
import { Fault } from '../machine/fault.ts';
import { BUSINESS_ID_LENGTH } from '../commands/assign-business-id.ts';
import type { Run } from '../machine/run.ts';
import type { ElementOf, Value } from '../process.ts';

/** The child has its caller's, unless the model says another one, or (empty) none. */
function businessIdOf(run: Run, n: number, value: Value | undefined): string | undefined {
  if (value === undefined) return run.state.businessId;
  if ('fixed' in value && value.fixed === '') return undefined;
  const businessId = evaluateText(run, value, { n, what: 'the business id', kind: 'CALLED_ELEMENT_ERROR' });
  if (businessId !== '' && businessId.length <= BUSINESS_ID_LENGTH) return businessId;
  throw new Fault(
    'CALLED_ELEMENT_ERROR',
    `Expected the business id to have 1 to ${BUSINESS_ID_LENGTH} characters, but it has ${businessId.length}.`,
  );
}

/** Asks for an instance of another process and waits for its end. The runtime starts it. */
export const callActivity: Behavior<ElementOf<'call-activity'>> = {
  enter: (run, { n }, element) => {
    const purpose = (what: string) => ({ n, what, kind: 'CALLED_ELEMENT_ERROR' as const });
    const processId = evaluateText(run, element.processId, purpose('the called process id'));
    const businessId = businessIdOf(run, n, element.businessId);
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
