import { nameOf } from './localize.ts';
import { pathOf, pointerOf } from './paths.ts';
import type { FormComponent, FormSchema, Lang, Path } from './schema.ts';

/** What each answer is called, by JSON pointer; rows of lists under index 0. */
export function fieldNames(schema: FormSchema, lang: Lang): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const visit = (component: FormComponent, parent: Path): void => {
    const path = pathOf(component, parent);
    if (path.length > parent.length) names.set(pointerOf(path), nameOf(component, lang));
    const inside = component.type === 'dynamiclist' ? [...path, 0] : path;
    for (const child of component.components ?? []) visit(child, inside);
  };
  for (const component of schema.components) visit(component, []);
  return names;
}
