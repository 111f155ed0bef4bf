import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileExpression, compileUnaryTests, scopeOf, toJson } from '../../engine/feel/index.ts';
import type { CompileOptions, Evaluation, Expression } from '../../engine/feel/index.ts';

const SEED = process.env.SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(process.env.SEED);
const TOKENS =
  '1 a "x" ( ) [ ] { } , : . .. + - * / ** = != < <= > >= and or in between not( if then else for x return some every satisfies instance of number null true @"2020-01-01" function( date( count( ? item sort( matches( replace( split( `b` list<number> range("[1..2]") \\'.split(
    ' ',
  );
const CLOCK = { now: Date.UTC(2026, 0, 2, 20, 30, 0), zone: 'Asia/Jakarta' };

function compiled(text: string, options?: CompileOptions): Expression {
  const made = compileExpression(text, options);
  if (!made.ok) throw new Error(made.problem.message);
  return made.expression;
}
const run = (text: string, variables: Record<string, unknown> = {}): Evaluation => compiled(text).evaluate(scopeOf(variables), CLOCK);
function valueOf(text: string, variables: Record<string, unknown> = {}): unknown {
  const result = run(text, variables);
  if (!result.ok) throw new Error(result.message);
  return toJson(result.value);
}
const problemOf = (text: string): { message: string; position: number } | null => {
  const made = compileExpression(text);
  return made.ok ? null : made.problem;
};

describe('the language', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['-2 ** 2', 4],
    ['2 ** 3 ** 2', 64],
    ['0.1 + 0.2 = 0.3', true],
    ['1.1 * 1.1', 1.21],
    ['1 / 0', null],
    ['"a" + "b"', 'ab'],
    ['"a" + 1', null],
    ['"\\u00e9\\n\\"\\d"', 'é\n"\\d'],
    ['[1, 2, 3][-1]', 3],
    ['[1, 2, 3][item > 1]', [2, 3]],
    ['[{a: 1}, {a: 2}, {}].a', [1, 2, null]],
    ['[{a: 1, b: 2}, {a: 3, b: 1}][a > b].a', [3]],
    ['[][1]', null],
    ['[][item > 1]', []],
    ['5[1]', 5],
    ['{a: 1, b: a + 1}.b', 2],
    ['{first name: "Siti"}.first name', 'Siti'],
    ['{"a b": 1}.`a b`', 1],
    ['if null then 1 else 2', 2],
    ['for i in 1..3 return i * i', [1, 4, 9]],
    ['for i in 3..1 return i', [3, 2, 1]],
    ['for i in 1..2, j in [10, 20] return i + j', [11, 21, 12, 22]],
    ['for i in 0..4 return if i = 0 then 1 else i * partial[-1]', [1, 1, 2, 6, 24]],
    ['for i in [1..3) return i', [1, 2]],
    ['some x in [1, 2], y in [2, 3] satisfies x = y', true],
    ['every x in [] satisfies x', true],
    ['every x in [1, null] satisfies x > 0', null],
    ['false and null', false],
    ['null or true', true],
    ['null and true', null],
    ['3 between 1 and 5 and true', true],
    ['5 in (> 3, < 1)', true],
    ['5 in ]1..5[', false],
    ['5 in [1..5]', true],
    ['"b" in ["a", "b"]', true],
    ['1 instance of number', true],
    ['[1, "a"] instance of list<number>', false],
    ['{a: 1} instance of context<a: number>', true],
    ['(function(x, y) x - y)(y: 1, x: 3)', 2],
    ['{f: function(n: number) n + 1, r: f(1)}.r', 2],
    ['{f: function(n: number) n + 1, r: f("a")}.r', null],
    ['(for i in 1..2 return function() i)[1]()', 1],
    ['sort([3, 1, 2], function(a, b) a > b)', [3, 2, 1]],
    ['count([1, /* two */ 2]) // the end', 2],
    ['[1..5].end included', true],
    ['{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r', 120],
    ['{a: 1, b: {a: a + 1}}.b.a', 2],
    ['-', undefined],
  ])('[FE1] %s', (text, expected) => {
    if (expected === undefined) expect(problemOf(text)).not.toBeNull();
    else expect(valueOf(text)).toEqual(expected);
  });

  test('[FE2] names with spaces and operators are known names first', () => {
    // given
    const options = { names: ['monthly fee', 'a-b', 'fee', 'some fee'] };
    const scope = scopeOf({ 'some fee': 4, 'monthly fee': 3, 'a-b': 5, fee: 7, a: 1, b: 2 });

    // then
    expect(compiled('monthly   fee + a-b + fee', options).evaluate(scope, CLOCK)).toMatchObject({ ok: true, value: 15 });
    expect(compiled('some fee > 3', options).evaluate(scope, CLOCK)).toMatchObject({ ok: true, value: true });
    expect(compiled('a-b').evaluate(scope, CLOCK)).toMatchObject({ ok: true, value: -1 });
  });

  test.each(['1 +', 'a adn b', '"open', '{a 1}', 'if true then 1', 'for i in [1]', 'f(a: 1, 2)', '(1', '[1..2', '@2020', 'x instance of'])(
    '[FE4] %s is refused with a position',
    (text) => {
      const problem = problemOf(text);
      expect(problem?.message).toMatch(/^Expected .* but /);
      expect(problem?.position).toBeGreaterThanOrEqual(0);
    },
  );

  test('[FE5] free variables are the root names that are read', () => {
    expect(compiled('a.b + count(xs[status = c]) + (for i in xs return i + d)[1] + {e: 1, f: e}.f').variables).toEqual([
      'a',
      'c',
      'd',
      'status',
      'xs',
    ]);
  });
});

