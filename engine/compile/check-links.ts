/** Links lead from throwing to catching events of the same name in the same scope. */
import type { Element, Process } from '../process.ts';
import type { Complaint } from './context.ts';

interface Check {
  readonly process: Process;
  complain(complaint: Complaint): void;
}

export function linkIsUnique(element: Element, name: string, check: Check): void {
  if (check.process.links.get(element.parent)?.get(name) !== element.id)
    check.complain({
      code: 'DUPLICATE_LINK',
      message: `Expected one link catch event named '${name}' here, but there are several.`,
      hint: 'Rename one of them.',
    });
}

export function linkLeadsSomewhere(element: Element, name: string, check: Check): void {
  if (!check.process.links.get(element.parent)?.has(name))
    check.complain({
      code: 'DANGLING_LINK',
      message: `Expected a link catch event named '${name}' in the same process or sub-process, but there is none.`,
      hint: 'Draw it, or correct the name.',
    });
}
