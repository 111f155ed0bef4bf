import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { errorText } from './error-text.ts';
import { useForm } from './form-context.ts';
import { nameOf, textOf } from './localize.ts';
import { fieldId } from './paths.ts';
import type { FormComponent, Path } from './schema.ts';

export interface FieldProps {
  readonly component: FormComponent;
  readonly path: Path;
}

/** What a control must carry so that its label, hint and error are read out with it. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-required': true | undefined;
}

interface FrameProps extends FieldProps {
  readonly children: (control: ControlProps) => ReactNode;
}

/** Says "(tidak wajib)" for what may stay empty: most questions are needed, so the exception is marked, in words. */
export function OptionalMark({ component }: { readonly component: FormComponent }): ReactNode {
  const { t } = useTranslation('forms');
  const { readOnly } = useForm();
  const locked = readOnly || component.readonly === true || component.disabled === true;
  return component.validate?.required || locked ? null : <span className="form-optional"> {t('optional')}</span>;
}

/** Ids and texts that hint, error and control of one field share. */
export function useFieldParts({ component, path }: FieldProps) {
  const { t } = useTranslation('forms');
  const { lang, prefix, errorAt } = useForm();
  const id = fieldId(prefix, path);
  const hint = textOf(component, 'description', lang);
  const error = errorAt(path);
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return { id, hint, describedBy, error: error && errorText(error, { name: nameOf(component, lang), hint }, { t, lang }), lang };
}

export function Hint({ id, text }: { readonly id: string; readonly text: string }): ReactNode {
  return text ? (
    <p className="a-hint" id={`${id}-hint`}>
      {text}
    </p>
  ) : null;
}

export function FieldProblem({ id, text }: { readonly id: string; readonly text: string | undefined }): ReactNode {
  const { t } = useTranslation('forms');
  return text ? (
    <p className="a-error" id={`${id}-error`}>
      <span className="visually-hidden">{t('errorPrefix')} </span>
      {text}
    </p>
  ) : null;
}

/** Label, hint, error and one control, wired together. */
export function FieldFrame({ component, path, children }: FrameProps): ReactNode {
  const parts = useFieldParts({ component, path });
  return (
    <div className={parts.error ? 'form-field form-field-wrong' : 'form-field'}>
      <label className="form-label" htmlFor={parts.id}>
        {nameOf(component, parts.lang)}
        <OptionalMark component={component} />
      </label>
      <Hint id={parts.id} text={parts.hint} />
      <FieldProblem id={parts.id} text={parts.error} />
      {children({
        id: parts.id,
        'aria-describedby': parts.describedBy,
        'aria-invalid': parts.error ? true : undefined,
        'aria-required': component.validate?.required ? true : undefined,
      })}
    </div>
  );
}

/** Legend, hint, error and several controls that answer one question together. */
export function FieldsetFrame({ component, path, children }: { readonly children: ReactNode } & FieldProps): ReactNode {
  const parts = useFieldParts({ component, path });
  return (
    <fieldset className={parts.error ? 'form-field form-field-wrong' : 'form-field'} aria-describedby={parts.describedBy}>
      <legend className="form-label">
        {nameOf(component, parts.lang)}
        <OptionalMark component={component} />
      </legend>
      <Hint id={parts.id} text={parts.hint} />
      <FieldProblem id={parts.id} text={parts.error} />
      {children}
    </fieldset>
  );
}
