/**
 * command → events and the next state, or a rejection. Pure: everything that happens is a function of the three arguments.
 *
 * DANGER: `decide` CONSUMES the state that it is given. It evolves that very object while it makes the events, because a copy would cost as
 * much as the instance is large (docs/adr/0004-decide-consumes-state.md). So:
 *   - after `ok: true` use the answered state and forget the one you gave;
 *   - after a Rejection nothing has changed: rejections are decided before the first event;
 *   - when it THROWS (our bug), drop your copy and load it again: it may be half-way.
 */
import { commands } from './commands/index.ts';
import type { Handler } from './commands/index.ts';
import { reject } from './commands/rejection.ts';
import { behaviors } from './elements/index.ts';
import { MAX_LOCAL } from './keys.ts';
import { Run } from './machine/run.ts';
import { runToRest } from './machine/work.ts';
import type { InstanceState } from './state.ts';
import type { Command, CommandType, Event, Rejection } from './terms.ts';
import type { World } from './world.ts';

export type Decision = { readonly ok: true; readonly events: readonly Event[]; readonly state: InstanceState } | Rejection;

/** `state` is undefined exactly for `create-instance`. `world.process` must be the definition that the instance runs on. */
export function decide(world: World, state: InstanceState | undefined, command: Command): Decision {
  const refused = refusal(state, command);
  if (refused) return refused;
  const run = new Run(world, state, { meta: command, behaviors });
  const rejection = (commands[command.type] as Handler<CommandType>)(run, command);
  if (rejection) {
    if (run.events.length > 0)
      throw new Error(`Expected '${command.type}' to reject before its first event, but it had made ${run.events.length}.`);
    return rejection;
  }
  runToRest(run);
  return { ok: true, events: run.events, state: run.state };
}

/** Suspended instances take what an operator does, and nothing that would make a token move. */
const whileSuspended: ReadonlySet<CommandType> = new Set([
  'cancel-instance',
  'suspend-instance',
  'resume-instance',
  'set-variables',
  'update-job',
  'assign-business-id',
  'migrate-instance',
]);

/** What is kept for cancelling an instance that has used up its numbers: every key has to name its own instance only. */
const LAST_NUMBERS = 10_000;

function isBeingCancelled(state: InstanceState): boolean {
  return state.elements.get(0)?.draining?.end === 'terminate';
}

function refusal(state: InstanceState | undefined, command: Command): Rejection | undefined {
  if (command.type === 'create-instance') {
    return state && reject('ALREADY_EXISTS', `Expected to create instance ${command.instanceKey}, but it exists already.`);
  }
  if (state === undefined || state.status === 'completed' || state.status === 'terminated')
    return reject('NOT_FOUND', `Expected to ${command.type} in an active instance, but there is none: it has ended or never existed.`);
  if (state.status === 'suspended' && !whileSuspended.has(command.type))
    return reject('INVALID_STATE', `Expected to ${command.type}, but instance ${state.key} is suspended: resume it first.`);
  if (state.counter > MAX_LOCAL - LAST_NUMBERS && command.type !== 'cancel-instance' && !isBeingCancelled(state))
    return reject(
      'RESOURCE_EXHAUSTED',
      `Expected to ${command.type}, but instance ${state.key} has used up its ${MAX_LOCAL} numbers: cancel it.`,
    );
  return undefined;
}
