import { elementOf } from '../process.ts';
import type { Element, Process, Value } from '../process.ts';
import type { ElementId } from '../terms.ts';

/** How a sentence names an element: its name, else its id. */
export function named(element: Pick<Element, 'id' | 'name'>): string {
  return `'${element.name?.replace(/\s+/g, ' ').trim() || element.id}'`;
}

export function namedById(process: Process, id: ElementId): string {
  const flow = process.flows.get(id);
  return flow === undefined ? named(elementOf(process, id)) : flowNamed(process, id);
}

/** A flow by its name, else by where it comes from. */
export function flowNamed(process: Process, id: ElementId): string {
  const flow = process.flows.get(id);
  if (flow === undefined) return `'${id}'`;
  if (flow.name?.trim()) return `'${flow.name.trim()}'`;
  return `the flow from ${named(elementOf(process, flow.source))}`;
}

/** `a`, `b` and `c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The text that a value always has: fixed, or a FEEL text literal. Undefined: depends on the case. */
export function constantOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('fixed' in value) return value.fixed === null ? undefined : String(value.fixed);
  return /^\s*"([^"\\]*)"\s*$/.exec(value.expression.text)?.[1];
}
