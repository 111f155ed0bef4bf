/** Every type of event at every place where it may stand: one test per cell of the table in docs/coverage.md. */
import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  escalation,
  eventSub,
  ext,
  flow,
  job,
  link,
  mapping,
  message,
  multiInstance,
  onCondition,
  onError,
  onEscalation,
  onMessage,
  onSignal,
  path,
  script,
  signal,
  start,
  sub,
  terminate,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given, T0 } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const roots = [message('m'), signal('x'), error('E'), escalation('E')];
const DATE = '2026-02-01T00:00:00+07:00';

/** How the event is written, and what makes it happen. `work` is a job inside the host; `thrower` stands behind it. */
interface Kind {
  readonly definition: string;
  readonly thrower?: string;
  happens(story: Story, id: string): Story;
}
const byWork = (story: Story): Story => story.completeJob('work');
const byTime = (story: Story, id: string): Story => story.fire(id);
const kinds: Readonly<Record<string, Kind>> = {
  message: { definition: onMessage('m'), happens: (story) => story.message('m') },
  signal: { definition: onSignal('x'), happens: (story) => story.signal('x') },
  'timer after a duration': { definition: timer('timeDuration', 'PT1H'), happens: byTime },
  'timer at a date': { definition: timer('timeDate', DATE), happens: byTime },
  condition: { definition: onCondition('=x > 5'), happens: (story) => story.when('set-variables', { n: 0, variables: { x: 9 } }) },
  'error with its code': { definition: onError('E'), thrower: end('thrower', onError('E')), happens: byWork },
  'any error': { definition: onError(), thrower: end('thrower', onError('E')), happens: byWork },
  'escalation with its code': { definition: onEscalation('E'), thrower: throwing('thrower', onEscalation('E')), happens: byWork },
  'any escalation': { definition: onEscalation(), thrower: end('thrower', onEscalation('E')), happens: byWork },
};
const cells = Object.keys(kinds);
const beside = cells.filter((name) => !name.includes('error'));
const kindOf = (name: string): Kind => {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
};
/** start → work → thrower, and a task that is open meanwhile. */
const body = ({ thrower }: Kind): string =>
  [start('is'), job('work'), userTask('open'), path('is work'), path('is open'), thrower ? `${thrower}${path('work thrower')}` : ''].join(
    '',
  );

describe('boundary events', () => {
  const story = async (name: string, interrupting: boolean): Promise<Story> => {
    const kind = kindOf(name);
    const host = sub('host', body(kind));
    const xml = diagram(
      ...roots,
      start('s'),
      host,
      boundary('b', 'host', kind.definition, interrupting),
      userTask('after'),
      path('s host'),
      path('b after'),
    );
    return kind.happens((await given(xml)).start({ key: 1, x: 1 }), 'b');
  };

  test.each(cells)('[EV1] interrupting: %s', async (name) => {
    expect((await story(name, true)).active()).toEqual(['after']);
  });

  test.each(beside)('[EV2] not interrupting: %s', async (name) => {
    const active = (await story(name, false)).active();
    expect(active).toEqual(expect.arrayContaining(['after', 'host', 'open']));
  });

  test('[EV2] not interrupting: a cycle, as often as it says', async () => {
    const xml = diagram(
      start('s'),
      userTask('host'),
      boundary('b', 'host', timer('timeCycle', 'R2/PT1H'), false),
      userTask('after'),
      path('s host'),
      path('b after'),
    );
    const twice = (await given(xml)).start().fire('b').fire('b');
    expect(twice.active()).toEqual(['after', 'after', 'host']);
    expect(() => twice.fire('b')).toThrow('Expected a timer');
  });

  const hosts: Readonly<Record<string, string>> = {
    'a service task': job('host'),
    'a user task': userTask('host'),
    'a send task': el('sendTask', 'host', ext(zeebe('taskDefinition', { type: 'host' }))),
    'a receive task': el('receiveTask', 'host', '', { messageRef: 'm-m' }),
    'a script task with a job': el('scriptTask', 'host', ext(zeebe('taskDefinition', { type: 'host' }))),
    'a business rule task with a job': el('businessRuleTask', 'host', ext(zeebe('taskDefinition', { type: 'host' }))),
    'a call activity': el('callActivity', 'host', ext(zeebe('calledElement', { processId: 'other' }))),
    'a sub-process': sub('host', start('hs'), userTask('inside'), path('hs inside')),
    'a transaction': el('transaction', 'host', [start('hs'), userTask('inside'), path('hs inside')]),
    'an ad-hoc sub-process': el('adHocSubProcess', 'host', [
      ext(zeebe('adHoc', { activeElementsCollection: '=["inside"]' })),
      userTask('inside'),
    ]),
    'a multi-instance activity': job('host', [], multiInstance({ inputCollection: '=[1, 2]' })),
  };
  test.each(Object.keys(hosts))('[EV3] on %s', async (name) => {
    const xml = diagram(
      ...roots,
      start('s'),
      hosts[name] ?? '',
      boundary('b', 'host', timer('timeDuration', 'PT1H')),
      userTask('after'),
      path('s host'),
      path('b after'),
    );
    const story = (await given(xml, { process: () => ({ key: '77', version: 1 }) as never })).start({ key: 1 });
    expect(story.active()).toContain('host');
    expect(story.fire('b').active()).toEqual(['after']);
    expect(story.completed()).not.toContain('host');
  });

  test('[EV3] the error of a job is caught at its task', async () => {
    const xml = diagram(
      ...roots,
      start('s'),
      job('host'),
      boundary('b', 'host', onError('E')),
      userTask('after'),
      path('s host'),
      path('b after'),
    );
    expect((await given(xml)).start().throwError('host', 'E').active()).toEqual(['after']);
  });
});

