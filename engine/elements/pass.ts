import type { Behavior } from '../machine/behavior.ts';
import type { Element } from '../process.ts';

/** Manual tasks, undefined tasks, and everything else that has nothing to wait for. */
export const pass: Behavior<Element> = {
  enter: (run, { n }, _element, { payload }) => run.push({ do: 'complete', n, ...(payload && { payload }) }),
};
