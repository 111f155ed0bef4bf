import type { FormComponent, Path, Values } from './schema.ts';

/** Reads the answer at a path; undefined where nothing was answered. */
export function valueAt(values: unknown, path: Path): unknown {
  let here = values;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** New values with the answer at the path replaced; what was there before is untouched. */
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
  return { ...record, [step]: replaced(record[step], rest, value) };
}

/** `/household/0/name` as in RFC 6901. */
export function pointerOf(path: Path): string {
  return path.map((step) => '/' + String(step).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** The id of the control that answers this path, so that error links can jump to it. */
export function fieldId(prefix: string, path: Path): string {
  return `${prefix}-${path.join('-').replace(/[^\w-]/g, '_')}`;
}

/** The path of a component inside its parent: dots in keys and group paths nest, as form-js does. */
export function pathOf(component: FormComponent, parent: Path): Path {
  const own = component.key ?? component.path;
  return own === undefined || own === '' ? parent : [...parent, ...own.split('.')];
}