describe('event sub-processes', () => {
  const story = async (name: string, isInterrupting: boolean): Promise<Story> => {
    const kind = kindOf(name);
    const handler = eventSub('h', start('hs', kind.definition, { isInterrupting }), userTask('after'), path('hs after'));
    return kind.happens((await given(diagram(...roots, body(kind), handler))).start({ key: 1, x: 1 }), 'hs');
  };

  test.each(cells)('[EV4] interrupting: %s', async (name) => {
    expect((await story(name, true)).active()).toEqual(['after', 'h']);
  });

  test.each(beside)('[EV5] not interrupting: %s', async (name) => {
    expect((await story(name, false)).active()).toEqual(expect.arrayContaining(['after', 'h', 'open']));
  });

  test('[EV4] inside a sub-process it takes over that sub-process only', async () => {
    const kind = kindOf('message');
    const handler = eventSub('h', start('hs', kind.definition), userTask('after'), path('hs after'));
    const xml = diagram(...roots, start('s'), sub('u', body(kind), handler), userTask('else'), path('s u'), path('s else'));
    expect(kind.happens((await given(xml)).start({ key: 1 }), 'hs').active()).toEqual(['after', 'else', 'h', 'u']);
  });
});

describe('intermediate catch events', () => {
  test.each(['message', 'signal', 'timer after a duration', 'timer at a date', 'condition'])('[EV6] %s', async (name) => {
    const kind = kindOf(name);
    const xml = diagram(...roots, start('s'), catching('c', kind.definition), userTask('after'), path('s c after'));
    const story = (await given(xml)).start({ key: 1, x: 1 });
    expect(story.active()).toEqual(['c']);
    expect(kind.happens(story, 'c').active()).toEqual(['after']);
  });

  test('[EV6] a date that is past is due at once', async () => {
    const xml = diagram(start('s'), catching('c', timer('timeDate', '2020-01-01T00:00:00Z')), path('s c'));
    expect((await given(xml)).start().timer('c').dueAt).toBeLessThanOrEqual(T0);
  });
});

describe('throwing and end events', () => {
  const signalled = { t: 'signal-broadcast', name: 'x' };
  test.each(['intermediateThrowEvent', 'endEvent'])('[EV7] a signal: %s', async (type) => {
    const story = (await given(diagram(...roots, start('s'), el(type, 't', onSignal('x')), path('s t')))).start();
    expect(story.of('signal-broadcast' as never)).toMatchObject([signalled]);
    expect(story.status).toBe('completed');
  });

  test.each(['intermediateThrowEvent', 'endEvent'])('[EV7] a message, as a job: %s', async (type) => {
    const inner = [ext(zeebe('taskDefinition', { type: 'send' })), onMessage('m')];
    const story = (await given(diagram(...roots, start('s'), el(type, 't', inner), path('s t')))).start();
    expect(story.active()).toEqual(['t']);
    expect(story.completeJob('t').status).toBe('completed');
  });

  test('[EV7] a message without a worker is refused', async () => {
    await expect(given(diagram(...roots, start('s'), throwing('t', onMessage('m')), path('s t')))).rejects.toThrow(
      'MISSING_TASK_DEFINITION',
    );
  });

  test('[EV8] an end event without type, an end of the whole', async () => {
    const xml = diagram(start('s'), userTask('a'), end('n'), end('t', terminate()), path('s a'), path('s n'), flow('a', 't'), path('s t'));
    const story = (await given(xml)).start();
    expect([story.status, story.terminated()]).toEqual(['completed', ['a']]);
  });

  test('[EV9] a link in a sub-process leads to the catch event there', async () => {
    const inside = [start('us'), throwing('t', link('L')), catching('c', link('L')), userTask('a'), path('us t'), path('c a')];
    expect((await given(diagram(start('s'), sub('u', ...inside), path('s u')))).start().active()).toEqual(['a', 'u']);
  });
});

describe('variables at events', () => {
  test.each(['message', 'signal'])('[EV10] %s: what it brings goes through the output mappings', async (name) => {
    const definition = ext(mapping({}, { got: '=v' })) + kindOf(name).definition;
    const xml = diagram(...roots, start('s'), catching('c', definition), script('r', 'r', '=got + 1'), path('s c r'));
    const story = (await given(xml)).start({ key: 1 });
    if (name === 'message') story.message('m', { v: 4 });
    else story.signal('x', { v: 4 });
    expect(story.variables()).toMatchObject({ got: 4, r: 5 });
    expect(story.variables()).not.toHaveProperty('v');
  });
});
