import { describe, expect, test } from '@jest/globals';
import { dateParts, joinDate, padDate, showClock, showDate, showTime } from '../../ui/forms/dates.ts';
import { initialValues } from '../../ui/forms/initial-values.ts';
import { normalise } from '../../ui/forms/normalise.ts';
import { editNumber, parseNumber } from '../../ui/forms/numbers.ts';
import { pointerOf, valueAt, withValueAt } from '../../ui/forms/paths.ts';
import type { FormSchema } from '../../ui/forms/schema.ts';

describe('numbers as people type them', () => {
  test('[UI53] are understood in both languages', () => {
    expect(parseNumber('1.500,5', 'id')).toBe(1500.5);
    expect(parseNumber('1,500.5', 'en')).toBe(1500.5);
    expect(parseNumber('12', 'id')).toBe(12);
    expect(parseNumber(' -3,25 ', 'id')).toBe(-3.25);
    expect(parseNumber('1.5', 'id')).toBe(1.5);
    expect(editNumber(1500.5, 'id')).toBe('1500,5');
  });

  test('[UI53] are refused when they are none', () => {
    for (const typed of ['', 'dua', '1.2.3', '12abc', '1e5', '--1', 'Infinity']) expect(parseNumber(typed, 'id')).toBeUndefined();
  });
});

describe('dates', () => {
  test('[UI54] keep every part that was typed, however unfinished', () => {
    expect(joinDate({ day: '5', month: '', year: '2026' })).toBe('2026--5');
    expect(dateParts('2026--5')).toEqual({ day: '5', month: '', year: '2026' });
    expect(joinDate({ day: '', month: '', year: '' })).toBeUndefined();
  });

  test('[UI54] are padded, and shown as dd/mm/yyyy', () => {
    expect(padDate('2026-2-1')).toBe('2026-02-01');
    expect(showDate('2026-02-01')).toBe('01/02/2026');
    expect(showTime('9:05', 'id')).toBe('09.05');
    expect(showClock('2026-02-01T03:32:00Z', 'id')).toBe('10.32');
  });
});

describe('answers as they are sent', () => {
  const form: FormSchema = {
    components: [
      { type: 'textfield', key: 'nik', validate: { pattern: '^[0-9]{16}$' } },
      { type: 'textfield', key: 'nama' },
      { type: 'number', key: 'jumlah' },
      { type: 'datetime', subtype: 'date', key: 'tgl' },
      { type: 'group', path: 'alamat', components: [{ type: 'textfield', key: 'jalan' }] },
      { type: 'dynamiclist', path: 'anggota', components: [{ type: 'number', key: 'umur' }] },
    ],
  };

  test('[UI55] are tidied: spaces, digits, numbers, dates, also inside groups and lists', () => {
    const typed = {
      nik: '3573 0101 0190 0001',
      nama: '  Siti ',
      jumlah: '1.200',
      tgl: '2026-2-1',
      alamat: { jalan: ' Ijen ' },
      anggota: [{ umur: '12' }, { umur: 'x' }],
    };
    expect(normalise(form, typed, 'id')).toEqual({
      nik: '3573010101900001',
      nama: 'Siti',
      jumlah: 1200,
      tgl: '2026-02-01',
      alamat: { jalan: 'Ijen' },
      anggota: [{ umur: 12 }, { umur: 'x' }],
    });
  });

  test('[UI55] that are empty are no answers, and what is wrong stays as typed', () => {
    expect(normalise(form, { nama: '   ', jumlah: 'banyak' }, 'id')).toEqual({ nama: undefined, jumlah: 'banyak' });
  });
});

describe('values in a form', () => {
  test('[UI56] are replaced without touching what was there', () => {
    const before = { a: [{ b: 1 }], c: 2 };
    expect(withValueAt(before, ['a', 0, 'b'], 5)).toEqual({ a: [{ b: 5 }], c: 2 });
    expect(before).toEqual({ a: [{ b: 1 }], c: 2 });
    expect(pointerOf(['a', 0, 'x/y'])).toBe('/a/0/x~1y');
    expect(valueAt({}, ['constructor'])).toBeUndefined();
  });

  test('[UI56] begin with the case’s own data, then the default, and nothing that the form does not ask', () => {
    const form: FormSchema = {
      components: [
        { type: 'textfield', key: 'a' },
        { type: 'textfield', key: 'b', defaultValue: 'x' },
        { type: 'group', components: [{ type: 'number', key: 'c' }] },
      ],
    };
    expect(initialValues(form, { a: 'known', c: 3, secret: 1 })).toEqual({ a: 'known', b: 'x', c: 3 });
  });
});
