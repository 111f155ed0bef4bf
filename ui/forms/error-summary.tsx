import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from './error-text.ts';
import { fieldNames } from './field-names.ts';
import type { FieldError, FormSchema, Lang } from './schema.ts';

interface Props {
  readonly schema: FormSchema;
  readonly errors: readonly FieldError[];
  readonly prefix?: string;
}

const idOf = (prefix: string, pointer: string): string =>
  `${prefix}-${pointer
    .slice(1)
    .split('/')
    .join('-')
    .replace(/[^\w-]/g, '_')}`;

/** Moves the keyboard to the first wrong field, and scrolls it into view with its label. */
export function focusFirstError(errors: readonly FieldError[], prefix = 'field'): void {
  const first = errors.map((error) => document.getElementById(idOf(prefix, error.pointer))).find((field) => field !== null);
  first?.focus({ preventScroll: true });
  first?.closest('.form-field')?.scrollIntoView({ block: 'center' });
}

/** Everything that is wrong, at the top, each a link to its field. Read out when it appears; takes no focus away from the first wrong field. */
export function ErrorSummary({ schema, errors, prefix = 'field' }: Props): ReactNode {
  const { t, i18n } = useTranslation('forms');
  const lang: Lang = i18n.language.startsWith('en') ? 'en' : 'id';
  const names = fieldNames(schema, lang);
  const box = useRef<HTMLDivElement>(null);
  const seen = useRef(errors);
  useEffect(() => {
    if (errors.length > 0 && seen.current !== errors) focusFirstError(errors, prefix);
    seen.current = errors;
  }, [errors, prefix]);
  if (errors.length === 0) return null;
  return (
    <div className="a-summary" role="alert" ref={box}>
      <h2>{t('summary.title', { count: errors.length })}</h2>
      <ul>
        {errors.map((error) => (
          <li key={error.pointer + error.code}>
            <a href={`#${idOf(prefix, error.pointer)}`} onClick={(event) => (event.preventDefault(), focusFirstError([error], prefix))}>
              {errorText(error, names.get(pattern(error.pointer)) ?? { name: error.pointer, hint: '' }, { t, lang })}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Rows of a list share their names: `/household/3/name` is looked up as `/household/0/name`. */
function pattern(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/)/g, '/0');
}
