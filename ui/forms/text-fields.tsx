import { useState } from 'react';
import type { ReactNode } from 'react';
import { FieldFrame } from './field-frame.tsx';
import type { ControlProps, FieldProps } from './field-frame.tsx';
import { useForm } from './form-context.ts';
import { editNumber, parseNumber } from './numbers.ts';
import { valueAt } from './paths.ts';
import { isDigits } from './normalise.ts';
import type { FormComponent } from './schema.ts';

/** Keyboard, autofill and spelling that fit what is asked. Digit strings such as a NIK stay text: as numbers they would lose digits. */
function inputHints(component: FormComponent) {
  if (isDigits(component)) return { type: 'text', inputMode: 'numeric', autoComplete: 'off', spellCheck: false } as const;
  if (component.validate?.validationType === 'email') return { type: 'email', autoComplete: 'email', spellCheck: false } as const;
  if (component.validate?.validationType === 'phone') return { type: 'tel', autoComplete: 'tel' } as const;
  return { type: 'text' } as const;
}

function useField({ component, path }: FieldProps) {
  const { values, set, readOnly, lang } = useForm();
  return {
    value: valueAt(values, path),
    put: (value: unknown): void => set(path, value),
    locked: readOnly || component.readonly === true || component.disabled === true,
    lang,
  };
}

function Adorned({ component, children }: { readonly component: FormComponent; readonly children: ReactNode }): ReactNode {
  const { prefixAdorner: before, suffixAdorner: after } = component.appearance ?? {};
  if (!before && !after) return children;
  return (
    <span className="form-adorned">
      {before && <span className="form-adorner">{before}</span>}
      {children}
      {after && <span className="form-adorner">{after}</span>}
    </span>
  );
}

export function TextField(props: FieldProps): ReactNode {
  const { value, put, locked } = useField(props);
  return (
    <FieldFrame {...props}>
      {(control) => (
        <Adorned component={props.component}>
          <input
            {...control}
            {...inputHints(props.component)}
            className={isDigits(props.component) ? 'a-input form-input-digits' : 'a-input'}
            value={String(value ?? '')}
            readOnly={locked}
            onChange={(event) => put(event.target.value)}
          />
        </Adorned>
      )}
    </FieldFrame>
  );
}

export function TextareaField(props: FieldProps): ReactNode {
  const { value, put, locked } = useField(props);
  return (
    <FieldFrame {...props}>
      {(control) => (
        <textarea
          {...control}
          className="a-input"
          rows={locked ? Math.min(8, Math.max(2, Math.ceil(String(value ?? '').length / 60))) : 5}
          value={String(value ?? '')}
          readOnly={locked}
          onChange={(event) => put(event.target.value)}
        />
      )}
    </FieldFrame>
  );
}

export function NumberField(props: FieldProps): ReactNode {
  return (
    <FieldFrame {...props}>
      {(control) => (
        <Adorned component={props.component}>
          <NumberInput {...props} control={control} />
        </Adorned>
      )}
    </FieldFrame>
  );
}

function NumberInput({ control, ...props }: FieldProps & { readonly control: ControlProps }): ReactNode {
  const { value, put, locked, lang } = useField(props);
  const [typed, setTyped] = useState(() => editNumber(value, lang));
  // What was typed stays as it is while it means the same number; a value that came from elsewhere (a draft) replaces it.
  const shown = (parseNumber(typed, lang) ?? (typed === '' ? undefined : typed)) === value ? typed : editNumber(value, lang);
  const change = (text: string): void => {
    setTyped(text);
    put(text === '' ? undefined : (parseNumber(text, lang) ?? text));
  };
  const whole = !props.component.decimalDigits;
  return (
    <input
      {...control}
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      className="a-input form-input-number"
      value={shown}
      readOnly={locked}
      onChange={(event) => change(event.target.value)}
    />
  );
}
