import type { Run } from '../machine/run.ts';
import { setAllLocal } from '../machine/variables.ts';
import { activate } from '../machine/activation.ts';
import { siblingsOf, startElements } from '../starts.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { activateAt, activationProblem } from '../machine/placing.ts';
import { reject } from './rejection.ts';

/** Starts an instance at its none start events, at one event that happened, or where start instructions say. */
export function createInstance(run: Run, command: CommandOf<'create-instance'>): Rejection | void {
  const rejection = problemOf(run, command);
  if (rejection) return rejection;
  const { process, processKey, processVersion } = run.world;
  const { instanceKey: key, parent, businessId, tags, messageKey, terminateAfter, by } = command;
  run.emit({
    t: 'instance-created',
    key,
    processId: process.id,
    processKey,
    processVersion,
    at: run.at,
    by,
    ...(parent && { parent }),
    ...(businessId !== undefined && { businessId }),
    ...(tags && { tags }),
    ...(messageKey !== undefined && { messageKey }),
    ...(terminateAfter && terminateAfter.length > 0 && { terminateAfter }),
  });
  const event = command.startElementId === undefined ? undefined : process.elements.get(command.startElementId);
  // what an event brought goes through the output mappings of its start event
  const payload = event && event.outputs.length > 0 ? command.variables : {};
  if (event === undefined || event.outputs.length === 0) setAllLocal(run, 0, command.variables);
  if (command.startInstructions && command.startInstructions.length > 0) return startAt(run, command.startInstructions);
  run.push({ do: 'activate', n: 0, ...(event && { at: [event.id], payload }) });
  // behind a parallel instantiating gateway the others have to happen too
  for (const sibling of event ? siblingsOf(process, event.id) : []) activate(run, sibling, 0);
}

function startAt(run: Run, instructions: NonNullable<CommandOf<'create-instance'>['startInstructions']>): void {
  run.push({ do: 'activate', n: 0, at: [] });
  for (const { elementId } of instructions) activateAt(run, { elementId });
}

function problemOf(run: Run, command: CommandOf<'create-instance'>): Rejection | undefined {
  const { process } = run.world;
  const expected = `Expected to start an instance of process '${process.id}'`;
  for (const { elementId } of command.startInstructions ?? []) {
    const problem = activationProblem(run.world.process, elementId);
    if (problem) return reject('INVALID_ARGUMENT', `${expected} at '${elementId}', but ${problem}.`);
  }
  const unknown = command.terminateAfter?.find((id) => id === process.id || !process.elements.has(id));
  if (unknown !== undefined)
    return reject('INVALID_ARGUMENT', `${expected} that ends after '${unknown}', but the process has no such element inside.`);
  if (command.startInstructions?.length) return undefined;
  if (command.startElementId !== undefined) {
    return startElements(process).some(({ id }) => id === command.startElementId)
      ? undefined
      : reject('INVALID_ARGUMENT', `${expected} with the event '${command.startElementId}', but that is no start of this process.`);
  }
  const root = process.elements.get(process.id);
  if (root?.kind === 'process' && root.starts.length > 0) return undefined;
  return reject('INVALID_STATE', `${expected}, but it has no none start event: it begins with a message, signal, timer or condition.`);
}
