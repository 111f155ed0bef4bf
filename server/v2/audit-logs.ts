/**
 * What was done, as the interface that we follow words it. The house's own records (sign-ins, denied reads, commands to no case) come from the audit;
 * a case's commands from its history, when the filter names the case. Values are never told.
 */
import { instanceKeyOf, keyOf } from '../../engine/keys.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Filter, Query } from '../../runtime/ports.ts';
import { readableCase } from '../case-reads.ts';
import { auditKeyOf, HOUSE } from '../../runtime/audit-log.ts';
import { listBody, listed } from '../matches.ts';
import { keyParam } from '../input.ts';
import { repairs, staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { isCityWide } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso, TENANT } from './show.ts';
import { readableTask } from './user-tasks.ts';

/** the newest records that one search looks through */
const MOST = 10_000;
const nothing = Object.fromEntries(
  [
    'batchOperationKey batchOperationType agentElementId processDefinitionId processDefinitionKey processInstanceKey rootProcessInstanceKey',
    'elementInstanceKey jobKey userTaskKey decisionRequirementsId decisionRequirementsKey decisionDefinitionId decisionDefinitionKey',
    'decisionEvaluationKey deploymentKey formKey resourceKey relatedEntityKey relatedEntityType entityDescription',
  ].flatMap((names) => names.split(' ').map((name) => [name, null])),
);
const known = [
  ...['auditLogKey', 'entityKey', 'entityType', 'operationType', 'timestamp', 'actorId', 'actorType', 'tenantId', 'result', 'category'],
  ...Object.keys(nothing),
];

/** Keys are numbers to clients: `-7` is the house's seventh record, `<case>000007` the seventh of a case's own chain. */
function publicKey(chain: string, seq: number): string {
  return chain === HOUSE ? `-${seq}` : `${chain}${String(seq).padStart(6, '0')}`;
}

function storedKey(auditLogKey: string): string | undefined {
  if (/^-\d{1,12}$/.test(auditLogKey)) return auditKeyOf(HOUSE, Number(auditLogKey.slice(1)));
  return /^\d{7,25}$/.test(auditLogKey) ? auditKeyOf(auditLogKey.slice(0, -6), Number(auditLogKey.slice(-6))) : undefined;
}

