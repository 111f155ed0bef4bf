import type { TFunction } from 'i18next';
import type { FieldText } from './field-names.ts';
import { showNumber } from './numbers.ts';
import type { FieldError, Lang } from './schema.ts';

/** The sentence for one wrong answer: what is wrong and how to put it right. Unknown codes show the server's own sentence. */
export function errorText(
  error: FieldError,
  { name, hint }: Pick<FieldText, 'name' | 'hint'>,
  { t, lang }: { readonly t: TFunction; readonly lang: Lang },
): string {
  const params = Object.fromEntries(Object.entries(error.params ?? {}).map(([key, value]) => [key, showNumber(value, lang)]));
  // Only the author knows what a pattern means; the hint of the field says it.
  const code = error.code === 'pattern' && hint ? 'patternHint' : error.code;
  const known = t(`errors.${code}`, { ns: 'forms', name, hint: hint.replace(/\.$/, ''), ...params, defaultValue: '' });
  return known || error.detail || t('errors.other', { ns: 'forms', name });
}
