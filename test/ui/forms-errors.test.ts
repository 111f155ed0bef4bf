import { expect, test } from '@jest/globals';
import { checkAnswers } from '../../ui/forms/check.ts';
import type { FieldError, FormComponent } from '../../ui/forms/schema.ts';
import en from '../../ui/locales/en/forms.json' with { type: 'json' };
import id from '../../ui/locales/id/forms.json' with { type: 'json' };
import { render } from './forms-support.ts';

const field = (type: string, more: Partial<FormComponent> = {}): FormComponent => ({ type, key: 'a', label: 'A', ...more });
const wrongs: readonly (readonly [string, FormComponent, unknown])[] = [
  ['required', field('textfield', { validate: { required: true } }), ''],
  ['notText', field('textfield'), 5],
  ['minLength', field('textfield', { validate: { minLength: 3 } }), 'ab'],
  ['maxLength', field('textarea', { validate: { maxLength: 3 } }), 'abcd'],
  ['pattern', field('textfield', { validate: { pattern: '^\\d{16}$' } }), '12'],
  ['email', field('textfield', { validate: { validationType: 'email' } }), 'x'],
  ['phone', field('textfield', { validate: { validationType: 'phone' } }), 'x'],
  ['notNumber', field('number'), 'dua'],
  ['integer', field('number', { decimalDigits: 0 }), 1.5],
  ['decimals', field('number', { decimalDigits: 1 }), 1.55],
  ['min', field('number', { validate: { min: 1500 } }), 1],
  ['max', field('number', { validate: { max: 1 } }), 2],
  ['notYesNo', field('checkbox'), 'yes'],
  ['notChoice', field('radio', { values: [{ value: 'x' }] }), 'y'],
  ['type', field('checklist', { values: [{ value: 'x' }] }), 'x'],
  ['notDate', field('datetime', { subtype: 'date' }), '2026-02-30'],
  ['notTime', field('datetime', { subtype: 'time' }), '25:00'],
];

test.each(wrongs)(
  '[UI50] a wrong answer (%s) is found in the browser and told at its field in both languages',
  async (code, component, answer) => {
    const { errors } = checkAnswers({ components: [component] }, { a: answer });
    expect(errors).toMatchObject([{ pointer: '/a', code }]);
    for (const [lang, words] of [
      ['id', id],
      ['en', en],
    ] as const) {
      expect(words.errors).toHaveProperty(code);
      const html = await render([component], { errors, lang });
      expect(html).toContain('id="field-a-error"');
      expect(html).toContain('A”');
      expect(html).not.toMatch(/\{\{|undefined|NaN/);
    }
  },
);

test('[UI50] a pattern is explained by the hint of its field, and numbers are written as in the reader’s language', async () => {
  const nik = field('textfield', { description: '16 angka pada KTP Anda.', validate: { pattern: '^\\d{16}$' } });
  const errors: FieldError[] = [{ pointer: '/a', code: 'pattern' }];
  expect(await render([nik], { errors })).toContain('“A”: penulisannya belum sesuai. 16 angka pada KTP Anda.<');
  const html = await render([field('number')], { errors: [{ pointer: '/a', code: 'min', params: { min: 1500 } }] });
  expect(html).toContain('isi paling kecil 1.500');
});

test('[UI51] an error that only the server knows is shown in the server’s words', async () => {
  const html = await render([field('textfield')], { errors: [{ pointer: '/a', code: 'NEW_RULE', detail: 'Kalimat dari server.' }] });
  expect(html).toContain('Kalimat dari server.');
});

test('[UI52] right answers have no errors, and only what the form asks for is kept', () => {
  const form = { components: [field('textfield'), field('textfield', { key: 'b', conditional: { hide: '=a = "x"' } })] };
  expect(checkAnswers(form, { a: 'x', b: 'hidden', c: 'not asked' })).toEqual({ values: { a: 'x' }, errors: [] });
});
