import type { FormField, Path, Values } from './schema.ts';

/** Dots in keys and the paths of groups nest, as form-js does. */
export function pathOf(component: FormField, parent: Path): Path {
  const own = component.key ?? component.path;
  return own === undefined || own === '' ? parent : [...parent, ...own.split('.')];
}

/** Reads own properties only: nothing of JavaScript's objects answers a form. */
export function valueAt(values: unknown, path: Path): unknown {
  let here = values;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

export function withValueAt(values: Values, path: Path, value: unknown): Values {
  return replaced(values, path, value) as Values;
}

function replaced(here: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = Array.isArray(here) ? [...(here as unknown[])] : [];
    list[step] = replaced(list[step], rest, value);
    return list;
  }
  const record = typeof here === 'object' && here !== null && !Array.isArray(here) ? (here as Record<string, unknown>) : {};
  const inner = replaced(Object.hasOwn(record, step) ? record[step] : undefined, rest, value);
  return Object.fromEntries([...Object.entries(record).filter(([name]) => name !== step), [step, inner]]);
}

/** `/household/0/name` as in RFC 6901 */
export function pointerOf(path: Path): string {
  return path.map((step) => '/' + String(step).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}
