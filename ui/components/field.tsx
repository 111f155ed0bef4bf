import { useId } from 'react';
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';

export interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** says what to do, not only that it is wrong */
  readonly error?: string;
  /** own id, so that an error summary can point here */
  readonly id?: string;
  /** receives what the control needs to be announced together with its label, hint and error */
  readonly children: (control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true; className: string }) => ReactNode;
}

/** Label, hint, control and error, tied together. */
export function Field({ label, hint, error, id, children }: FieldProps): ReactNode {
  const own = useId();
  const field = id ?? own;
  const describedBy = [hint && `${field}-hint`, error && `${field}-error`].filter(Boolean).join(' ');
  return (
    <div className="a-field">
      <label htmlFor={field}>{label}</label>
      {hint && (
        <span className="a-hint" id={`${field}-hint`}>
          {hint}
        </span>
      )}
      {children({
        id: field,
        className: 'a-input',
        ...(describedBy ? { 'aria-describedby': describedBy } : {}),
        ...(error ? { 'aria-invalid': true as const } : {}),
      })}
      {error && (
        <span className="a-error" id={`${field}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}

type Words = Pick<FieldProps, 'label' | 'hint' | 'error' | 'id'>;

/** One line of text. */
export function TextField({ label, hint, error, id, ...input }: Words & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return <Field {...{ label, hint, error, id }}>{(control) => <input type="text" {...input} {...control} />}</Field>;
}

/** Several lines of text. */
export function TextArea({ label, hint, error, id, ...input }: Words & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode {
  return <Field {...{ label, hint, error, id }}>{(control) => <textarea {...input} {...control} />}</Field>;
}

/** One of a list; `options` are [value, words]. */
export function SelectField({
  label,
  hint,
  error,
  id,
  options,
  ...input
}: Words & SelectHTMLAttributes<HTMLSelectElement> & { readonly options: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <Field {...{ label, hint, error, id }}>
      {(control) => (
        <select {...input} {...control}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
