import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression, scopeOf, toJson } from '../../engine/feel/index.ts';

/** 2026-08-14 is a Friday, the 17th a Monday and Independence Day. */
const CONTEXT = { free: ['2026-08-17', '2026-12-25'], from: '2026-08-14', wrong: ['soon'] };
const CLOCK = { now: Date.UTC(2026, 7, 14, 3), zone: 'Asia/Jakarta' };

function valueOf(text: string, context: Record<string, unknown> = CONTEXT): unknown {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const result = compiled.expression.evaluate(scopeOf(context as never), CLOCK);
  return result.ok ? toJson(result.value) : result;
}

describe('working days', () => {
  test.each([
    ['add working days(date("2026-08-14"), 1)', '2026-08-17'],
    ['add working days(date("2026-08-14"), 1, free)', '2026-08-18'],
    ['add working days(date("2026-08-14"), 14, free)', '2026-09-04'],
    ['add working days(date("2026-08-18"), -1, free)', '2026-08-14'],
    ['add working days(date("2026-08-15"), 0)', '2026-08-17'],
    ['add working days(date("2026-08-14"), 0, free)', '2026-08-14'],
    ['add working days(date("2026-08-14"), 1, [date("2026-08-17")])', '2026-08-18'],
    ['add working days(date and time("2026-08-14T15:30:00"), 1, free)', '2026-08-18T15:30:00'],
    ['add working days(today(), 1, null)', '2026-08-17'],
    ['working days between(date("2026-08-14"), date("2026-08-21"))', 5],
    ['working days between(date("2026-08-14"), date("2026-08-21"), free)', 4],
    ['working days between(date("2026-08-21"), date("2026-08-14"), free)', -4],
    ['is working day(date("2026-08-17"))', true],
    ['is working day(date("2026-08-17"), free)', false],
    ['is working day(date("2026-08-16"))', false],
    // what does not fit is null and a warning, as with every built-in
    ['add working days(date("2026-08-14"), 1.5)', null],
    ['add working days(date("2026-08-14"), 1, wrong)', null],
    ['add working days("2026-08-14", 1)', null],
    ['is working day(date("2026-08-17"), wrong)', null],
  ])('[FE15] %s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  test('[FE15] as many days as it takes stop at the budget, not at the end of time', () => {
    expect(valueOf('add working days(date("2026-08-14"), 1000000000)')).toMatchObject({ ok: false, kind: 'budget' });
  });

  test('[FE15] what was added lies between, and the last day is one on which people work', () => {
    const day = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 400 }), fc.array(day, { maxLength: 20 }), (from, days, holidays) => {
        const reached = `add working days(date("${from}"), ${days}, holidays)`;
        expect(valueOf(`working days between(date("${from}"), ${reached}, holidays)`, { holidays })).toBe(days);
        expect(valueOf(`is working day(${reached}, holidays)`, { holidays })).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
