import { compileExpression, scopeOf } from '../engine/feel/index.ts';
import type { FormField, Values } from './schema.ts';

export interface Wrong {
  readonly code: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export interface Surroundings {
  readonly data: Values;
  readonly evaluate: (expression: string) => unknown;
}

/** texts without a limit of their own */
const LONGEST_TEXT = 20_000;

/** What is wrong with one answer; undefined = nothing. */
export function checkAnswer(field: FormField, answer: unknown, around: Surroundings): Wrong | undefined {
  if (isEmpty(field, answer)) return field.validate?.required === true ? { code: 'required' } : undefined;
  switch (field.type) {
    case 'number':
      return checkNumber(field, answer, around);
    case 'checkbox':
      return typeof answer === 'boolean' ? undefined : { code: 'notYesNo' };
    case 'radio':
    case 'select':
      return allows(field, answer, around) ? undefined : { code: 'notChoice' };
    case 'checklist':
    case 'taglist':
      return checkChoices(field, answer, around);
    case 'datetime':
      return checkDate(field, answer);
    default:
      return checkText(field, answer, around);
  }
}

/** a box that must be ticked is empty until it is */
function isEmpty(field: FormField, answer: unknown): boolean {
  if (answer === undefined || answer === null || answer === '') return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return field.type === 'checkbox'
    ? answer === false && field.validate?.required === true
    : typeof answer === 'string' && answer.trim() === '';
}

/** A number, its text, or `=` and a FEEL expression over the other answers. What cannot be told limits nothing. */
function limit(value: number | string | undefined, { evaluate }: Surroundings): number | undefined {
  const told = typeof value === 'string' && value.trim().startsWith('=') ? evaluate(value.trim()) : value;
  const number = typeof told === 'number' || (typeof told === 'string' && told.trim() !== '') ? Number(told) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

function checkNumber({ validate, decimalDigits }: FormField, answer: unknown, around: Surroundings): Wrong | undefined {
  if (typeof answer !== 'number' || !Number.isFinite(answer)) return { code: 'notNumber' };
  const [min, max] = [limit(validate?.min, around), limit(validate?.max, around)];
  if (decimalDigits === 0 && !Number.isInteger(answer)) return { code: 'integer' };
  if (decimalDigits !== undefined && Number(answer.toFixed(Math.min(decimalDigits, 20))) !== answer)
    return { code: 'decimals', params: { digits: decimalDigits } };
  if (min !== undefined && answer < min) return { code: 'min', params: { min } };
  return max !== undefined && answer > max ? { code: 'max', params: { max } } : undefined;
}

function checkText({ validate }: FormField, answer: unknown, around: Surroundings): Wrong | undefined {
  if (typeof answer !== 'string') return { code: 'notText' };
  const [shortest, longest] = [limit(validate?.minLength, around), limit(validate?.maxLength, around) ?? LONGEST_TEXT];
  const length = [...answer].length;
  if (shortest !== undefined && length < shortest) return { code: 'minLength', params: { minLength: shortest } };
  if (length > longest) return { code: 'maxLength', params: { maxLength: longest } };
  if (validate?.validationType === 'email' && !/^[^\s@]{1,64}@[^\s@.]{1,63}(\.[^\s@.]{1,63}){1,8}$/.test(answer)) return { code: 'email' };
  if (validate?.validationType === 'phone' && !/^\+?[\d ().-]{5,25}$/.test(answer)) return { code: 'phone' };
  return validate?.pattern && !fits(validate.pattern, answer) ? { code: 'pattern' } : undefined;
}

/** FEEL's `matches` takes linear time whatever the pattern: it comes from a model. */
const matcher = compileExpression('matches(text, pattern)');

function fits(pattern: string, text: string): boolean {
  if (!matcher.ok) return false;
  const result = matcher.expression.evaluate(scopeOf({ text, pattern }), { now: 0, zone: 'UTC' });
  return result.ok && result.value === true;
}

function allows(field: FormField, answer: unknown, { data, evaluate }: Surroundings): boolean {
  return optionsOf(field, data, evaluate).some((option) => option === answer);
}

function optionsOf(
  { values, valuesKey, valuesExpression }: FormField,
  data: Values,
  evaluate: Surroundings['evaluate'],
): readonly unknown[] {
  if (values !== undefined) return values.map(({ value }) => value);
  const found =
    valuesExpression !== undefined
      ? evaluate(valuesExpression)
      : valuesKey !== undefined && Object.hasOwn(data, valuesKey)
        ? data[valuesKey]
        : [];
  if (!Array.isArray(found)) return [];
  return found.map((one: unknown) => (typeof one === 'object' && one !== null && 'value' in one ? one.value : one));
}

function checkChoices(field: FormField, answer: unknown, around: Surroundings): Wrong | undefined {
  if (!Array.isArray(answer)) return { code: 'type' };
  return answer.every((choice: unknown) => allows(field, choice, around)) && new Set(answer).size === answer.length
    ? undefined
    : { code: 'notChoice' };
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?$/;

function checkDate({ subtype }: FormField, answer: unknown): Wrong | undefined {
  if (typeof answer !== 'string') return { code: 'type' };
  if (subtype === 'time') return TIME.test(answer) ? undefined : { code: 'notTime' };
  const [date = '', time] = answer.split('T');
  if (!isDate(date)) return { code: 'notDate' };
  if (subtype === 'datetime') return time !== undefined && TIME.test(time.replace(/\.\d{1,3}/, '')) ? undefined : { code: 'notDate' };
  return time === undefined ? undefined : { code: 'notDate' };
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
