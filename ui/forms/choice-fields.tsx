import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldFrame, FieldProblem, FieldsetFrame, Hint, useFieldParts } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { useForm } from './form-context.ts';
import { nameOf, optionText } from './localize.ts';
import { optionsOf } from './options.ts';
import { fieldId, valueAt } from './paths.ts';
import type { FormComponent } from './schema.ts';

const isLocked = (component: FormComponent, readOnly: boolean): boolean =>
  readOnly || component.readonly === true || component.disabled === true;
const sameChoice = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export function CheckboxField({ component, path }: FieldProps): ReactNode {
  const { values, set, readOnly, lang } = useForm();
  const parts = useFieldParts({ component, path });
  return (
    <div className={parts.error ? 'form-field form-field-wrong' : 'form-field'}>
      <FieldProblem id={parts.id} text={parts.error} />
      <div className="form-choice">
        <input
          type="checkbox"
          id={parts.id}
          checked={valueAt(values, path) === true}
          disabled={isLocked(component, readOnly)}
          aria-describedby={parts.describedBy}
          aria-invalid={parts.error ? true : undefined}
          aria-required={component.validate?.required ? true : undefined}
          onChange={(event) => set(path, event.target.checked)}
        />
        <label htmlFor={parts.id}>
          {nameOf(component, lang)}
          {/* a checkbox that may stay empty is not "optional", it is an answer: no */}
        </label>
      </div>
      <Hint id={parts.id} text={parts.hint} />
    </div>
  );
}

/** One of several. The first choice carries the field's id, so that an error link lands on it. */
export function RadioField({ component, path }: FieldProps): ReactNode {
  const { values, set, readOnly, lang, prefix } = useForm();
  const id = fieldId(prefix, path);
  return (
    <FieldsetFrame component={component} path={path}>
      {useOptions({ component, path }).map((option, at) => (
        <div className="form-choice" key={at}>
          <input
            type="radio"
            id={at === 0 ? id : `${id}-${at}`}
            name={id}
            checked={sameChoice(valueAt(values, path), option.value)}
            disabled={isLocked(component, readOnly)}
            onChange={() => set(path, option.value)}
          />
          <label htmlFor={at === 0 ? id : `${id}-${at}`}>{optionText(option, lang)}</label>
        </div>
      ))}
    </FieldsetFrame>
  );
}

/** Several of several. */
export function ChecklistField({ component, path }: FieldProps): ReactNode {
  const { values, set, readOnly, lang, prefix } = useForm();
  const id = fieldId(prefix, path);
  const found = valueAt(values, path);
  const chosen: readonly unknown[] = Array.isArray(found) ? found : [];
  const flip = (value: unknown, on: boolean): void => set(path, on ? [...chosen, value] : chosen.filter((one) => !sameChoice(one, value)));
  return (
    <FieldsetFrame component={component} path={path}>
      {useOptions({ component, path }).map((option, at) => (
        <div className="form-choice" key={at}>
          <input
            type="checkbox"
            id={at === 0 ? id : `${id}-${at}`}
            checked={chosen.some((one) => sameChoice(one, option.value))}
            disabled={isLocked(component, readOnly)}
            onChange={(event) => flip(option.value, event.target.checked)}
          />
          <label htmlFor={at === 0 ? id : `${id}-${at}`}>{optionText(option, lang)}</label>
        </div>
      ))}
    </FieldsetFrame>
  );
}

export function SelectField({ component, path }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const { values, set, readOnly, lang } = useForm();
  const options = useOptions({ component, path });
  const chosen = options.findIndex((option) => sameChoice(option.value, valueAt(values, path)));
  return (
    <FieldFrame component={component} path={path}>
      {(control) => (
        <select
          {...control}
          className="a-input"
          value={chosen < 0 ? '' : String(chosen)}
          disabled={isLocked(component, readOnly)}
          onChange={(event) => set(path, event.target.value === '' ? undefined : options[Number(event.target.value)]?.value)}
        >
          <option value="">{t('choose')}</option>
          {options.map((option, at) => (
            <option key={at} value={String(at)}>
              {optionText(option, lang)}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

function useOptions({ component, path }: FieldProps) {
  const { values, evaluate } = useForm();
  return optionsOf(component, values, (expression) => evaluate(expression, path.slice(0, -1)));
}
