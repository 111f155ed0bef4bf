import { pathOf, valueAt, withValueAt } from './paths.ts';
import type { FormComponent, FormSchema, Path, Values } from './schema.ts';

/** What the form begins with: the case's own value for each question, else the author's default. Only questions of the form are taken over. */
export function initialValues(schema: FormSchema, data: Values = {}): Values {
  const visit = (component: FormComponent, parent: Path, sofar: Values): Values => {
    const path = pathOf(component, parent);
    if (component.type === 'group') return (component.components ?? []).reduce((values, child) => visit(child, path, values), sofar);
    if (path.length === parent.length) return sofar;
    const known = valueAt(data, path) ?? component.defaultValue;
    return known === undefined || known === null ? sofar : withValueAt(sofar, path, known);
  };
  return schema.components.reduce((values, component) => visit(component, [], values), {} as Values);
}
