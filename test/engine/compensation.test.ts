import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  diagram,
  el,
  end,
  error,
  eventSub,
  ext,
  flow,
  gateway,
  job,
  mapping,
  multiInstance,
  onError,
  path,
  start,
  sub,
  throwing,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { visibleVariables } from '../../engine/index.ts';
import type { InstanceState } from '../../engine/index.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const onCompensation = (activity?: string) =>
  `<bpmn:compensateEventDefinition${activity === undefined ? '' : ` activityRef="${activity}"`} />`;
const undo = (id: string, handler: string, of: string) => [
  boundary(id, of, onCompensation()),
  el('serviceTask', handler, ext(zeebe('taskDefinition', { type: handler })), { isForCompensation: true }),
  `<bpmn:association id="as-${id}" sourceRef="${id}" targetRef="${handler}" />`,
];

describe('compensation', () => {
  const booked = [job('hotel'), job('flight'), ...undo('uh', 'undoHotel', 'hotel'), ...undo('uf', 'undoFlight', 'flight')];
  test('[Q1] what has completed is undone, the newest first, one after the other', async () => {
    const story = (await given(diagram(start('s'), ...booked, throwing('t', onCompensation()), end('e'), path('s hotel flight t e'))))
      .start()
      .completeJob('hotel')
      .completeJob('flight');
    expect(story.active()).toEqual(['t', 'undoFlight']);
    story.completeJob('undoFlight');
    expect(story.active()).toEqual(['t', 'undoHotel']);
    expect(story.completeJob('undoHotel').status).toBe('completed');
  });

  test('[Q2] one activity can be named; what has not completed is not undone', async () => {
    const story = (await given(diagram(start('s'), ...booked, end('t', onCompensation('flight')), path('s hotel t'))))
      .start()
      .completeJob('hotel');
    expect(story.status).toBe('completed');
    expect(story.of('job-created').map((event) => event.jobType)).toEqual(['hotel']);
  });

  test('[Q8] who does not wait goes on at once; the scope waits for what is being undone', async () => {
    const hasty = onCompensation().replace(' />', ' waitForCompletion="false" />');
    const story = (await given(diagram(start('s'), ...booked, throwing('t', hasty), userTask('z'), path('s hotel flight t z'))))
      .start()
      .completeJob('hotel')
      .completeJob('flight');
    expect(story.active()).toEqual(['undoFlight', 'z']);
    story.completeTask('z').completeJob('undoFlight');
    expect(story.active()).toEqual(['undoHotel']);
    expect(story.completeJob('undoHotel').status).toBe('completed');
  });

  test('[Q3] a completed sub-process is undone by undoing what is in it', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          sub('u', start('us'), ...booked, path('us hotel flight')),
          throwing('t', onCompensation('u')),
          end('e'),
          path('s u t e'),
        ),
      )
    )
      .start()
      .completeJob('hotel')
      .completeJob('flight');
    expect(story.active()).toEqual(['t', 'undoFlight']);
    story.completeJob('undoFlight').completeJob('undoHotel');
    expect(story.status).toBe('completed');
  });

  test('[Q4] a compensation event sub-process undoes its sub-process', async () => {
    const handler = eventSub('h', start('hs', onCompensation()), job('repair'), path('hs repair'));
    const story = (
      await given(
        diagram(
          start('s'),
          sub('u', start('us'), job('a'), path('us a'), handler),
          throwing('t', onCompensation('u')),
          end('e'),
          path('s u t e'),
        ),
      )
    )
      .start()
      .completeJob('a');
    expect(story.active()).toEqual(['h', 'repair', 't']);
    expect(story.completeJob('repair').status).toBe('completed');
  });

  const seenBy = (story: Story, id: string) => visibleVariables(story.state as InstanceState, story.instance(id));

  test('[Q6] a handler sees the variables of its activity, and of the scope that has ended, as they were', async () => {
    const hotel = job('hotel', [mapping({ room: '=n', n: '=n' }, { last: '=room' })]);
    const story = (
      await given(
        diagram(
          start('s'),
          el('subProcess', 'u', [
            ext(mapping({ guest: '="Ani"', n: '=7' })),
            start('us'),
            hotel,
            ...undo('uh', 'undoHotel', 'hotel'),
            userTask('wait'),
            path('us hotel wait'),
          ]),
          userTask('later'),
          throwing('t', onCompensation()),
          path('s u later t'),
        ),
      )
    )
      .start({ n: 1, now: 1 })
      .completeJob('hotel');
    story.when('set-variables', { n: story.instance('u'), variables: { guest: 'Budi', n: 8 }, local: true });
    story.completeTask('wait').completeTask('later', { guest: 'nobody', n: 2, now: 2 });
    expect(seenBy(story, 'undoHotel')).toMatchObject({ guest: 'Budi', room: 7, n: 7, now: 2 });
    expect(story.completeJob('undoHotel').status).toBe('completed');
  });

  test('[Q6] what goes on is seen as it is now', async () => {
    const story = (
      await given(
        diagram(start('s'), job('hotel'), ...undo('uh', 'undoHotel', 'hotel'), throwing('t', onCompensation()), path('s hotel t')),
      )
    )
      .start({ n: 1 })
      .completeJob('hotel', { n: 2 });
    expect(seenBy(story, 'undoHotel')).toEqual({ n: 2 });
  });

  test('[Q6] each run of a repeated activity is undone with its own variables', async () => {
    const each = job('hotel', [], multiInstance({ inputCollection: '=["a","b"]', inputElement: 'place' }, { sequential: true }));
    const story = (
      await given(diagram(start('s'), each, ...undo('uh', 'undoHotel', 'hotel'), throwing('t', onCompensation()), path('s hotel t')))
    )
      .start()
      .completeJob('hotel')
      .completeJob('hotel');
    expect(seenBy(story, 'undoHotel')).toMatchObject({ place: 'b', loopCounter: 2 });
    story.completeJob('undoHotel');
    expect(seenBy(story, 'undoHotel')).toMatchObject({ place: 'a', loopCounter: 1 });
    expect(story.completeJob('undoHotel').status).toBe('completed');
  });

  test('[Q7] a compensation event sub-process undoes what was inside, with what its sub-process knew', async () => {
    const handler = eventSub('h', start('hs', onCompensation()), job('first'), end('ht', onCompensation()), path('hs first ht'));
    const inner = el('subProcess', 'u', [ext(mapping({ guest: '="Ani"' })), start('us'), ...booked, path('us hotel flight'), handler]);
    const story = (await given(diagram(start('s'), inner, throwing('t', onCompensation('u')), path('s u t'))))
      .start()
      .completeJob('hotel')
      .completeJob('flight');
    expect(story.active()).toEqual(['first', 'h', 't']);
    expect(seenBy(story, 'first')).toEqual({ guest: 'Ani' });
    expect(story.completeJob('first').active()).toEqual(['h', 'ht', 't', 'undoFlight']);
    story.completeJob('undoFlight');
    expect(seenBy(story, 'undoHotel')).toEqual({ guest: 'Ani' });
    expect(story.completeJob('undoHotel').status).toBe('completed');
  });

  test('[Q7] a sub-process that was interrupted, or is still active, is not undone by it', async () => {
    const handler = eventSub('h', start('hs', onCompensation()), job('repair'), path('hs repair'));
    const inner = sub('u', start('us'), job('a'), path('us a'), handler);
    const story = (
      await given(
        diagram(error('x'), start('s'), inner, boundary('b', 'u', onError('x')), throwing('t', onCompensation()), path('s u'), path('b t')),
      )
    )
      .start()
      .throwError('a', 'x');
    expect(story.status).toBe('completed');
    expect(story.of('job-created').map(({ jobType }) => jobType)).toEqual(['a']);
  });

  test('[Q5] a cancelled transaction stops, undoes what it did and leaves by its cancel event', async () => {
    const inner = el('transaction', 'u', [
      start('us'),
      ...booked,
      gateway('parallel', 'f'),
      userTask('open'),
      end('c', '<bpmn:cancelEventDefinition />'),
      path('us hotel f flight c'),
      flow('f', 'open'),
    ]);
    const story = (
      await given(
        diagram(
          start('s'),
          inner,
          boundary('b', 'u', '<bpmn:cancelEventDefinition />'),
          userTask('sorry'),
          userTask('fine'),
          path('s u fine'),
          path('b sorry'),
        ),
      )
    )
      .start()
      .completeJob('hotel')
      .completeJob('flight');
    expect(story.active()).toEqual(['u', 'undoFlight']);
    story.completeJob('undoFlight').completeJob('undoHotel');
    expect(story.active()).toEqual(['sorry']);
    expect(story.terminated()).toEqual(['open', 'u']);
  });

  test('[Q5] a transaction that is not cancelled is a sub-process', async () => {
    const story = (
      await given(diagram(start('s'), el('transaction', 'u', [start('us'), job('a'), path('us a')]), userTask('fine'), path('s u fine')))
    )
      .start()
      .completeJob('a');
    expect(story.active()).toEqual(['fine']);
  });
});
