import { describe, expect, test } from '@jest/globals';
import { validateForm } from '../../forms/validate.ts';
import { permitFiles } from './diagrams.ts';

const schema = JSON.parse(permitFiles['permit-apply.form']) as unknown;
const check = (given: Record<string, unknown>, data = {}) => validateForm(schema, given, { now: 0, data });
const codes = (given: Record<string, unknown>) => check(given).errors.map(({ pointer, code }) => `${pointer} ${code}`);

describe('the server checks a form by its own schema', () => {
  test('[SV20] right answers pass as they are', () => {
    const given = { nik: '3573010101010001', size: 40, kind: 'house' };
    expect(check(given)).toEqual({ values: given, errors: [] });
  });

  test('[SV21] what the form did not ask is dropped', () => {
    const { values } = check({ nik: '3573010101010001', applicant: { username: 'somebody' }, fee: 0 });
    expect(values).toEqual({ nik: '3573010101010001' });
  });

  test.each([
    [{}, ['/nik required']],
    [{ nik: '  ' }, ['/nik required']],
    [{ nik: 3573010101010001 }, ['/nik notText']],
    [{ nik: '12' }, ['/nik pattern']],
    [{ nik: { $gt: '' } }, ['/nik notText']],
    [{ nik: '3573010101010001', size: '40' }, ['/size notNumber']],
    [{ nik: '3573010101010001', size: 0 }, ['/size min']],
    [{ nik: '3573010101010001', size: 1001 }, ['/size max']],
    [{ nik: '3573010101010001', size: 1.5 }, ['/size integer']],
    [{ nik: '3573010101010001', kind: 'castle' }, ['/kind notChoice']],
    [{ nik: '3573010101010001', kind: 'shop' }, ['/shopName required']],
  ])('[SV20] %j is refused with %j', (given, expected) => {
    expect(codes(given)).toEqual(expected);
  });

  test('[SV22] a hidden question is neither needed nor heard', () => {
    expect(check({ nik: '3573010101010001', kind: 'house', shopName: 'sneaked in' })).toEqual({
      values: { nik: '3573010101010001', kind: 'house' },
      errors: [],
    });
  });

  test('[SV22] what the form did not ask cannot stand in for a variable of the case that a condition reads', () => {
    const gated = {
      components: [
        { type: 'textfield', key: 'note', conditional: { hide: '=approved = true' } },
        { type: 'number', key: 'size', validate: { max: '=limit' } },
      ],
    };
    const data = { approved: true, limit: 10 };
    const answer = validateForm(gated, { note: 'sneaked in', approved: false, size: 11, limit: 99 }, { now: 0, data });
    expect(answer.values).toEqual({});
    expect(answer.errors).toMatchObject([{ pointer: '/size', code: 'max' }]);
    expect(validateForm(gated, { note: 'asked', size: 9 }, { now: 0, data: { approved: false, limit: 10 } }).errors).toEqual([]);
  });

  test('[SV23] errors are sentences in both languages', () => {
    expect(check({ nik: '3573010101010001', size: 0 }).errors[0]?.message).toEqual({
      id: 'Isi dengan angka paling kecil 1.',
      en: 'Enter 1 or more.',
    });
  });

  test('[SV24] a pattern that explodes elsewhere takes linear time here', () => {
    const evil = { components: [{ type: 'textfield', key: 'a', validate: { pattern: '^(a+)+$' } }] };
    const { errors } = validateForm(evil, { a: `${'a'.repeat(5000)}b` }, { now: 0 });
    expect(errors.map(({ code }) => code)).toEqual(['pattern']);
  });

  test('[SV20] a date must exist', () => {
    const dated = { components: [{ type: 'datetime', subtype: 'date', key: 'day' }] };
    expect(validateForm(dated, { day: '2026-02-29' }, { now: 0 }).errors[0]?.code).toBe('notDate');
    expect(validateForm(dated, { day: '2028-02-29' }, { now: 0 }).errors).toEqual([]);
  });

  test('[SV20] rows of a list are checked one by one', () => {
    const list = {
      components: [
        { type: 'dynamiclist', path: 'household', components: [{ type: 'textfield', key: 'name', validate: { required: true } }] },
      ],
    };
    expect(validateForm(list, { household: [{ name: 'Siti', admin: true }, {}] }, { now: 0 })).toMatchObject({
      values: { household: [{ name: 'Siti' }] },
      errors: [{ pointer: '/household/1/name', code: 'required' }],
    });
  });
});
