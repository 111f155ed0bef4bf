import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern } from '../../engine/feel/regex/pattern.ts';
import { Meter, Runtime } from '../../engine/feel/runtime.ts';

const runtime = (budget = 10_000_000): Runtime => new Runtime({ get: () => undefined }, { now: 0, zone: 'UTC' }, new Meter(budget));
function find(source: string, input: string, flags = ''): readonly number[] | null {
  const made = compilePattern(source, flags);
  if (typeof made === 'string') throw new Error(made);
  return made.find(input, 0, runtime());
}

describe('regular expressions', () => {
  test.each([
    ['a|ab', 'ab', '', [0, 1]],
    ['(a|ab)(c|bcd)', 'abcd', '', [0, 4, 0, 1, 1, 4]],
    ['a.*?b', 'xaabb', '', [1, 4]],
    ['(a*)*', 'aab', '', [0, 2, 0, 2]],
    ['^b', 'a\nb', 'm', [2, 3]],
    ['^b', 'a\nb', '', null],
    ['a.b', 'a\nb', 's', [0, 3]],
    ['A', 'xa', 'i', [1, 2]],
    ['a b # c', 'ab#c', 'x', [0, 4]],
    ['[a-z-[aeiou]]+', 'aeibcd', '', [3, 6]],
    ['\\p{Lu}+', 'abCD', '', [2, 4]],
    ['\\bis\\b', 'this is', '', [5, 7]],
    ['a{2,3}', 'aaaa', '', [0, 3]],
    ['a.c', 'a.c', 'q', [0, 3]],
    ['😀+', 'x😀😀', '', [1, 5]],
  ])('[FE9] %s finds in %s with flags "%s"', (source, input, flags, expected) => {
    expect(find(source, input, flags)).toEqual(expected);
  });

  test.each([
    ['(a)\\1', /backreferences/],
    ['(?=a)b', /lookaround/],
    ['(?<!a)b', /lookaround/],
    ['a++', /possessive/],
    ['(a', /closing/],
    ['[a', /closing/],
    ['*a', /repeat/],
    ['a{1001}', /at most 1000/],
    ['((((a{1000}){1000}){1000}){1000})', /multiply/],
    ['\\p{Nonsense}', /property/],
  ])('[FE9] %s is refused by name', (source, reason) => {
    expect(compilePattern(source, '')).toMatch(reason);
  });

  test('[FE10] a pattern that sends backtracking matchers into exponential time stays within a linear budget', () => {
    const made = compilePattern('^(a+)+$', '');
    if (typeof made === 'string') throw new Error(made);
    expect(made.find(`${'a'.repeat(20_000)}!`, 0, runtime(100_000))).toBeNull();
  });

  test('[FE9] it agrees with the platform on random patterns of the common subset', () => {
    // given
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '(a|b)', '(?:ab)', '(a*b)');
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '*?', '+?', '{1,2}')).map(([of, quantifier]) => of + quantifier);
    const pattern = fc
      .array(
        fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
        { minLength: 1, maxLength: 3 },
      )
      .map((choices) => choices.join('|'));
    const input = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '\n'), maxLength: 12 });

    // then
    fc.assert(
      fc.property(pattern, input, (source, text) => {
        const theirs = new RegExp(source, 'u').exec(text);
        const ours = find(source, text);
        expect(ours === null ? null : [ours[0], ours[1]]).toEqual(theirs === null ? null : [theirs.index, theirs.index + theirs[0].length]);
      }),
      { numRuns: 500, ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}) },
    );
  });
});
