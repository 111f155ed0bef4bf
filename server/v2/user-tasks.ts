import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Aimed } from '../../runtime/runtime.ts';
import { effectiveVariableRows, valuesOf } from '../effective-variables.ts';
import { answersOf } from '../form-answers.ts';
import { keyParam, parseBody, variables } from '../input.ts';
import { leadsUnit, staff, taskScope, worksOnTasks } from '../policy.ts';
import { Problem, acceptedForTask } from '../problem.ts';
import { actorOf, has } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { taskVariableRows } from '../task-variables.ts';
import { formReply } from './definitions.ts';
import { withoutNulls } from './jobs.ts';
import { showUserTask, showVariable } from './show.ts';
import { userTasks } from './tables.ts';

/** The task, when it is the reader's or the reader's unit's to see. */
export async function readableTask(asked: Asked): Promise<Row> {
  const userTaskKey = keyParam(asked, 'userTaskKey');
  const found = await asked.context.runtime.store.search('userTasks', {
    filter: { userTaskKey },
    scope: taskScope(asked.reader),
    limit: 1,
  });
  const task = found.items[0];
  if (task === undefined) throw new Problem('NOT_FOUND', `Expected a user task with the key ${userTaskKey}, but there is none for you`);
  return task;
}

async function command(asked: Asked, aimed: Aimed): Promise<Reply> {
  acceptedForTask(await asked.context.runtime.execute(keyParam(asked, 'userTaskKey'), aimed));
  return noContent();
}

const action = z.string().max(100).nullish();

const assignBody = z.object({ assignee: z.string().min(1).max(256), allowOverride: z.boolean().nullish(), action });
/** Clerks take free tasks for themselves; whoever leads the unit gives and takes as needed. */
async function assign(asked: Asked) {
  const given = withoutNulls(parseBody(asked, assignBody));
  await readableTask(asked);
  if (leadsUnit(asked.reader)) return command(asked, { type: 'assign-user-task', by: actorOf(asked.reader), ...given } as Aimed);
  if (given.assignee !== asked.reader.username)
    throw new Problem('FORBIDDEN', 'Expected somebody who leads the unit to assign others, but you may only take tasks yourself');
  return command(asked, { type: 'assign-user-task', by: actorOf(asked.reader), ...given, allowOverride: false } as Aimed);
}

async function unassign(asked: Asked) {
  refuseOthersTask(asked, await readableTask(asked));
  return command(asked, { type: 'unassign-user-task', by: actorOf(asked.reader) });
}

/** A colleague's task stays the colleague's, unless the reader leads the unit. */
export function refuseOthersTask({ reader }: Asked, task: Row): void {
  const assignee = task['assignee'];
  if (typeof assignee === 'string' && assignee !== '' && assignee !== reader.username && !leadsUnit(reader))
    throw new Problem('INVALID_STATE', 'Expected the task to be free or yours, but somebody else has taken it');
}

const changeset = z.object({
  dueDate: z.string().max(64).nullish(),
  followUpDate: z.string().max(64).nullish(),
  candidateUsers: z.array(z.string().max(256)).max(1000).nullish(),
  candidateGroups: z.array(z.string().max(256)).max(1000).nullish(),
  priority: z.number().int().min(0).max(100).nullish(),
});

const updateBody = z.object({ changeset: changeset.nullish(), action });
/** older clients send the changes bare */
const bareUpdateBody = z.union([z.object({ changeset, action }), changeset]);
const updateBare = (asked: Asked) => {
  const { body } = asked;
  const bare = typeof body === 'object' && body !== null && !Object.hasOwn(body, 'changeset');
  return update(bare ? { ...asked, body: { changeset: body } } : asked);
};
async function update(asked: Asked) {
  const given = parseBody(asked, updateBody, {});
  const task = await readableTask(asked);
  refuseOthersTask(asked, task);
  // null takes a date away or empties a list; clients know no other word for it
  const entries = Object.entries(given.changeset ?? {}).map(([field, value]) => [
    field,
    value ?? (field.startsWith('candidate') ? [] : field === 'priority' ? 50 : null),
  ]);
  return command(asked, {
    type: 'update-user-task',
    by: actorOf(asked.reader),
    changes: Object.fromEntries(entries) as object,
    ...withoutNulls({ action: given.action ?? null }),
  } as Aimed);
}