describe('time', () => {
  test.each([
    ['string(now())', '2026-01-03T03:30:00@Asia/Jakarta'],
    ['string(today())', '2026-01-03'],
    ['date("2024-01-31") + duration("P1M")', '2024-02-29'],
    ['date("2024-03-01") - date("2024-02-01")', 'P29D'],
    ['@"2024-03-31T01:30:00@Europe/Berlin" + @"PT1H"', '2024-03-31T03:30:00@Europe/Berlin'],
    ['@"2024-01-01T00:00:00Z" = @"2024-01-01T07:00:00@Asia/Jakarta"', true],
    ['@"2024-01-01T00:00:00" < @"2024-01-01T07:00:00Z"', null],
    ['@"2024-02-29".weekday', 4],
    ['date("2023-02-29")', null],
    ['years and months duration(date("2011-12-22"), date("2013-08-24"))', 'P1Y8M'],
    ['duration("PT36H").days', 1],
    ['@"23:30:00" + @"PT1H"', '00:30:00'],
    ['week of year(date("2005-01-01"))', 53],
  ])('[FE6] %s', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });
});

describe('unary tests', () => {
  test.each([
    ['-', 1, true],
    ['> 10', 11, true],
    ['> 10', null, false],
    ['"a", "b"', 'b', true],
    ['not("a", "b")', 'b', false],
    ['[1..5]', 5, true],
    ['< 1, > 5', 3, false],
    ['? > limit', 3, true],
    ['starts with(?, "a")', 'abc', true],
    ['limits', 2, true],
    ['null', null, true],
    ['true', false, false],
  ])('[FE7] %s of %j is %s', (text, input, expected) => {
    // given
    const made = compileUnaryTests(text);
    if (!made.ok) throw new Error(made.problem.message);

    // when
    const result = made.expression.evaluate(scopeOf({ '?': input, limit: 2, limits: [1, 2] }), CLOCK);

    // then
    expect(result).toMatchObject({ ok: true, value: expected });
  });
});

describe('what is missing', () => {
  const missing = (text: string, variables: Record<string, unknown> = {}): readonly string[] => {
    const result = run(text, variables);
    return result.ok ? result.warnings.flatMap((warning) => (warning.kind === 'missing-variable' ? [warning.name ?? ''] : [])) : [];
  };

  test('[FE8] a missing variable is null and named in a warning', () => {
    expect(valueOf('x')).toBeNull();
    expect(missing('x > 1 and y.z = 2')).toEqual(['x', 'y']);
  });

  test.each(['is defined(x)', 'get or else(x, 1)', 'x = null', 'null != x.y', '[{a: 1}][b = 1]'])('[FE8] %s does not complain', (text) => {
    expect(missing(text)).toEqual([]);
  });

  test('[FE8] a variable that is null is not missing', () => {
    expect(missing('x > 1', { x: null })).toEqual([]);
  });

  test('[FE8] a failed assertion says its cause', () => {
    expect(run('assert(x, x != null, "x is needed")')).toEqual({ ok: false, kind: 'assertion', message: 'x is needed' });
    expect(valueOf('assert(x, x > 0)', { x: 1 })).toBe(1);
  });
});

