import type { TFunction } from 'i18next';
import type { FieldError } from './schema.ts';

/** The sentence for one wrong answer: what is wrong and how to put it right. Unknown codes show the server's own sentence. */
export function errorText(error: FieldError, name: string, t: TFunction): string {
  const known = t(`errors.${error.code}`, { ns: 'forms', name, ...error.params, defaultValue: '' });
  return known || error.detail || t('errors.other', { ns: 'forms', name });
}
