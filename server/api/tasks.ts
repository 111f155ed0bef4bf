/** The clerk's lists, one task with everything needed to decide, one case. */
import { readableCase } from '../case-reads.ts';
import { CITIZEN } from '../../runtime/citizen.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Filter, Query } from '../../runtime/ports.ts';
import { elementOf, english, openTaskStates } from '../case-rows.ts';
import { valuesOf } from '../effective-variables.ts';
import { keyParam } from '../input.ts';
import { staff, taskScope } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and } from '../search.ts';
import { taskVariableRows } from '../task-variables.ts';
import { serviceNames, trackedCase } from '../tracking.ts';
import { raisable } from './raise.ts';
import { showElementInstance, showUserTask } from '../v2/show.ts';
import { readableTask } from '../v2/user-tasks.ts';

const views = ['unit', 'mine', 'overdue', 'done'] as const;
type View = (typeof views)[number];

const open: Filter = { state: { $in: openTaskStates } };
const urgentFirst: Query['sort'] = [{ field: 'dueDate' }, { field: 'priority', order: 'DESC' }, { field: 'creationDate' }];
const latestFirst: Query['sort'] = [{ field: 'completionDate', order: 'DESC' }];

function filterOf({ reader, context }: Asked, view: View): Filter {
  if (view === 'mine') return { ...open, assignee: reader.username };
  // those who see every case still work on the agencies' tasks, not on the citizens'
  const ofAgencies: Filter = { ...open, agency: { $neq: CITIZEN } };
  if (view === 'overdue') return { ...ofAgencies, dueDate: { $lt: context.runtime.clock.now() } };
  return view === 'done' ? { state: 'COMPLETED', completedBy: reader.username } : ofAgencies;
}

async function list(asked: Asked) {
  const { query, context, reader } = asked;
  const view = views.find((known) => known === (query['view'] ?? 'unit'));
  if (view === undefined) throw new Problem('INVALID_ARGUMENT', `Expected view to be one of ${views.join(', ')}, but it is another`);
  const { store } = context.runtime;
  const scope = taskScope(reader);
  const after = query['after'];
  const page = await store.search('userTasks', {
    filter: and([filterOf(asked, view), matching(query['q'])]),
    scope,
    sort: view === 'done' ? latestFirst : urgentFirst,
    limit: limitOf(query['limit']),
    ...(after ? { after } : {}),
  });
  const totals = await Promise.all(
    views.map(
      async (one) => [one, (await store.search('userTasks', { filter: filterOf(asked, one), scope, limit: 1 })).totalItems] as const,
    ),
  );
  const items = await Promise.all(page.items.map((row) => show(asked, row)));
  return ok({ items, totalItems: page.totalItems, endCursor: page.endCursor, counts: Object.fromEntries(totals) });
}

function limitOf(text: string | undefined): number {
  if (text === undefined || text === '') return 50;
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 200) return Number(text);
  throw new Problem('INVALID_ARGUMENT', 'Expected limit to be a number from 1 to 200, but it is not');
}

/** reference number, task or service: as typed, in capitals, or with a capital first */
function matching(text: string | undefined): Filter {
  const typed = text?.trim().slice(0, 100);
  if (!typed) return {};
  const ways = [
    ...new Set([typed, typed.toUpperCase(), typed.toLowerCase(), typed.charAt(0).toUpperCase() + typed.slice(1).toLowerCase()]),
  ];
  return {
    $or: ways.flatMap((way) =>
      ['businessId', 'name', 'processName'].map((field) => ({ [field]: { $like: `*${way.replace(/[\\*?]/g, '\\$&')}*` } })),
    ),
  };
}

async function show(asked: Asked, row: Row) {
  const { context } = asked;
  const element = elementOf(context.runtime.definitions, row);
  const agency = (row['agency'] as string | undefined) ?? element?.agency ?? null;
  const assignee = typeof row['assignee'] === 'string' ? await context.runtime.store.get('users', row['assignee']) : undefined;
  return {
    ...showUserTask(row),
    nameEn: english(element),
    agency,
    agencyName: context.agencies.nameOf(agency),
    agencyNameEn: context.agencies.nameEnOf(agency),
    reference: row['businessId'] ?? row['processInstanceKey'],
    ...serviceNames(asked, row),
    assigneeName: assignee?.['name'] ?? null,
  };
}

async function one(asked: Asked) {
  const row = await readableTask(asked);
  const { runtime } = asked.context;
  const processInstanceKey = String(row['processInstanceKey']);
  const form = typeof row['formKey'] === 'string' ? runtime.definitions.form(row['formKey']) : undefined;
  const variables = valuesOf(await taskVariableRows(asked, row));
  const root = await rootOf(asked, processInstanceKey);
  const { rows: _rows, ...tracked } = await trackedCase(asked, root);
  return ok({ task: await show(asked, row), form: form?.schema ?? null, variables, case: tracked, raises: raisable(asked, row) });
}

/** The whole case of a task that the reader may work on, also when a called process holds the task. */
async function rootOf(asked: Asked, processInstanceKey: string): Promise<Row> {
  const { store } = asked.context.runtime;
  const own = await store.get('processInstances', processInstanceKey);
  const root = await store.get('processInstances', String(own?.['rootProcessInstanceKey'] ?? processInstanceKey));
  const found = root ?? own;
  if (found === undefined) throw new Problem('NOT_FOUND', 'Expected the case of this task, but there is none');
  return found;
}

async function oneCase(asked: Asked) {
  const { rows, ...tracked } = await trackedCase(asked, await readableCase(asked, keyParam(asked, 'processInstanceKey')));
  return ok({ ...tracked, elements: rows.elements.map(showElementInstance) });
}

export const taskRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/tasks', allow: staff, handler: list },
  { method: 'get', path: '/api/v1/tasks/:userTaskKey', allow: staff, handler: one },
  { method: 'get', path: '/api/v1/cases/:processInstanceKey', allow: staff, handler: oneCase },
];
