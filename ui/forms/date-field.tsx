import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dateParts, joinDate, padDate } from './dates.ts';
import { FieldFrame, FieldProblem, Hint, OptionalMark, useFieldParts } from './field-frame.tsx';
import type { ControlProps, FieldProps } from './field-frame.tsx';
import { useForm } from './form-context.ts';
import { nameOf, textOf } from './localize.ts';
import { valueAt } from './paths.ts';

/** A date, a time, or both. Three small inputs (day, month, year) read the same in every browser and need no calendar by mouse. */
export function DatetimeField(props: FieldProps): ReactNode {
  if (props.component.subtype === 'time') return <TimeField {...props} />;
  return <DateField {...props} />;
}

function DateField({ component, path }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const parts = useFieldParts({ component, path });
  const { values, set, readOnly } = useForm();
  const [date = '', time] = String(valueAt(values, path) ?? '').split('T');
  const both = component.subtype === 'datetime';
  const put = (day: string | undefined, clock: string | undefined): void => set(path, both && clock ? `${day ?? ''}T${clock}` : day);
  const now = dateParts(date);
  const locked = readOnly || component.readonly === true || component.disabled === true;
  return (
    <fieldset className={parts.error ? 'form-field form-field-wrong' : 'form-field'} aria-describedby={parts.describedBy}>
      <legend className="form-label">
        {nameOf(component, parts.lang)}
        <OptionalMark component={component} />
      </legend>
      <Hint id={parts.id} text={parts.hint || t('date.hint')} />
      <FieldProblem id={parts.id} text={parts.error} />
      <div className="form-date" onBlur={() => date && put(padDate(date), time)}>
        {(['day', 'month', 'year'] as const).map((part, at) => (
          <div key={part}>
            <label htmlFor={at === 0 ? parts.id : `${parts.id}-${part}`}>{t(`date.${part}`)}</label>
            <input
              id={at === 0 ? parts.id : `${parts.id}-${part}`}
              className={`a-input form-input-${part}`}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              maxLength={part === 'year' ? 4 : 2}
              value={now[part]}
              readOnly={locked}
              aria-invalid={parts.error ? true : undefined}
              onChange={(event) => put(joinDate({ ...now, [part]: event.target.value.replace(/\D/g, '') }), time)}
            />
          </div>
        ))}
        {both && (
          <div>
            <label htmlFor={`${parts.id}-time`}>{textOf(component, 'timeLabel', parts.lang) || t('date.time')}</label>
            <input
              id={`${parts.id}-time`}
              className="a-input form-input-time"
              type="time"
              value={time ?? ''}
              readOnly={locked}
              onChange={(event) => put(date || undefined, event.target.value)}
            />
          </div>
        )}
      </div>
    </fieldset>
  );
}

function TimeField(props: FieldProps): ReactNode {
  return <FieldFrame {...props}>{(control) => <TimeInput {...props} control={control} />}</FieldFrame>;
}

function TimeInput({ component, path, control }: FieldProps & { readonly control: ControlProps }): ReactNode {
  const { values, set, readOnly } = useForm();
  const locked = readOnly || component.readonly === true || component.disabled === true;
  return (
    <input
      {...control}
      className="a-input form-input-time"
      type="time"
      value={String(valueAt(values, path) ?? '').slice(0, 5)}
      readOnly={locked}
      onChange={(event) => set(path, event.target.value || undefined)}
    />
  );
}
