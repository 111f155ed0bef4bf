/** Faults that random runs with listeners, calls and ad-hoc sub-processes have found, each as the smallest diagram that shows it. */
import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  diagram,
  el,
  end,
  error,
  eventSub,
  executionListeners,
  ext,
  flow,
  job,
  multiInstance,
  onError,
  onSignal,
  path,
  signal,
  start,
  sub,
  terminate,
  undoneBy,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const open = (story: Story): readonly string[] => [...story.state!.jobs.values()].map(({ type }) => type);
const only = (story: Story): number => [...story.state!.jobs.keys()][0]!;
const done = (story: Story): Story => story.when('complete-job', { n: only(story), variables: {} });

describe('end listeners', () => {
  /** a sub-process that ends by a terminate end event while something that a signal has begun runs in it */
  const sweeping = async (): Promise<Story> => {
    const aside = eventSub('x', start('xs', onSignal('g'), { isInterrupting: false }), job('xj'), path('xs xj'));
    const inside = [start('us'), job('a'), end('ue', terminate()), path('us a ue'), aside];
    const listening = el('subProcess', 'u', [ext(executionListeners('end')), ...inside]);
    const story = (await given(diagram(signal('g'), start('s'), listening, end('e'), path('s u e')))).start();
    return story.signal('g');
  };

  test('[EL8] are asked once, however many reasons there were to complete', async () => {
    const story = (await sweeping()).completeJob('a');
    expect(open(story)).toEqual(['on-end']);
    expect(done(story).status).toBe('completed');
  });

  test('[EL8] while they work nothing begins in the scope, by an event or by an operator', async () => {
    const story = (await sweeping()).completeJob('a');
    expect([...story.state!.subscriptions]).toEqual([]);
    const u = story.instance('u');
    expect(story.rejected('modify-instance', { activate: [{ elementId: 'a', ancestor: u }] })).toMatchObject({ kind: 'INVALID_STATE' });
    expect(open(story)).toEqual(['on-end']);
  });

  test('[EL8] nor is what works for the last time interrupted', async () => {
    const guarded = job('a', [executionListeners('end')]) + boundary('b', 'a', onSignal('g'));
    const story = (await given(diagram(signal('g'), start('s'), guarded, end('e'), path('s a e'), flow('b', 'e')))).start();
    expect(story.state!.subscriptions.size).toBe(1);
    story.completeJob('a');
    expect(story.state!.subscriptions.size).toBe(0);
    expect(done(story).status).toBe('completed');
  });

  test('[EL8] of the process: no token can be put into it any more', async () => {
    const aside = eventSub('x', start('xs', onSignal('g'), { isInterrupting: false }), job('xj'), path('xs xj'));
    const story = (await given(diagram(signal('g'), ext(executionListeners('end')), start('s'), job('a'), aside, path('s a')))).start();
    story.completeJob('a');
    expect(open(story)).toEqual(['on-end']);
    expect(story.state!.subscriptions.size).toBe(0);
    expect(story.rejected('modify-instance', { activate: [{ elementId: 'a' }] })).toMatchObject({ kind: 'INVALID_STATE' });
    expect(done(story).status).toBe('completed');
  });

  test('[C7] a call that is completing hears nothing more from the called instance', async () => {
    const called = ext(zeebe('calledElement', { processId: 'other' }), executionListeners('start', 'end'));
    const diagrams = diagram(error('E'), start('s'), el('callActivity', 'c', called), boundary('b', 'c', onError('E')), path('s c'));
    const story = (await given(diagrams)).start();
    const n = story.instance('c');
    expect(story.rejected('complete-child', { n, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
    done(story).when('complete-child', { n, variables: {} });
    expect(open(story)).toEqual(['on-end']);
    for (const type of ['complete-child', 'fail-child'] as const)
      expect(story.rejected(type, { n, variables: {}, message: 'no' } as never)).toMatchObject({ kind: 'NOT_FOUND' });
    expect(story.rejected('propagate-from-child', { n, kind: 'error', code: 'E', variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
    expect(done(story).status).toBe('completed');
  });
});

describe('errors of listeners', () => {
  test.each(['start', 'end'])(
    '[EL9] an error of a listener (%s) that nobody catches: after the incident the same listener works again',
    async (event) => {
      const story = (await given(diagram(error('E'), start('s'), job('a', [executionListeners(event)]), end('e'), path('s a e')))).start();
      if (event === 'end') story.completeJob('a');
      story.when('throw-job-error', { n: only(story), errorCode: 'E' });
      expect(story.incident()).toMatchObject({ kind: 'UNHANDLED_ERROR_EVENT', element: 'a' });
      story.when('resolve-incident', { n: story.incident().n });
      expect(open(story)).toEqual([`on-${event}`]);
      done(story);
      expect(event === 'end' ? story.status : open(story)).toEqual(event === 'end' ? 'completed' : ['a']);
    },
  );

  test('[EL9] an event on the border catches it', async () => {
    const caught = boundary('b', 'a', onError('E'));
    const story = (
      await given(diagram(error('E'), start('s'), job('a', [executionListeners('start')]), caught, end('e'), path('s a e'), flow('b', 'e')))
    ).start();
    story.when('throw-job-error', { n: only(story), errorCode: 'E' });
    expect(story.status).toBe('completed');
    expect(story.of('element-terminated')).toHaveLength(1);
  });
});

describe('ad-hoc sub-processes', () => {
  const crew = (...more: readonly string[]): string =>
    el('adHocSubProcess', 'u', [ext(zeebe('taskDefinition', { type: 'crew' })), job('a'), job('b'), ...more]);
  const begins = (...ids: readonly string[]) => ({
    type: 'adHocSubProcess' as const,
    activateElements: ids.map((elementId) => ({ elementId })),
  });

  test('[AH4] a worker begins activities inside a repeated sub-process, too', async () => {
    const repeated = sub('r', multiInstance({ inputCollection: '=[1]' }), start('rs'), crew(), path('rs u'));
    const story = (await given(diagram(start('s'), repeated, path('s r')))).start();
    story.completeJob('u', {}, begins('a'));
    expect(story.active()).toContain('a');
  });

  test('[AH4] an incident of a job that a newer one replaces ends with it', async () => {
    const story = (await given(diagram(start('s'), crew(), path('s u')))).start();
    story.completeJob('u', {}, begins('a', 'b')).completeJob('a');
    story.when('fail-job', { n: story.job('u'), retries: 0 });
    expect(story.incident()).toMatchObject({ kind: 'AD_HOC_SUB_PROCESS_NO_RETRIES' });
    story.completeJob('b');
    expect(story.state!.incidents.size).toBe(0);
    expect(open(story)).toEqual(['crew']);
  });

  test('[AH6] events on borders, event sub-processes and what undoes begin by themselves, not because somebody says so', async () => {
    const aside = eventSub('x', start('xs', onSignal('g')), job('xj'), path('xs xj'));
    const story = (await given(diagram(signal('g'), start('s'), crew(undoneBy('a', 'undo'), aside), path('s u')))).start();
    const [n, u] = [story.job('u'), story.instance('u')];
    for (const elementId of ['undo-event', 'undo', 'x', 'xj', 'nowhere']) {
      expect(story.rejected('activate-ad-hoc', { n: u, elements: [{ elementId }] })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
      expect(story.rejected('complete-job', { n, variables: {}, result: begins(elementId) })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
    }
    expect(story.active()).toEqual(['u']);
  });

  test('[AH6] nothing begins before its start listeners have agreed', async () => {
    const listening = el('adHocSubProcess', 'u', [ext(executionListeners('start')), job('a')]);
    const story = (await given(diagram(start('s'), listening, path('s u')))).start();
    const begin = { n: story.instance('u'), elements: [{ elementId: 'a' }] };
    expect(story.rejected('activate-ad-hoc', begin)).toMatchObject({ kind: 'NOT_FOUND' });
    expect(done(story).when('activate-ad-hoc', begin).active()).toEqual(['a', 'u']);
  });
});
