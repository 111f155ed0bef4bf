import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { conditionsNow } from './check.ts';
import { FormComponentView } from './form-component.tsx';
import { FormContext } from './form-context.ts';
import type { FormScope } from './form-context.ts';
import { pointerOf, withValueAt } from './paths.ts';
import type { FieldError, FormSchema, Lang, Values } from './schema.ts';

export interface FormViewProps {
  readonly schema: FormSchema;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly errors?: readonly FieldError[];
  /** the case's data that conditions, texts and tables may read besides the answers */
  readonly data?: Values;
  /** begins every field's id; two forms on one page need two */
  readonly prefix?: string;
  readonly readOnly?: boolean;
}

const noErrors: readonly FieldError[] = [];
const noData: Values = {};

/** The fields of a form. The page around it owns the answers, the error summary and the buttons. */
export function FormView({
  schema,
  values,
  onChange,
  errors = noErrors,
  data = noData,
  prefix = 'field',
  readOnly = false,
}: FormViewProps): ReactNode {
  const { i18n } = useTranslation('forms');
  const lang: Lang = i18n.language.startsWith('en') ? 'en' : 'id';
  const scope = useMemo((): FormScope => {
    const { isHidden, evaluate } = conditionsNow({ ...data, ...values });
    return {
      lang,
      prefix,
      values: { ...data, ...values },
      readOnly,
      set: (path, value) => onChange(withValueAt(values, path, value)),
      errorAt: (path) => errors.find((error) => error.pointer === pointerOf(path)),
      isHidden,
      evaluate,
    };
  }, [data, values, lang, prefix, readOnly, onChange, errors]);
  return (
    <FormContext value={scope}>
      <div className="form">
        {schema.components.map((component, at) => (
          <FormComponentView key={component.id ?? at} component={component} parent={[]} />
        ))}
      </div>
    </FormContext>
  );
}
