import type { Event, InstanceState } from '../engine/index.ts';
import type { Effect } from './ports.ts';

export const effectKinds = [
  'start-child',
  'cancel-child',
  'child-ended',
  'propagate',
  'broadcast',
  'correlate',
  'free-start',
  'catch-up',
  'continue',
] as const;
export type EffectKind = (typeof effectKinds)[number];

/**
 * What must happen in other instances because of these events. Pure. Ids are deterministic, so doing one twice can be recognised;
 * payloads only point at the event (`version`, `index` in the instance's history): data stays in one place.
 */
export function effectsOf(
  events: readonly Event[],
  state: InstanceState,
  { version, startsByMessage }: { readonly version: number; readonly startsByMessage: boolean },
): readonly Effect[] {
  return events.flatMap((event, index): readonly Effect[] => {
    const kind = effectKind(event, state, startsByMessage);
    return kind === undefined ? [] : [{ id: `${state.key}-${version}-${index}`, kind, payload: { version, index } }];
  });
}

function effectKind(event: Event, state: InstanceState, startsByMessage: boolean): EffectKind | undefined {
  const whenFree = startsByMessage ? 'free-start' : undefined;
  switch (event.t) {
    case 'child-requested':
      return 'start-child';
    case 'child-cancel-requested':
      return 'cancel-child';
    case 'instance-completed':
      return state.parent === undefined ? whenFree : 'child-ended';
    case 'instance-terminated':
      return state.parent === undefined ? whenFree : undefined;
    case 'instance-migrated':
      return 'free-start';
    case 'instance-resumed':
      return 'catch-up';
    case 'propagated-to-parent':
      return 'propagate';
    case 'internal':
      return state.paused !== undefined && event['what'] === 'paused' && event['paused'] !== undefined ? 'continue' : undefined;
    case 'signal-broadcast':
      return 'broadcast';
    case 'subscription-opened':
      return event.kind === 'message' ? 'correlate' : undefined;
    default:
      return undefined;
  }
}
