import type { TFunction } from 'i18next';
import { showDate, showTime } from './dates.ts';
import { optionText } from './localize.ts';
import { showNumber } from './numbers.ts';
import type { FormComponent, FormOption, Lang } from './schema.ts';

interface Reader {
  readonly lang: Lang;
  readonly t: TFunction;
  readonly options: readonly FormOption[];
}

/** One answer in the reader's words: labels of choices, dates as dd/mm/yyyy, yes and no. */
export function answerText(component: FormComponent, value: unknown, reader: Reader): string {
  if (component.type === 'checkbox') return reader.t(value === true ? 'yes' : 'no', { ns: 'forms' });
  if (value === undefined || value === null || value === '') return reader.t('noAnswer', { ns: 'forms' });
  if (Array.isArray(value)) return value.map((one) => choiceText(one, reader)).join(', ');
  if (component.type === 'number') return showNumber(value, reader.lang);
  if (component.type === 'datetime') return dateText(component, String(value), reader.lang);
  return choiceText(value, reader);
}

function choiceText(value: unknown, { options, lang }: Reader): string {
  const found = options.find((option) => JSON.stringify(option.value) === JSON.stringify(value));
  if (found) return optionText(found, lang);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function dateText(component: FormComponent, value: string, lang: Lang): string {
  if (component.subtype === 'time') return showTime(value, lang);
  return component.subtype === 'datetime' ? `${showDate(value)} ${showTime(value.split('T')[1], lang)}` : showDate(value);
}
