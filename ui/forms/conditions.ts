import type { FormComponent, Path, Values } from './schema.ts';

export interface Conditions {
  readonly isHidden: (component: FormComponent, parent: Path) => boolean;
  readonly evaluate: (expression: string, parent: Path) => unknown;
}

/** The conditions of a form over the answers so far. */
export function conditionsOf(values: Values): Conditions {
  void values;
  return { isHidden: () => false, evaluate: () => undefined };
}
