import { expect, test } from '@jest/globals';
import { validateForm } from '../../forms/validate.ts';

const schema = {
  components: [
    { type: 'number', key: 'people', validate: { min: '=least', max: '=least + 3' } },
    { type: 'textfield', key: 'name', validate: { maxLength: '=longest' } },
    { type: 'number', key: 'free', validate: { max: '=nobody knows' } },
  ],
};
const codes = (answers: Record<string, unknown>): readonly string[] =>
  validateForm(schema, answers, { data: { least: 2, longest: 3 }, now: 0 }).errors.map(({ pointer, code }) => `${pointer} ${code}`);

test('[CF5] a limit may be an expression; one that cannot be told limits nothing', () => {
  expect(codes({ people: 2, name: 'abc', free: 9 })).toEqual([]);
  expect(codes({ people: 1, name: 'abcd' })).toEqual(['/people min', '/name maxLength']);
  expect(codes({ people: 6 })).toEqual(['/people max']);
});
