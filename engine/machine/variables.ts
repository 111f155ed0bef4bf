/** Variables: where a result goes, and the mappings in and out. */
import type { Element, Mapping } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { Json, Variables } from '../terms.ts';
import { evaluateJson, InstanceScope } from './evaluate.ts';
import type { Run } from './run.ts';

/** Sets one variable in exactly this scope. Says nothing when it has that value already. */
export function setLocal(run: Run, scope: number, name: string, value: Json): void {
  const known = run.state.variables.get(scope)?.get(name);
  if (known !== undefined && known.value === value) return;
  run.emit({ t: 'variable-set', n: known?.n ?? run.number, scope, name, value });
  run.changes.push({ scope, name, created: known === undefined });
}

export function setAllLocal(run: Run, scope: number, variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) setLocal(run, scope, name, value);
}

/** Each goes to the nearest scope that has a variable of its name, from `n` outwards; a new one to the process. */
export function propagate(run: Run, n: number, variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) setLocal(run, scopeWith(run, n, name), name, value);
}

function scopeWith(run: Run, n: number, name: string): number {
  let at = n;
  while (at > 0 && !run.state.variables.get(at)?.has(name)) at = run.instance(at).scope;
  return at;
}

/** Input mappings make local variables; each may read those before it. Nothing is set unless all of them succeed. */
export function mapInputs(run: Run, instance: ElementInstance, element: Element): void {
  if (element.inputs.length === 0) return;
  const made = new Map<string, Json>();
  for (const mapping of element.inputs) {
    const value = sourceOf(run, instance.n, mapping, made);
    made.set(rootOf(mapping), placed(made.get(rootOf(mapping)), mapping.target.slice(1), value));
  }
  for (const [name, value] of made) setLocal(run, instance.n, name, value);
}

/**
 * What an element's result does. With output mappings it is local and only what they map goes outwards;
 * without, every variable of the result goes outwards from the element.
 */
export function mapOutputs(
  run: Run,
  instance: ElementInstance,
  how: { readonly outputs: readonly Mapping[]; readonly result: Variables | undefined },
): void {
  const { outputs, result = {} } = how;
  if (outputs.length === 0) return propagate(run, instance.n, result);
  setAllLocal(run, instance.n, result);
  const made = new Map<string, Json>();
  const outside = new InstanceScope(run, instance.scope);
  for (const mapping of outputs) {
    const value = sourceOf(run, instance.n, mapping, made);
    const name = rootOf(mapping);
    const base = made.get(name) ?? (mapping.target.length > 1 ? outside.variable(name) : undefined);
    made.set(name, placed(base, mapping.target.slice(1), value));
  }
  for (const [name, value] of made) propagate(run, instance.scope < 0 ? 0 : instance.scope, single(name, value));
}

function sourceOf(run: Run, n: number, mapping: Mapping, overlay: ReadonlyMap<string, Json>): Json {
  return evaluateJson(run, mapping.source, {
    n,
    what: `the source of the mapping to '${mapping.target.join('.')}'`,
    kind: 'IO_MAPPING_ERROR',
    overlay,
  });
}

function rootOf(mapping: Mapping): string {
  return mapping.target[0] ?? '';
}

/** `value` at `path` inside `base`; what is no context on the way is replaced by one. */
function placed(base: Json | undefined, path: readonly string[], value: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const context = typeof base === 'object' && base !== null && !Array.isArray(base) ? (base as { readonly [name: string]: Json }) : {};
  const inner = Object.hasOwn(context, name) ? context[name] : undefined;
  return { ...context, ...single(name, placed(inner, rest, value)) };
}

/** A context of one entry, whatever its name. */
function single(name: string, value: Json): Record<string, Json> {
  return Object.defineProperty({} as Record<string, Json>, name, { value, enumerable: true, writable: true, configurable: true });
}
