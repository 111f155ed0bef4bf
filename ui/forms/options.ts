import type { FormComponent, FormOption, Values } from './schema.ts';

/** The choices of a field: written in the form, from a variable, or from an expression. */
export function optionsOf(component: FormComponent, values: Values, evaluate: (expression: string) => unknown): readonly FormOption[] {
  if (component.values) return component.values;
  if (component.valuesExpression) return asOptions(evaluate(component.valuesExpression));
  return component.valuesKey && Object.hasOwn(values, component.valuesKey) ? asOptions(values[component.valuesKey]) : [];
}

function asOptions(found: unknown): readonly FormOption[] {
  if (!Array.isArray(found)) return [];
  return found.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'value' in one ? (one as FormOption) : { value: one, label: String(one) },
  );
}
