/** Every active element needs one of the same kind in the target. A sub-process that the target does not have is dissolved if it can be. */
import type { Element } from '../../process.ts';
import type { ElementInstance } from '../../state.ts';
import { sameTriggers } from './moving.ts';
import type { Moving } from './moving.ts';

export function matchElements(moving: Moving): void {
  const { run, target, mapping } = moving;
  for (const instance of run.state.elements.values()) {
    if (instance.n === 0) continue;
    const aim = target.elements.get(moving.to(instance.element));
    if (aim === undefined && !mapping.has(instance.element) && isEmbedded(moving.sourceOf(instance))) dissolve(moving, instance);
    else {
      const problem = mismatch(moving, instance, aim);
      if (problem !== undefined) moving.refuse(`'${instance.element}' to '${moving.to(instance.element)}'`, problem);
    }
  }
}

export function isEmbedded({ kind }: Element): boolean {
  return kind === 'sub-process' || kind === 'transaction';
}

function mismatch(moving: Moving, instance: ElementInstance, aim: Element | undefined): string | undefined {
  const source = moving.sourceOf(instance);
  if (aim === undefined) return `process '${moving.target.id}' has no element '${moving.to(instance.element)}'`;
  if (aim.kind !== source.kind) return `that is a ${aim.kind}, not a ${source.kind}`;
  if (loopOf(aim) !== loopOf(source)) return 'its loop marker differs';
  const waits = source.kind === 'catch-event' || source.kind === 'receive-task' || source.kind === 'event-sub-process';
  if (waits && !sameTriggers(source, aim)) return 'it waits for something else';
  return undefined;
}

function loopOf({ loop }: Element): string {
  return loop?.type === 'multi-instance' ? `multi-instance ${loop.sequential}` : (loop?.type ?? 'none');
}

/** The tokens inside go on in the scope around it; there must be some, and nothing that only this sub-process could finish. */
function dissolve(moving: Moving, instance: ElementInstance): void {
  const problem = keepsScope(moving, instance);
  if (problem === undefined) moving.dissolved.add(instance.n);
  else
    moving.refuse(`what is in '${instance.element}'`, `process '${moving.target.id}' has no element '${instance.element}', and ${problem}`);
}

function keepsScope(moving: Moving, instance: ElementInstance): string | undefined {
  const isEmpty = (instance.children?.size ?? 0) === 0 && (instance.tokens?.size ?? 0) === 0;
  if (moving.sourceOf(instance).loop) return 'it is repeated';
  if (instance.draining) return 'it is being ended';
  if (instance.handles) return 'it undoes something';
  if (isEmpty) return 'nothing is in it yet that could go on without it';
  return instance.resetting ? 'a gateway in it waits for its reset' : undefined;
}
