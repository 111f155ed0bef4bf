import type { Command, Event, Rejection } from './terms.ts';
import type { InstanceState } from './state.ts';
import type { World } from './world.ts';

export type Decision = { readonly ok: true; readonly events: readonly Event[]; readonly state: InstanceState } | Rejection;

export function decide(_world: World, _state: InstanceState | undefined, _command: Command): Decision {
  throw new Error('Expected the machine to be there, but it is being written.');
}
