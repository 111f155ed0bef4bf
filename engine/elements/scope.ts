import type { Behavior } from '../machine/behavior.ts';
import { activate } from '../machine/activation.ts';
import { visibleVariables } from '../machine/visible.ts';
import { elementOf } from '../process.ts';
import type { ElementOf } from '../process.ts';

/** Embedded sub-processes and transactions: begin at their none start event, end when nothing moves inside any more. */
export const subProcess: Behavior<ElementOf<'sub-process'> | ElementOf<'transaction'>> = {
  enter: (run, { n }, element, { at }) => {
    for (const start of at ?? element.starts) activate(run, elementOf(run.world.process, start), n);
  },
};

/** Begins at its typed start event, with what that event brought. */
export const eventSubProcess: Behavior<ElementOf<'event-sub-process'>> = {
  enter: (run, { n }, element, { at, payload = {} }) => {
    for (const start of at ?? [element.start]) activate(run, elementOf(run.world.process, start), n, { payload });
  },
};

/** The process itself: begins at all its none start events, or where the command says. */
export const wholeProcess: Behavior<ElementOf<'process'>> = {
  enter: (run, { n }, element, { at, payload }) => {
    for (const start of at ?? element.starts) activate(run, elementOf(run.world.process, start), n, { ...(payload && { payload }) });
  },
  completed: (run) => {
    const result = run.state.parent ? { variables: visibleVariables(run.state, 0) } : {};
    run.emit({ t: 'instance-completed', at: run.at, ...result });
  },
};
