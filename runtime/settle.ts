/**
 * What one instance's events mean for others: children, messages, signals. Done right after the commit, before the command is answered;
 * the outbox (`Store.pendingEffects`) makes it certain after a crash. Every effect may therefore run twice: each claims what it does.
 */
import { keyOf } from '../engine/index.ts';
import type { Actor, Event, Key } from '../engine/index.ts';
import { cancelChild, endChild, propagate, startChild } from './children.ts';
import type { EffectKind } from './effects.ts';
import type { Committed } from './execute.ts';
import type { Messages } from './messages.ts';
import type { Effect, StoredEffect } from './ports.ts';
import { catchUp } from './resume.ts';
import type { Room } from './room.ts';
import { broadcast } from './signals.ts';

/** Where an effect comes from. */
export interface Origin {
  readonly effectId: string;
  readonly instanceKey: Key;
  readonly by: Actor;
  readonly at: number;
  keyOf(n: number): Key;
}

export interface Settling {
  /** everything that follows from this commit */
  settle(committed: Committed): Promise<void>;
  /** what the outbox still holds, e.g. after a crash; answers how many were done */
  redo(): Promise<number>;
  /** effects of other processes wait that may be orphans soon */
  suspects(): boolean;
}

const BATCH = 500;

/** Another process may be at work on what it committed; only after this long does somebody else do it. Milliseconds. */
const ORPHANED = 3_000;

/** `inFlight`: see DoorParts. */
export function createSettling(room: Room, inFlight: Set<string>, messages: () => Messages): Settling {
  async function perform(effect: Effect, event: Event, origin: Origin): Promise<boolean> {
    try {
      await handlers[effect.kind as EffectKind](room, event as never, { origin, messages: messages() });
      return true;
    } catch (error) {
      // stays in the outbox: the sweeper does it again
      room.log('error', `effect ${effect.id} ${effect.kind}: ${String(error)}`);
      return false;
    }
  }
  /** since when effects of other processes are seen waiting */
  let seen = new Map<string, number>();
  function orphans(pending: readonly StoredEffect[]): readonly StoredEffect[] {
    if (!room.shared) return pending;
    const now = performance.now();
    seen = new Map(pending.map(({ id }) => [id, seen.get(id) ?? now]));
    return pending.filter(({ id }) => now - (seen.get(id) ?? now) >= ORPHANED);
  }
  return {
    settle: async ({ instanceKey, version, events, effects, command }) => {
      if (effects.length === 0) return;
      const done: StoredEffect[] = [];
      for (const effect of effects) {
        // in this order, and never beside the sweeper
        const event = events[Number(effect.payload['index'])];
        if (event && (await perform(effect, event, originOf(effect, instanceKey, command))))
          done.push({ ...effect, instanceKey, seq: version });
      }
      try {
        await room.store.effectsDone(done);
      } finally {
        effects.forEach(({ id }) => inFlight.delete(id));
      }
    },
    redo: async () => {
      const pending = orphans((await room.store.pendingEffects(BATCH)).filter(({ id }) => !inFlight.has(id)));
      const done: StoredEffect[] = [];
      for (const effect of pending) if (await again(room, effect, perform)) done.push(effect);
      if (done.length > 0) await room.store.effectsDone(done);
      return done.length;
    },
    suspects: () => seen.size > 0,
  };
}

async function again(
  room: Room,
  effect: StoredEffect,
  perform: (effect: Effect, event: Event, origin: Origin) => Promise<boolean>,
): Promise<boolean> {
  const version = Number(effect.payload['version']);
  const step = (await room.store.events(effect.instanceKey, version)).find((known) => known.version === version);
  const event = step?.events[Number(effect.payload['index'])];
  if (step === undefined || event === undefined) {
    room.log('error', `effect ${effect.id}: Expected its event in the history, but it is not there`);
    return false;
  }
  return await perform(effect, event, originOf(effect, effect.instanceKey, { by: { id: step.audit.by }, at: step.at }));
}

function originOf({ id }: Effect, instanceKey: Key, { by, at }: { readonly by: Actor; readonly at: number }): Origin {
  return { effectId: id, instanceKey, by, at, keyOf: (n) => keyOf(instanceKey, n) };
}

interface With {
  readonly origin: Origin;
  readonly messages: Messages;
}
type Of<T extends Event['t']> = Extract<Event, { readonly t: T }>;

const handlers: { readonly [K in EffectKind]: (room: Room, event: never, context: With) => Promise<void> } = {
  'start-child': (room, event: Of<'child-requested'>, { origin }) => startChild(room, event, origin),
  'cancel-child': (room, event: Of<'child-cancel-requested'>, { origin }) => cancelChild(room, event, origin),
  'child-ended': (room, event: Of<'instance-completed'>, { origin }) => endChild(room, event, origin),
  propagate: (room, event: Of<'propagated-to-parent'>, { origin }) => propagate(room, event, origin),
  broadcast: (room, { name, variables }: Of<'signal-broadcast'>, { origin }) =>
    broadcast(room, { id: origin.effectId, name, variables, at: origin.at, by: origin.by }),
  correlate: (_room, event: Of<'subscription-opened'>, { origin, messages }) => messages.subscribed(event, origin),
  'catch-up': (room, _event: Event, { origin, messages }) => catchUp(room, origin, messages),
  // usually the command itself has gone on: then there is nothing left to do
  continue: async (room, _event: Event, { origin }) =>
    void (await room.act(origin.instanceKey, { type: 'continue-instance', at: room.clock.now(), by: origin.by })),
  'free-start': (_room, { t }: Event, { origin, messages }) => messages.freed(origin, t === 'instance-migrated'),
};
