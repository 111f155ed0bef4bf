/** What each active element instance waits for: one list over jobs, user tasks, timers and subscriptions. */
import { z } from 'zod';
import { instanceKeyOf } from '../../engine/index.ts';
import type { CollectionName } from '../../runtime/collections.ts';
import type { Filter, Row } from '../../runtime/ports.ts';
import { readableCase, withinCases } from '../case-reads.ts';
import { ownsCase } from '../case-sight.ts';
import { keyParam, parseBody } from '../input.ts';
import { staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { filterOf } from '../search.ts';
import { iso } from './show.ts';
import { waitingElements } from './tables.ts';

/** element instances and waits that one question may look at; who has more names the case */
const MOST = 10_000;
const types = ['JOB', 'USER_TASK', 'TIMER', 'MESSAGE', 'SIGNAL', 'CONDITION'] as const;
const query = z.object({
  filter: z.looseObject({ waitStateType: z.enum(types).nullish() }).nullish(),
  page: z
    .strictObject({
      limit: z.number().int().min(1).max(MOST).optional(),
      from: z.number().int().min(0).max(1_000_000).optional(),
      after: z
        .string()
        .regex(/^\d{1,7}$/, 'Expected a cursor of an earlier answer')
        .optional(),
    })
    .nullish(),
});

interface Wait {
  readonly el: string;
  readonly details: { readonly waitStateType: (typeof types)[number]; readonly [field: string]: unknown };
}

const sources: readonly { readonly collection: CollectionName; readonly open: Filter; readonly details: (row: Row) => Wait['details'] }[] =
  [
    {
      collection: 'jobs',
      open: { open: true },
      details: (row) => ({
        waitStateType: 'JOB',
        jobKey: row['jobKey'],
        jobType: row['type'],
        jobKind: row['kind'],
        listenerEventType: row['listenerEventType'] ?? 'UNSPECIFIED',
      }),
    },
    {
      collection: 'userTasks',
      open: { state: { $notIn: ['COMPLETED', 'CANCELED', 'FAILED'] } },
      details: (row) => ({ waitStateType: 'USER_TASK', userTaskKey: row['userTaskKey'], dueDate: iso(row['dueDate']) }),
    },
    {
      collection: 'timers',
      open: {},
      details: (row) => ({ waitStateType: 'TIMER', dueDate: iso(row['dueAt']), repetitions: row['repeat'] ?? 1 }),
    },
    { collection: 'subscriptions', open: { messageSubscriptionState: 'CREATED' }, details: subscription },
  ];

function subscription(row: Row): Wait['details'] {
  if (row['kind'] === 'signal') return { waitStateType: 'SIGNAL', signalName: row['messageName'] };
  if (row['kind'] === 'condition') return { waitStateType: 'CONDITION' };
  return { waitStateType: 'MESSAGE', messageName: row['messageName'], correlationKey: row['correlationKey'] ?? '' };
}

async function searchWaits(asked: Asked) {
  const given = parseBody(asked, query, {});
  const { waitStateType, ...filter } = given.filter ?? {};
  const elements = await activeElements(asked, filter);
  const waits = (await waitsOf(asked, [...elements.keys()])).filter(
    ({ details }) => !waitStateType || details.waitStateType === waitStateType,
  );
  const items = waits.map(({ el, details }) => shownWait(elements.get(el) ?? {}, withoutHidden(asked, elements.get(el) ?? {}, details)));
  const { limit = 100, from = 0, after } = given.page ?? {};
  const start = after === undefined ? from : Number(after);
  const shown = items.slice(start, start + limit);
  const cursors = shown.length === 0 ? [null, null] : [String(start), String(start + shown.length)];
  const page = { totalItems: items.length, hasMoreTotalItems: false, startCursor: cursors[0], endCursor: cursors[1] };
  return ok({ items: shown, page });
}

/** How many instances of each element of one case wait. */
async function countWaits(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  const elements = await activeElements(asked, { processInstanceKey });
  const waiting = new Set((await waitsOf(asked, [...elements.keys()])).map(({ el }) => el));
  const counts = new Map<string, number>();
  for (const key of waiting) {
    const elementId = String(elements.get(key)?.['elementId']);
    counts.set(elementId, (counts.get(elementId) ?? 0) + 1);
  }
  return ok({ items: [...counts].map(([elementId, waitingCount]) => ({ elementId, waitingCount })) });
}

/** A correlation key is a value of the case: told to the owner and to the agency that waits. */
function withoutHidden({ context, reader }: Asked, element: Row, details: Wait['details']): Wait['details'] {
  const definition = context.runtime.definitions.byKey(String(element['processDefinitionKey']));
  const seen = ownsCase(reader, definition?.row) || element['agency'] === reader.agency;
  return seen || !('correlationKey' in details) ? details : { ...details, correlationKey: '' };
}

function shownWait(element: Row, details: Wait['details']): object {
  return {
    rootProcessInstanceKey: element['rootProcessInstanceKey'],
    processInstanceKey: element['processInstanceKey'],
    elementInstanceKey: element['elementInstanceKey'],
    elementId: element['elementId'],
    elementType: element['type'],
    details,
  };
}

async function activeElements(asked: Asked, filter: Readonly<Record<string, unknown>>): Promise<ReadonlyMap<string, Row>> {
  const wanted = await filterOf({ asked, table: waitingElements, path: '/filter' }, filter);
  const found = await asked.context.runtime.store.search('elementInstances', {
    filter: { ...wanted, state: 'ACTIVE' },
    scope: await withinCases(asked),
    sort: [{ field: 'elementInstanceKey' }],
    limit: MOST,
  });
  if (found.items.length < found.totalItems || found.hasMoreTotalItems) throw tooMany();
  return new Map(found.items.map((row) => [String(row['elementInstanceKey']), row]));
}

async function waitsOf({ context }: Asked, keys: readonly string[]): Promise<readonly Wait[]> {
  const order = new Map(keys.map((key, index) => [key, index]));
  // these rows are found by their cases
  const cases = [...new Set(keys.map((key) => instanceKeyOf(key)))];
  const waits: Wait[] = [];
  for (const { collection, open, details } of sources) {
    const filter = { ...open, processInstanceKey: { $in: cases }, elementInstanceKey: { $in: keys } };
    const found = keys.length === 0 ? undefined : await context.runtime.store.search(collection, { filter, limit: MOST });
    if (found && found.items.length < found.totalItems) throw tooMany();
    waits.push(...(found?.items ?? []).map((row) => ({ el: String(row['elementInstanceKey']), details: details(row) })));
  }
  return waits.toSorted((left, right) => (order.get(left.el) ?? 0) - (order.get(right.el) ?? 0));
}

function tooMany(): Problem {
  return new Problem(
    'INVALID_ARGUMENT',
    `Expected a filter that finds at most ${MOST} waiting elements, but it finds more: name the processInstanceKey`,
  );
}

export const waitStateRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/element-instances/wait-states/search', allow: staff, body: query, handler: searchWaits },
  { method: 'get', path: '/v2/process-instances/:processInstanceKey/statistics/wait-states', allow: staff, handler: countWaits },
];
