/** Options of a step whose answer does not come with its call: headers that later.ts reads. */
import type { ContractOperation } from './operation.ts';
import type { Words } from './template-words.ts';

type Property = { readonly [name: string]: unknown };

export function laterOptions({ callback }: ContractOperation, { later: word }: Words): readonly Property[] {
  const choices = [
    { name: word.now, value: 'now' },
    { name: word.callback, value: 'callback' },
    { name: word.poll, value: 'poll' },
  ];
  const header = (key: string, rest: Property): Property => ({
    id: key,
    group: 'later',
    type: 'String',
    optional: true,
    binding: { type: 'zeebe:taskHeader', key },
    ...rest,
  });
  const when = (...modes: readonly string[]): Property => ({ condition: { property: 'answer', oneOf: modes } });
  const duration = { description: word.duration };
  return [
    header('answer', {
      type: 'Dropdown',
      label: word.answer,
      choices,
      value: callback === undefined ? 'now' : 'callback',
      optional: false,
    }),
    header('callbackPlace', {
      label: word.place,
      description: word.placeHint,
      value: callback?.place ?? 'header:X-Callback-Url',
      ...when('callback'),
    }),
    header('callbackSuccess', { label: word.success, ...when('callback') }),
    header('until', { label: word.until, description: word.untilHint, optional: false, constraints: { notEmpty: true }, ...when('poll') }),
    header('every', { label: word.every, value: 'PT30S', ...duration, ...when('poll') }),
    header('deadline', { label: word.deadline, ...duration, ...when('callback', 'poll') }),
    header('deadlineError', { label: word.deadlineError, description: word.deadlineHint, ...when('callback', 'poll') }),
  ];
}
