/** What citizens do: apply, look, answer. Everything is theirs alone; the applicant's name comes from the session, never from a form. */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Definition } from '../../runtime/runtime.ts';
import { caseRows, definitionOf } from '../case-rows.ts';
import { effectiveVariableRows, valuesOf } from '../effective-variables.ts';
import { answersOf } from '../form-answers.ts';
import { keyParam, name, parseBody, textParam, variables } from '../input.ts';
import { caseScope, citizens } from '../policy.ts';
import { Problem, accepted, acceptedForTask } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { nextReference } from '../references.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { refuseOtherStarters } from '../starters.ts';
import { stagesOf } from '../stages.ts';
import { isActive, isApplicants, referenceOf, serviceNames, trackedCase, waitingFor } from '../tracking.ts';
import { iso } from '../v2/show.ts';
import { offeredService, startFormOf } from './services.ts';

const MOST_SHOWN = 100;

const applyBody = z.object({ processDefinitionId: name, variables: variables.nullish() });
async function apply(asked: Asked) {
  const given = parseBody(asked, applyBody);
  if (asked.reader.name === '')
    throw new Problem('INVALID_STATE', 'Expected your name before your first application, but it is not known yet');
  const service = offeredService(asked, given.processDefinitionId);
  await refuseOtherStarters(asked, service);
  const form = startFormOf(asked, service);
  // a service without a form asks nothing
  const answers = form === undefined ? {} : answersOf(asked, form.schema, { given: given.variables ?? {} });
  return submit(asked, { service, answers });
}

interface Submission {
  readonly service: Definition;
  readonly answers: z.infer<typeof variables>;
}

async function submit(asked: Asked, { service, answers }: Submission) {
  const { context, reader, memo } = asked;
  const { runtime } = context;
  const reference = memo.kept ?? (await nextReference(runtime.store, prefixOf(service), new Date(runtime.clock.now()).getUTCFullYear()));
  // a crash may have come after the case began: then it is there under this number
  const begun = memo.kept === undefined ? undefined : await ownCase(asked, reference).catch(() => undefined);
  if (begun !== undefined) return created({ reference, processInstanceKey: begun['processInstanceKey'] });
  await memo.keep(reference);
  const applicant = { username: reader.username, name: reader.name };
  const started = accepted(
    await runtime.startInstance(
      { processDefinitionKey: String(service.row['processDefinitionKey']), variables: { ...answers, applicant }, businessId: reference },
      actorOf(reader),
    ),
  );
  await runtime.store.write([
    { op: 'delete', collection: 'drafts', key: `${reader.username}/service-${String(service.row['processDefinitionId'])}` },
  ]);
  return created({ reference, processInstanceKey: started.processInstanceKey });
}

function prefixOf({ properties, row }: Definition): string {
  const prefix = properties.get('alur:reference') ?? String(row['processDefinitionId']);
  return (
    prefix
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '')
      .slice(0, 12) || 'CASE'
  );
}

async function ownCase(asked: Asked, reference: string): Promise<Row> {
  const scope = caseScope(asked.reader);
  const found = await asked.context.runtime.store.search('processInstances', {
    filter: { businessId: reference, parentProcessInstanceKey: { $exists: false } },
    scope,
    limit: 1,
  });
  const row = found.items[0];
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected an application of yours with this number, but there is none');
  return row;
}

async function list(asked: Asked) {
  const { store } = asked.context.runtime;
  const found = await store.search('processInstances', {
    filter: { parentProcessInstanceKey: { $exists: false } },
    scope: caseScope(asked.reader),
    sort: [{ field: 'startDate', order: 'DESC' }],
    limit: MOST_SHOWN,
  });
  const items = await Promise.all(found.items.map((root) => summary(asked, root)));
  return ok({ items, totalItems: found.totalItems });
}

async function summary(asked: Asked, root: Row) {
  const { runtime } = asked.context;
  const rows = await caseRows(runtime.store, root);
  const active = isActive(root);
  const stages = stagesOf(definitionOf(runtime.definitions, root), rows.elements, active);
  const stage = stages.find(({ state }) => state === 'current') ?? stages.findLast(({ state }) => state === 'done');
  return {
    reference: referenceOf(root),
    ...serviceNames(asked, root),
    state: active ? 'active' : root['state'] === 'COMPLETED' ? 'completed' : 'canceled',
    submittedAt: iso(root['startDate']),
    updatedAt: iso(root['lastUpdated'] ?? root['endDate'] ?? root['startDate']),
    stage: stage?.label ?? null,
    stageEn: stage?.labelEn ?? null,
    waitingFor: active ? waitingFor(asked, rows) : null,
  };
}

async function one(asked: Asked) {
  const { rows: _rows, ...shown } = await trackedCase(asked, await ownCase(asked, textParam(asked, 'reference')));
  return ok(shown);
}

const answerTaskBody = z.object({ variables: variables.nullish() });
/** Completes a task that is the applicant's: of this case, given to this person. */
async function answerTask(asked: Asked) {
  const { runtime } = asked.context;
  const userTaskKey = keyParam(asked, 'userTaskKey');
  const given = parseBody(asked, answerTaskBody, {}).variables ?? {};
  const rows = await caseRows(runtime.store, await ownCase(asked, textParam(asked, 'reference')));
  const task = await runtime.store.get('userTasks', userTaskKey);
  const own =
    task !== undefined &&
    rows.instances.some((instance) => instance['processInstanceKey'] === task['processInstanceKey']) &&
    isApplicants(task, asked.reader.username);
  if (!own) throw new Problem('NOT_FOUND', 'Expected a task of yours in this application, but there is none with this key');
  const open = rows.openTasks.some((one) => one['userTaskKey'] === userTaskKey);
  const answers = open ? await checked(asked, task, given) : {};
  acceptedForTask(await runtime.execute(userTaskKey, { type: 'complete-user-task', by: actorOf(asked.reader), variables: answers }));
  await runtime.store.write([{ op: 'delete', collection: 'drafts', key: `${asked.reader.username}/task-${userTaskKey}` }]);
  return noContent();
}

async function checked(asked: Asked, task: Row, given: z.infer<typeof variables>) {
  const { definitions, store } = asked.context.runtime;
  const form = typeof task['formKey'] === 'string' ? definitions.form(task['formKey']) : undefined;
  if (form === undefined) return {};
  const data = valuesOf(await effectiveVariableRows(store, String(task['processInstanceKey']), String(task['elementInstanceKey'])));
  return answersOf(asked, form.schema, { given, data });
}

export const applicationRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/applications', creates: true, allow: citizens, body: applyBody, handler: apply },
  { method: 'get', path: '/api/v1/applications', allow: citizens, handler: list },
  { method: 'get', path: '/api/v1/applications/:reference', allow: citizens, handler: one },
  {
    method: 'post',
    path: '/api/v1/applications/:reference/tasks/:userTaskKey/completion',
    allow: citizens,
    body: answerTaskBody,
    handler: answerTask,
  },
];