const completeBody = z.object({ variables: variables.nullish(), action });
async function complete(asked: Asked) {
  const given = parseBody(asked, completeBody, {});
  const task = await readableTask(asked);
  // whether it is still open is the engine's to say: checked first only so that "done" is not told as "not yours"
  if (task['state'] !== 'COMPLETED' && task['state'] !== 'CANCELED') refuseOthersTask(asked, task);
  const values = await answers(asked, task, given.variables ?? {});
  return command(asked, {
    type: 'complete-user-task',
    by: actorOf(asked.reader),
    variables: values,
    ...withoutNulls({ action: given.action ?? null }),
  } as Aimed);
}

/** People answer the task's form and nothing else. Programs are trusted with variables. */
async function answers(asked: Asked, task: Row, given: Readonly<Record<string, never>> | z.infer<typeof variables>) {
  const form = typeof task['formKey'] === 'string' ? asked.context.runtime.definitions.form(task['formKey']) : undefined;
  // without a session it may still be a person: only those who run workers are believed to be programs
  const program = asked.reader.session === undefined && has(asked.reader, 'integrator');
  if (program || form === undefined || task['state'] === 'COMPLETED') return given;
  const { store } = asked.context.runtime;
  const rows = await effectiveVariableRows(store, String(task['processInstanceKey']), String(task['elementInstanceKey']));
  return answersOf(asked, form.schema, { given, data: valuesOf(rows) });
}

const variablesOfTaskBody = z.object({
  filter: z
    .object({ name: z.union([z.string(), z.object({ $eq: z.string().optional(), $in: z.array(z.string()).optional() })]).nullish() })
    .nullish(),
});
async function variablesOfTask(asked: Asked) {
  const task = await readableTask(asked);
  const rows = await taskVariableRows(asked, task);
  const body = parseBody(asked, variablesOfTaskBody, {});
  const wanted = body.filter?.name;
  const names = typeof wanted === 'string' ? [wanted] : wanted?.$eq !== undefined ? [wanted.$eq] : wanted?.$in;
  const items = rows.filter((row) => names === undefined || names.includes(String(row['name']))).map(showVariable);
  return ok({ items, page: { totalItems: items.length, hasMoreTotalItems: false, startCursor: null, endCursor: null } });
}

export const userTaskRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/user-tasks/search',
    allow: staff,
    searches: userTasks,
    handler: (asked) => search(asked, userTasks, { scope: taskScope(asked.reader) }),
  },
  {
    method: 'get',
    path: '/v2/user-tasks/:userTaskKey',
    allow: staff,
    handler: async (asked) => ok(showUserTask(await readableTask(asked))),
  },
  { method: 'patch', path: '/v2/user-tasks/:userTaskKey', allow: worksOnTasks, body: updateBody, handler: update },
  { method: 'patch', path: '/v2/user-tasks/:userTaskKey/update', allow: worksOnTasks, body: bareUpdateBody, handler: updateBare },
  { method: 'post', path: '/v2/user-tasks/:userTaskKey/assignment', allow: worksOnTasks, body: assignBody, handler: assign },
  { method: 'delete', path: '/v2/user-tasks/:userTaskKey/assignee', allow: worksOnTasks, handler: unassign },
  { method: 'post', path: '/v2/user-tasks/:userTaskKey/completion', allow: worksOnTasks, body: completeBody, handler: complete },
  {
    method: 'get',
    path: '/v2/user-tasks/:userTaskKey/form',
    allow: staff,
    handler: async (asked) => formReply(asked, (await readableTask(asked))['formKey']),
  },
  {
    method: 'post',
    path: '/v2/user-tasks/:userTaskKey/variables/search',
    allow: staff,
    body: variablesOfTaskBody,
    handler: variablesOfTask,
  },
  {
    method: 'post',
    path: '/v2/user-tasks/:userTaskKey/effective-variables/search',
    allow: staff,
    body: variablesOfTaskBody,
    handler: variablesOfTask,
  },
];