describe('safety', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('[FE11] %s reaches no prototype', (name) => {
    expect(valueOf(`{a: 1}.${name}`)).toBeNull();
    expect(valueOf(`[1].${name}`)).toEqual([null]);
    expect(valueOf(`"a".${name}`)).toBeNull();
    expect(valueOf(`a.${name}`, { a: { b: 1 } })).toBeNull();
    expect(valueOf(`[{a: 1}][${name} != null]`)).toEqual([]);
    expect(valueOf(`get value({a: 1}, "${name}")`)).toBeNull();
    expect(compiled(name).evaluate(scopeOf({}), CLOCK)).toMatchObject({ ok: true, value: null });
  });

  test('[FE11] an entry called __proto__ is an entry', () => {
    const value = valueOf('context put({a: 1}, "__proto__", {polluted: true})');
    expect(Object.keys(value as object)).toEqual(['a', '__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((value as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([
    'for i in 1..100000, j in 1..100000 return 1',
    'count(for i in 1..10000000 return i) > 0',
    '{f: function(n) f(n)}.f(1)',
    '(for i in 1..60 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1])',
    'count((for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))[-1])',
  ])('[FE12] %s stops at its budget', (text) => {
    expect(run(text)).toMatchObject({ ok: false, kind: 'budget' });
  });

  test('[FE12] work inside built-ins is paid for', () => {
    expect(run('count(for i in 1..100000 return string length(text)) > 0', { text: 'a'.repeat(100_000) })).toMatchObject({
      ok: false,
      kind: 'budget',
    });
    expect(run('count(for i in 1..100000 return list = list) > 0', { list: new Array(1000).fill(1) })).toMatchObject({
      ok: false,
      kind: 'budget',
    });
  });

  test(`[FE4] no text makes compiling or evaluating throw (SEED=${SEED})`, () => {
    const token = fc.constantFrom(...TOKENS);
    fc.assert(
      fc.property(fc.array(token, { maxLength: 14 }), fc.boolean(), (tokens, cell) => {
        const made = cell ? compileUnaryTests(tokens.join(' '), { budget: 2000 }) : compileExpression(tokens.join(' '), { budget: 2000 });
        if (made.ok) made.expression.evaluate(scopeOf({ a: [1, { b: 2 }], item: 3 }), CLOCK);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });

  test('[FE12] the budget can be set, and what fits runs', () => {
    const tight = compiled('count(for i in 1..100 return i)', { budget: 50 });
    expect(tight.evaluate(scopeOf({}), CLOCK)).toMatchObject({ ok: false, kind: 'budget' });
    expect(run('count(for i in 1..100 return i)')).toMatchObject({ ok: true, value: 100 });
  });

  test.each([
    ['(', 5000],
    ['[', 5000],
    ['x in (', 300],
    ['{a: ', 5000],
    ['-', 5000],
    ['1 + ', 20000],
    ['f(', 5000],
    ['if ', 5000],
  ])('[FE13] %s nested %d times is refused, not a crash', (text, times) => {
    const problem = problemOf(`${text.repeat(times)}1`);
    expect(problem?.message).toMatch(/^Expected/);
  });

  test('[FE13] a text of more than 100,000 characters is refused', () => {
    expect(problemOf(`"${'a'.repeat(100_001)}"`)?.message).toMatch(/at most 100000 characters/);
  });

  test.each(['random number()', 'uuid()'])('[FE14] %s is refused because it is not deterministic', (text) => {
    expect(run(text)).toMatchObject({ ok: false, kind: 'not-deterministic' });
  });

  test('[FE14] an external function never runs', () => {
    expect(valueOf('(function(x) external {java: {class: "java.lang.Math", method signature: "abs(int)"}})(1)')).toBeNull();
  });
});
