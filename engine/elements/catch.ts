import type { Behavior } from '../machine/behavior.ts';
import { openWaits, waitingOf } from '../machine/waits.ts';
import type { ElementOf } from '../process.ts';

/** Intermediate catch events and receive tasks: wait, unless an event-based gateway has waited for them already. Links are reached by their throwing end. */
export const catching: Behavior<ElementOf<'catch-event'> | ElementOf<'receive-task'>> = {
  enter: (run, instance, element, { payload }) => {
    if (payload || element.trigger.type === 'link') run.push({ do: 'complete', n: instance.n, ...(payload && { payload }) });
    else openWaits(run, instance, [waitingOf(run, element.id)]);
  },
};
