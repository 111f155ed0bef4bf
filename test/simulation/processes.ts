/** Small processes that have every kind of wait between them, and what each must have done when it has ended. */
import { bpmn } from '../runtime/support/bpmn.ts';
import {
  boundary,
  catching,
  el,
  end,
  error,
  ext,
  gateway,
  message,
  multiInstance,
  onError,
  onMessage,
  path,
  script,
  start,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';

const agency = (id: string, inner = ''): string =>
  el('serviceTask', id, [ext(zeebe('taskDefinition', { type: 'agency', retries: 2 })), inner]);
const call = (id: string, processId: string): string =>
  el('callActivity', id, ext(zeebe('calledElement', { processId, propagateAllChildVariables: false })));
const pause = (id: string, duration: string): string => catching(id, timer('timeDuration', duration));

export interface Simulated {
  readonly id: string;
  readonly xml: string;
  /** elements that must be completed exactly so often in every ended instance */
  readonly completes: Readonly<Record<string, number>>;
  /** of these sets exactly one is completed */
  readonly oneOf?: readonly (readonly string[])[];
}

export const processes: readonly Simulated[] = [
  {
    id: 'child',
    xml: bpmn('child', [start('s'), agency('tax'), end('e'), path('s tax e')].join('')),
    completes: { s: 1, tax: 1, e: 1 },
  },
  {
    id: 'permit',
    xml: bpmn(
      'permit',
      [
        start('s'),
        gateway('parallel', 'fork'),
        agency('land'),
        pause('pause', 'PT30S'),
        catching('paid', onMessage('payment')),
        call('called', 'child'),
        gateway('parallel', 'join'),
        end('e'),
        path('s fork land pause paid join e'),
        path('fork called join'),
      ].join(''),
      message('payment', '=invoice'),
    ),
    completes: { s: 1, fork: 1, land: 1, pause: 1, paid: 1, called: 1, join: 1, e: 1 },
  },
  {
    id: 'many',
    xml: bpmn(
      'many',
      [
        start('s'),
        agency('stamp', multiInstance({ inputCollection: '=[1,2,3]', inputElement: 'item' })),
        el('callActivity', 'each', [
          ext(zeebe('calledElement', { processId: 'child', propagateAllChildVariables: false })),
          multiInstance({ inputCollection: '=[1,2]', inputElement: 'item' }, { sequential: true }),
        ]),
        userTask('ask'),
        end('e'),
        path('s stamp each ask e'),
      ].join(''),
    ),
    // three runs and the body
    completes: { s: 1, stamp: 4, each: 3, ask: 1, e: 1 },
  },
  {
    id: 'refuse',
    xml: bpmn(
      'refuse',
      [
        start('s'),
        agency('check'),
        boundary('no', 'check', onError('NO')),
        script('tell', 'told', '=true'),
        agency('record'),
        end('e'),
        end('f'),
        path('s check record e'),
        path('no tell f'),
      ].join(''),
      error('NO'),
    ),
    completes: { s: 1 },
    oneOf: [
      ['check', 'no'],
      ['record', 'tell'],
      ['e', 'f'],
    ],
  },
  {
    id: 'apply',
    xml: bpmn(
      'apply',
      [
        start('s', onMessage('application')),
        userTask('review'),
        boundary('late', 'review', timer('timeDuration', 'PT2M'), false),
        agency('remind'),
        end('e'),
        end('f'),
        path('s review e'),
        path('late remind f'),
      ].join(''),
      message('application', '=invoice'),
    ),
    completes: { s: 1, review: 1, e: 1 },
  },
  {
    id: 'race',
    xml: bpmn(
      'race',
      [
        start('s'),
        gateway('eventBased', 'which'),
        catching('paid', onMessage('race-payment')),
        pause('gone', 'PT1M'),
        el('subProcess', 'part', [start('ps'), agency('inner'), end('pe'), path('ps inner pe')]),
        end('e'),
        path('s which paid part e'),
        path('which gone part'),
      ].join(''),
      message('race-payment', '=invoice'),
    ),
    completes: { s: 1, which: 1, part: 1, inner: 1, e: 1 },
    oneOf: [['paid', 'gone']],
  },
];
