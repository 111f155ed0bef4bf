import { activateAt, activationProblem, activeInstances } from '../machine/placing.ts';
import type { Placement } from '../machine/placing.ts';
import type { Run } from '../machine/run.ts';
import { terminate } from '../machine/termination.ts';
import { elementOf } from '../process.ts';
import type { ActivateInstruction, CommandOf, MoveInstruction, Rejection, TerminateInstruction } from '../terms.ts';
import { reject } from './rejection.ts';

/** Moves tokens by hand: activates, terminates or both, all or nothing. New tokens come first, so that no scope ends in between. */
export function modifyInstance(run: Run, command: CommandOf<'modify-instance'>): Rejection | void {
  const { draining, completing } = run.instance(0);
  if (draining) return reject('INVALID_STATE', 'Expected to modify the instance, but it is being cancelled.');
  if (completing)
    return reject('INVALID_STATE', 'Expected to modify the instance, but it is completing: only its end listeners still work.');
  const moves = command.move ?? [];
  const doomed = [...(command.terminate ?? []), ...moves.map((move) => move.source)];
  const rejection =
    unknownInstance(run, doomed) ??
    moves.map(({ source }) => unmovable(run, source)).find(Boolean) ??
    [...(command.activate ?? []), ...moves.map(asActivation)].map((place) => placeProblem(run, place)).find(Boolean);
  if (rejection) return rejection;
  const terminated = doomed.flatMap((instruction) => instancesOf(run, instruction));
  const moved = moves.flatMap((move) => instancesOf(run, move.source).map((n) => placementOf(run, move, n)));
  for (const placement of [...(command.activate ?? []), ...moved]) activateAt(run, placement);
  for (const n of terminated) if (run.state.elements.has(n)) terminate(run, outermost(run, n));
}

/** A scope that would be left empty is terminated with its last element: nobody has completed it. */
function outermost(run: Run, n: number): number {
  let at = n;
  while (at > 0) {
    const scope = run.instance(run.instance(at).scope);
    if ((scope.tokens?.size ?? 0) > 0 || [...(scope.children ?? [])].some((child) => child !== at && !isEnding(run, child))) break;
    at = scope.n;
  }
  return at;
}

/** It is on its way out already and only waits for those who have to agree. */
function isEnding(run: Run, n: number): boolean {
  return run.instance(n).draining?.end === 'terminate';
}

function instancesOf(run: Run, instruction: TerminateInstruction): readonly number[] {
  if ('n' in instruction) return run.state.elements.has(instruction.n) ? [instruction.n] : [];
  const all = [...run.state.elements.values()].filter((instance) => instance.element === instruction.elementId);
  // a repeated activity goes with its body
  return all.filter((instance) => instance.loop === undefined).map((instance) => instance.n);
}

function unknownInstance(run: Run, doomed: readonly TerminateInstruction[]): Rejection | undefined {
  const missing = doomed.find((instruction) => instancesOf(run, instruction).length === 0);
  if (missing === undefined) return undefined;
  const named = 'n' in missing ? `element instance ${missing.n}` : `an instance of '${missing.elementId}'`;
  return reject('NOT_FOUND', `Expected to terminate ${named}, but none is active.`);
}

function unmovable(run: Run, source: TerminateInstruction): Rejection | undefined {
  if (!instancesOf(run, source).includes(0)) return undefined;
  return reject('INVALID_ARGUMENT', 'Expected to move an element inside the instance, but the source is the process itself.');
}

function asActivation({ targetElementId, ancestor }: MoveInstruction): ActivateInstruction {
  return { elementId: targetElementId, ...(typeof ancestor === 'number' && { ancestor }) };
}

function placementOf(run: Run, move: MoveInstruction, source: number): Placement {
  const ancestor = typeof move.ancestor === 'number' ? move.ancestor : move.ancestor === undefined ? undefined : run.instance(source).scope;
  return {
    elementId: move.targetElementId,
    ...(ancestor !== undefined && { ancestor }),
    ...(move.variables && { variables: move.variables }),
  };
}

function placeProblem(run: Run, { elementId, ancestor, variables }: ActivateInstruction): Rejection | undefined {
  const problem = activationProblem(run.world.process, elementId) ?? ambiguity(run, elementId, ancestor);
  if (problem) return reject('INVALID_ARGUMENT', `Expected to activate '${elementId}', but ${problem}.`);
  if (ancestor !== undefined && !run.state.elements.has(ancestor))
    return reject('INVALID_ARGUMENT', `Expected to activate '${elementId}' under element instance ${ancestor}, but that is not active.`);
  if (ancestor !== undefined && (isEnding(run, ancestor) || run.instance(ancestor).completing))
    return reject('INVALID_STATE', `Expected to activate '${elementId}' under element instance ${ancestor}, but that is being ended.`);
  const scope = variables?.find(({ scopeId }) => scopeId !== undefined && !run.world.process.elements.has(scopeId));
  return scope && reject('INVALID_ARGUMENT', `Expected to set variables of '${scope.scopeId}', but there is no such element.`);
}

/** Several instances of a scope around the element: the caller has to say which. */
function ambiguity(run: Run, elementId: string, ancestor: number | undefined): string | undefined {
  if (ancestor !== undefined) return undefined;
  const { process } = run.world;
  for (let id = elementOf(process, elementId).parent; id !== process.id; id = elementOf(process, id).parent) {
    if (activeInstances(run, id).length > 1) return `'${id}' around it has several instances: name the ancestor`;
  }
  return undefined;
}