const entityOf: readonly (readonly [RegExp, string])[] = [
  [/user-task/, 'USER_TASK'],
  [/authorization/, 'AUTHORIZATION'],
  [/batch/, 'BATCH'],
  [/decision/, 'DECISION'],
  [/\/v1\/clients/, 'CLIENT'],
  [/group/, 'GROUP'],
  [/incident/, 'INCIDENT'],
  [/job/, 'JOB'],
  [/mapping-rule/, 'MAPPING_RULE'],
  [/resource|deployment|document/, 'RESOURCE'],
  [/role/, 'ROLE'],
  [/tenant/, 'TENANT'],
  [/variable/, 'VARIABLE'],
  [/process-instance|processInstances/, 'PROCESS_INSTANCE'],
];
const operationOf: readonly (readonly [RegExp, string])[] = [
  [/unassign|^DELETE \/v2\/(groups|roles)\/[^/]+\/(users|clients|mapping-rules)\//, 'UNASSIGN'],
  [/assign|^PUT \/v2\/(groups|roles)\/[^/]+\/(users|clients|mapping-rules)\//, 'ASSIGN'],
  [/cancel/, 'CANCEL'],
  [/complet/, 'COMPLETE'],
  [/migrat/, 'MIGRATE'],
  [/modif/, 'MODIFY'],
  [/resol/, 'RESOLVE'],
  [/resum/, 'RESUME'],
  [/suspen/, 'SUSPEND'],
  [/evaluat/, 'EVALUATE'],
  [/delet|^DELETE/, 'DELETE'],
  [/create|start|^POST/, 'CREATE'],
  [/update|set-|^P/, 'UPDATE'],
];
const firstOf = (table: readonly (readonly [RegExp, string])[], text: string, otherwise: string): string =>
  table.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;

function showRecord(row: Row): Row {
  const subject = String(row['subject']);
  const chain = String(row['chain'] ?? HOUSE);
  return {
    ...nothing,
    auditLogKey: publicKey(chain, Number(row['seq'] ?? 0)),
    entityKey: subject,
    entityType: firstOf(entityOf, subject, 'USER'),
    operationType: row['action'] === 'call' ? firstOf(operationOf, subject, 'UNKNOWN') : 'UNKNOWN',
    timestamp: iso(row['at']),
    actorId: row['by'] ?? null,
    actorType: row['by'] ? 'USER' : 'ANONYMOUS',
    tenantId: TENANT,
    result: row['outcome'] === 'done' ? 'SUCCESS' : 'FAIL',
    category: 'ADMIN',
    processInstanceKey: chain === HOUSE ? null : chain,
    entityDescription: [row['action'], row['reason']].filter(Boolean).join(': '),
  };
}

type Commit = Awaited<ReturnType<Asked['context']['runtime']['store']['events']>>[number];

/** one command of a case; `of`: what it was about */
function showCommit(row: Row, { version, at, audit, events }: Commit, of?: Row): Row {
  const processInstanceKey = String(row['processInstanceKey']);
  const task = of?.['userTaskKey'] ?? taskOf(processInstanceKey, events);
  const entityType = task === undefined ? firstOf(entityOf, audit.command, 'PROCESS_INSTANCE') : 'USER_TASK';
  return {
    ...nothing,
    auditLogKey: publicKey(processInstanceKey, version),
    entityKey: task ?? processInstanceKey,
    entityType,
    operationType: firstOf(operationOf, audit.command, 'UNKNOWN'),
    timestamp: iso(at),
    actorId: audit.by,
    actorType: 'USER',
    tenantId: TENANT,
    result: 'SUCCESS',
    category: entityType === 'USER_TASK' ? 'USER_TASKS' : 'DEPLOYED_RESOURCES',
    processDefinitionId: row['processDefinitionId'],
    processDefinitionKey: row['processDefinitionKey'],
    processInstanceKey,
    rootProcessInstanceKey: row['rootProcessInstanceKey'] ?? processInstanceKey,
    userTaskKey: task ?? null,
    entityDescription: audit.reason ?? null,
  };
}

function taskOf(processInstanceKey: string, events: Commit['events']): string | undefined {
  const about = events.find((event) => event.t.startsWith('user-task-') && event.t !== 'user-task-created');
  return about !== undefined && 'n' in about ? keyOf(processInstanceKey, Number(about.n)) : undefined;
}

async function search(asked: Asked) {
  const filter = (asked.body as { readonly filter?: Readonly<Record<string, unknown>> | null } | undefined)?.filter ?? {};
  const named = typeof filter === 'object' ? filter['processInstanceKey'] : undefined;
  const key = typeof named === 'string' ? named : (named as { readonly $eq?: unknown } | null | undefined)?.$eq;
  const ofCase = typeof key === 'string' && /^\d{1,19}$/.test(key) ? await commands(asked, key) : [];
  const house = (await records(asked, typeof key === 'string' ? { chain: key } : {})).map(showRecord);
  return listed(asked, [...ofCase, ...house], known);
}

async function commands(asked: Asked, processInstanceKey: string): Promise<readonly Row[]> {
  const row = await readableCase(asked, instanceKeyOf(processInstanceKey));
  const commits = await asked.context.runtime.store.events(instanceKeyOf(processInstanceKey));
  return commits.slice(-MOST).map((commit) => showCommit(row, commit));
}

/**
 * Those who work for one agency read what its people did; what they tried at a case is told with the case (`filter` names one that the reader
 * may read), never beside it: a denied attempt would tell that the case exists.
 */
async function records({ context, reader }: Asked, filter: Filter): Promise<readonly Row[]> {
  const scope: Filter = isCityWide(reader) ? {} : { agency: reader.agency ?? '', ...('chain' in filter ? {} : { chain: HOUSE }) };
  const sort: Query['sort'] = [{ field: 'at', order: 'DESC' }];
  return (await context.runtime.store.search('audit', { filter, scope, sort, limit: MOST })).items;
}

async function mayRead(asked: Asked, row: Row): Promise<boolean> {
  if (isCityWide(asked.reader)) return true;
  if (row['agency'] !== asked.reader.agency) return false;
  const chain = String(row['chain'] ?? HOUSE);
  return (
    chain === HOUSE ||
    readableCase(asked, chain).then(
      () => true,
      () => false,
    )
  );
}

async function get(asked: Asked) {
  const auditLogKey = asked.params['auditLogKey'] ?? '';
  const stored = storedKey(auditLogKey);
  const row = stored === undefined ? undefined : await asked.context.runtime.store.get('audit', stored);
  if (row !== undefined && (await mayRead(asked, row))) return ok(showRecord(row));
  const ofCase = /^\d{7,25}$/.test(auditLogKey) ? await commands(asked, auditLogKey.slice(0, -6)).catch(() => []) : [];
  const found = ofCase.find((one) => one['auditLogKey'] === auditLogKey);
  if (found === undefined) throw new Problem('NOT_FOUND', 'Expected an audit record with this key, but there is none for you');
  return ok(found);
}

async function ofTask(asked: Asked) {
  const task = await readableTask(asked);
  const userTaskKey = keyParam(asked, 'userTaskKey');
  const processInstanceKey = instanceKeyOf(userTaskKey);
  const commits = await asked.context.runtime.store.events(processInstanceKey);
  const about = commits.filter(({ events }) =>
    events.some((event) => event.t.startsWith('user-task-') && 'n' in event && keyOf(processInstanceKey, Number(event.n)) === userTaskKey),
  );
  return listed(
    asked,
    about.map((commit) => showCommit(task, commit, task)),
    known,
  );
}

export const auditLogRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/audit-logs/search', allow: repairs, body: listBody, handler: search },
  { method: 'get', path: '/v2/audit-logs/:auditLogKey', allow: repairs, handler: get },
  { method: 'post', path: '/v2/user-tasks/:userTaskKey/audit-logs/search', allow: staff, body: listBody, handler: ofTask },
];
