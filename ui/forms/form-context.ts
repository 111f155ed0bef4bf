import { createContext, useContext } from 'react';
import type { FieldError, FormComponent, Lang, Path, Values } from './schema.ts';

/** What every field of one form needs; given once at the top. */
export interface FormScope {
  readonly lang: Lang;
  readonly prefix: string;
  /** what was answered so far, with the case's data below it */
  readonly values: Values;
  readonly readOnly: boolean;
  readonly set: (path: Path, value: unknown) => void;
  readonly errorAt: (path: Path) => FieldError | undefined;
  /** whether a condition of the form hides this component now */
  readonly isHidden: (component: FormComponent, parent: Path) => boolean;
  /** a FEEL expression of the form over the values; undefined when it cannot be told */
  readonly evaluate: (expression: string, parent: Path) => unknown;
}

export const FormContext = createContext<FormScope | undefined>(undefined);

/** The form around this field. */
export function useForm(): FormScope {
  const scope = useContext(FormContext);
  if (!scope) throw new Error('Expected a field to stand inside a form, but there is none around it');
  return scope;
}
