import { useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldProblem, Hint, useFieldParts } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { FormComponentView } from './form-component.tsx';
import { useForm } from './form-context.ts';
import { nameOf } from './localize.ts';
import { valueAt } from './paths.ts';

/** Questions that belong together, with a legend that is read out before the first of them. */
export function GroupField({ component, path }: FieldProps): ReactNode {
  const { lang } = useForm();
  const name = component.label ? nameOf(component, lang) : '';
  const inside = component.components?.map((child, at) => <FormComponentView key={child.id ?? at} component={child} parent={path} />);
  return name ? (
    <fieldset className="form-group">
      <legend className="form-group-legend">{name}</legend>
      {inside}
    </fieldset>
  ) : (
    <div className="form-group">{inside}</div>
  );
}

/** The same questions several times, one block per row. */
export function DynamicListField({ component, path }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const { values, set, lang, readOnly } = useForm();
  const parts = useFieldParts({ component, path });
  const addButton = useRef<HTMLButtonElement>(null);
  const found = valueAt(values, path);
  const rows: readonly unknown[] = Array.isArray(found) ? found : Array.from({ length: component.defaultRepetitions ?? 1 }, () => ({}));
  const mayChange = component.allowAddRemove !== false && !readOnly;
  const remove = (at: number): void => {
    set(
      path,
      rows.filter((_row, other) => other !== at),
    );
    // The pressed button is gone with its row: focus moves to the one that stays.
    addButton.current?.focus();
  };
  return (
    <fieldset className="form-group" aria-describedby={parts.describedBy}>
      <legend className="form-group-legend">{nameOf(component, lang)}</legend>
      <Hint id={parts.id} text={parts.hint} />
      <FieldProblem id={parts.id} text={parts.error} />
      {rows.map((_row, at) => (
        <fieldset className="form-row" key={at}>
          <legend className="form-label">{t('list.row', { number: at + 1 })}</legend>
          {component.components?.map((child, order) => (
            <FormComponentView key={child.id ?? order} component={child} parent={[...path, at]} />
          ))}
          {mayChange && (
            <button type="button" className="a-button a-button-small" onClick={() => remove(at)}>
              {t('list.remove', { number: at + 1 })}
            </button>
          )}
        </fieldset>
      ))}
      {mayChange && (
        <button type="button" id={parts.id} ref={addButton} className="a-button a-button-small" onClick={() => set(path, [...rows, {}])}>
          {t('list.add')}
        </button>
      )}
    </fieldset>
  );
}
