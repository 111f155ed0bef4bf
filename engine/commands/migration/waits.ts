/** Timers and subscriptions: those whose event the target has stay as they are; the others are closed, and new events are waited for. */
import { elementOf } from '../../process.ts';
import type { Element, Process } from '../../process.ts';
import type { ElementInstance } from '../../state.ts';
import type { ElementId } from '../../terms.ts';
import { sameTriggers } from './moving.ts';
import type { Moving } from './moving.ts';

export interface ChangedWaits {
  readonly closed: readonly { readonly n: number; readonly element: ElementId }[];
  readonly opened: readonly { readonly n: number; readonly elements: readonly ElementId[] }[];
}

export function changedWaits(moving: Moving): ChangedWaits {
  const { timers, subscriptions, elements } = moving.run.state;
  const kept = [...elements.values()].filter(({ n }) => !moving.dissolved.has(n));
  const stays = new Map(kept.map((instance) => [instance.n, stayingOf(moving, instance)]));
  const closed = [...timers.values(), ...subscriptions.values()]
    .filter(({ el, element }) => stays.get(el)?.has(element) === false)
    .map(({ el, element }) => ({ n: el, element }));
  const opened = kept.flatMap((instance) => {
    const known = new Set([...(stays.get(instance.n) ?? [])].map((id) => moving.to(id)));
    const fresh = waitedFor(moving.target, moving.aimOf(instance), instance).filter((id) => !known.has(id));
    return fresh.length > 0 && isOpen(moving, instance) ? [{ n: instance.n, elements: fresh }] : [];
  });
  return { closed, opened };
}

/** Events of the source that an instance waits for (or has waited for) and that the target has too, at the same place. */
function stayingOf(moving: Moving, instance: ElementInstance): ReadonlySet<ElementId> {
  const source = moving.sourceOf(instance);
  const there = new Set(waitedFor(moving.target, moving.aimOf(instance), instance));
  const staying = waitedFor(moving.run.world.process, source, instance).filter((id) => {
    const aim = moving.target.elements.get(moving.to(id));
    return aim !== undefined && there.has(aim.id) && sameTriggers(elementOf(moving.run.world.process, id), aim);
  });
  return new Set([...staying, source.id]);
}

/** Event elements around or inside an element that its instance waits for; what it is itself is not among them. */
function waitedFor(process: Process, element: Element, { body, interrupted }: ElementInstance): readonly ElementId[] {
  const isOutermost = element.loop === undefined || body !== undefined;
  const inside = 'eventSubProcesses' in element && !body && !interrupted ? element.eventSubProcesses : [];
  return [
    ...(isOutermost ? element.boundaries : []),
    ...inside.flatMap((id) => {
      const sub = elementOf(process, id);
      return sub.kind === 'event-sub-process' ? [sub.start] : [];
    }),
    ...(element.kind === 'event-based-gateway' ? element.outgoing.map(({ target }) => target) : []),
  ];
}

/** Not while it is being ended, and not before it has opened its waits itself. */
function isOpen({ run }: Moving, { draining, owned = [] }: ElementInstance): boolean {
  if (draining) return false;
  const before = (what: string | undefined) => what === 'START' || what === 'BEFORE_ALL';
  return !owned.some((n) => {
    const step = run.state.incidents.get(n)?.step;
    const isComing = step?.do === 'activate' || step?.do === 'open' || (step?.do === 'listen' && before(step.event));
    return isComing || before(run.state.jobs.get(n)?.listener);
  });
}
