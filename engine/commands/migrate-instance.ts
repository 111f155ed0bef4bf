import type { Run } from '../machine/run.ts';
import type { Element, Process } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { CommandOf, ElementId, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/**
 * Lets the instance go on with another version or process. Every active element needs a place there: the same id, or what the mapping says.
 * Jobs, tasks and timers stay as they are; what is entered afterwards follows the new definition.
 */
export function migrateInstance(run: Run, command: CommandOf<'migrate-instance'>): Rejection | void {
  const { target } = run.world;
  if (target === undefined) throw new Error('Expected the world of a migration to hold its target, but it does not.');
  const mapping = new Map(command.mapping.map(({ sourceElementId, targetElementId }) => [sourceElementId, targetElementId]));
  if (mapping.size < command.mapping.length)
    return reject('INVALID_ARGUMENT', 'Expected to migrate with one target per source element, but the mapping names a source twice.');
  const moved: [number, ElementId][] = [[0, target.process.id]];
  for (const instance of run.state.elements.values()) {
    if (instance.n === 0) continue;
    const to = mapping.get(instance.element) ?? instance.element;
    const problem = problemOf(run, { instance, to, process: target.process, mapping });
    if (problem !== undefined) return reject('INVALID_STATE', `Expected to migrate '${instance.element}' to '${to}', but ${problem}.`);
    moved.push([instance.n, to]);
  }
  const lost = lostWait(run, target.process);
  if (lost !== undefined) return reject('INVALID_STATE', lost);
  run.emit({
    t: 'instance-migrated',
    processId: target.process.id,
    processKey: target.processKey,
    processVersion: target.processVersion,
    elements: moved,
  });
}

interface Move {
  readonly instance: ElementInstance;
  readonly to: ElementId;
  readonly process: Process;
  readonly mapping: ReadonlyMap<ElementId, ElementId>;
}

function problemOf(run: Run, { instance, to, process, mapping }: Move): string | undefined {
  const source = run.elementOf(instance);
  const aim = process.elements.get(to);
  if (aim === undefined) return `process '${process.id}' has no element '${to}'`;
  if (aim.kind !== source.kind) return `that is a ${aim.kind}, not a ${source.kind}`;
  if (loopOf(aim) !== loopOf(source)) return 'its loop marker differs';
  const scope = run.instance(instance.scope);
  const around = scope.n === 0 ? process.id : (mapping.get(scope.element) ?? scope.element);
  const expected = instance.loop === undefined ? aim.parent : aim.id;
  if (expected !== around) return `it would be in '${aim.parent}' instead of '${around}'`;
  return undefined;
}

function loopOf({ loop }: Element): string {
  return loop?.type === 'multi-instance' ? `multi-instance ${loop.sequential}` : (loop?.type ?? 'none');
}

/** A token that waits at a join, and a wait for a boundary event or event sub-process, must find their place again under the same id. */
function lostWait(run: Run, process: Process): string | undefined {
  for (const wait of [...run.state.timers.values(), ...run.state.subscriptions.values()]) {
    if (!process.elements.has(wait.element))
      return `Expected to migrate what waits for '${wait.element}', but process '${process.id}' has no such event.`;
  }
  for (const instance of run.state.elements.values()) {
    for (const flow of instance.tokens?.keys() ?? [])
      if (!process.flows.has(flow))
        return `Expected to migrate the token that waits on flow '${flow}', but process '${process.id}' has no such flow.`;
  }
  return undefined;
}
