import type { Element, Process, Trigger } from '../process.ts';
import type { Finding } from './finding.ts';
import { triggersOf } from './scope-net.ts';
import { constantOf, named } from './words.ts';

interface Use {
  readonly element: Element;
  /** undefined: depends on the case, or only the job that sends it knows */
  readonly name: string | undefined;
}

/** Messages that are sent but never received, and the other way round. Names that depend on the case match everything. */
export function messageFindings(process: Process, others: readonly Process[]): Finding[] {
  const all = [process, ...others.filter((other) => other !== process && other.id !== process.id)];
  const sent = all.flatMap((one) => uses(one, true));
  const received = all.flatMap((one) => uses(one, false));
  const alone = all.length === 1;
  return [
    ...unmatched(process, sent, received).map((use) => neverReceived(use, alone)),
    // alone, everything may come from outside
    ...(alone ? [] : unmatched(process, received, sent).map(neverSent)),
  ];
}

function unmatched(process: Process, from: readonly Use[], to: readonly Use[]): Use[] {
  if (to.some(({ name }) => name === undefined)) return [];
  const names = new Set(to.map(({ name }) => name));
  return from.filter(({ element, name }) => name !== undefined && !names.has(name) && process.elements.get(element.id) === element);
}

function uses(process: Process, sending: boolean): Use[] {
  return [...process.elements.values()].flatMap((element) =>
    'trigger' in element && sends(element) === sending
      ? triggersOf(element.trigger)
          .filter((trigger): trigger is Extract<Trigger, { type: 'message' }> => trigger.type === 'message')
          .map((trigger) => ({ element, name: constantOf(trigger.name) || undefined }))
      : [],
  );
}

function sends(element: Element): boolean {
  return element.kind === 'throw-event' || element.kind === 'end-event';
}

function neverReceived({ element, name = '' }: Use, alone: boolean): Finding {
  return {
    code: 'message-never-received',
    severity: alone ? 'info' : 'warning',
    elementId: element.id,
    elementIds: [element.id],
    message: `Expected somebody to receive the message '${name}' that ${named(element)} sends, but no process here waits for it.`,
    hint: 'Check the name of the message on both sides, or leave it if a system outside receives it.',
    values: { element: named(element), name },
    path: [],
  };
}

function neverSent({ element, name = '' }: Use): Finding {
  return {
    code: 'message-never-sent',
    severity: 'info',
    elementId: element.id,
    elementIds: [element.id],
    message: `${named(element)} waits for the message '${name}', and no process here sends it: it has to come from outside.`,
    hint: 'Nothing to do if another system publishes it; else check the name.',
    values: { element: named(element), name },
    path: [],
  };
}
