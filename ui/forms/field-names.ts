import { nameOf, textOf } from './localize.ts';
import { pathOf, pointerOf } from './paths.ts';
import type { FormComponent, FormSchema, Lang, Path } from './schema.ts';

/** What people call a question, and what the form says to help. */
export interface FieldText {
  readonly name: string;
  readonly hint: string;
  /** kind of the question in the form language, e.g. `checkbox` */
  readonly type: string;
}

const asked = new Set([
  'textfield',
  'textarea',
  'number',
  'checkbox',
  'checklist',
  'taglist',
  'radio',
  'select',
  'datetime',
  'filepicker',
  'dynamiclist',
]);

/** The words of each question, by JSON pointer; rows of lists under index 0. */
export function fieldNames(schema: FormSchema, lang: Lang): ReadonlyMap<string, FieldText> {
  const names = new Map<string, FieldText>();
  const visit = (component: FormComponent, parent: Path): void => {
    const path = pathOf(component, parent);
    if (asked.has(component.type) && path.length > parent.length) {
      names.set(pointerOf(path), { name: nameOf(component, lang), hint: textOf(component, 'description', lang), type: component.type });
    }
    const inside = component.type === 'dynamiclist' ? [...path, 0] : path;
    for (const child of component.components ?? []) visit(child, inside);
  };
  for (const component of schema.components) visit(component, []);
  return names;
}
