import { z } from 'zod';
import type { JobResult } from '../../engine/terms.ts';
import type { Aimed, ActivatedJob } from '../../runtime/runtime.ts';
import { allRows } from '../all-rows.ts';
import { readableRow } from '../case-reads.ts';
import { ownsCase, seenNames, troubleScope } from '../case-sight.ts';
import { maskedText, maskedValues } from '../identity-mask.ts';
import { keyParam, name, parseBody, variables } from '../input.ts';
import { jobScope, seesJobs, worksOnJobs } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { actorOf, isCityWide } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { TENANT, showJob } from './show.ts';
import { jobs } from './tables.ts';

const DEFAULT_POLL = 10_000;
const LONGEST_POLL = 10 * 60_000;
const DAY = 24 * 60 * 60_000;

const activation = z.object({
  type: name,
  worker: z.string().max(256).nullish(),
  timeout: z
    .number()
    .int()
    .min(1)
    .max(365 * DAY),
  maxJobsToActivate: z.number().int().min(1).max(1000),
  fetchVariable: z.array(name).max(1000).nullish(),
  /** 0 or absent: our own long poll; negative: answer at once */
  requestTimeout: z.number().int().max(LONGEST_POLL).nullish(),
});

async function activate(asked: Asked) {
  const given = parseBody(asked, activation);
  const poll = given.requestTimeout ?? 0;
  const activated = await asked.context.runtime.activateJobs(
    {
      type: given.type,
      worker: given.worker ?? '',
      max: given.maxJobsToActivate,
      timeoutMs: given.timeout,
      waitMs: poll < 0 ? 0 : poll === 0 ? DEFAULT_POLL : poll,
      ...(given.fetchVariable?.length ? { fetchVariables: given.fetchVariable } : {}),
      scope: jobScope(asked.reader),
    },
    asked.signal,
  );
  const { definitions } = asked.context.runtime;
  const seen = async (one: ActivatedJob) => maskedValues(asked.reader, definitions, await seenValues(asked, one));
  return ok({ jobs: await Promise.all(activated.map(async (one) => showActivated({ ...one, variables: await seen(one) }))) });
}

/** A worker of another agency than the owner gets what its step is given and what its agency sees: nothing else of the case. */
async function seenValues(asked: Asked, { job, variables: values }: ActivatedJob): Promise<ActivatedJob['variables']> {
  const { store, definitions } = asked.context.runtime;
  const definition = definitions.byKey(String(job['processDefinitionKey']));
  if (ownsCase(asked.reader, definition?.row)) return values;
  const { processInstanceKey, elementInstanceKey } = job;
  const given = await allRows(store, 'variables', { processInstanceKey, scopeKey: elementInstanceKey });
  const seen = new Set([...seenNames(asked.reader, definition), ...given.map((row) => String(row['name']))]);
  return Object.fromEntries(Object.entries(values).filter(([variable]) => seen.has(variable)));
}

function showActivated({ job, instance, variables: values, userTask }: ActivatedJob): object {
  return {
    jobKey: job['jobKey'],
    type: job['type'],
    processInstanceKey: job['processInstanceKey'],
    rootProcessInstanceKey: job['rootProcessInstanceKey'] ?? job['processInstanceKey'],
    processDefinitionId: job['processDefinitionId'],
    processDefinitionKey: job['processDefinitionKey'],
    processDefinitionVersion: instance['processDefinitionVersion'],
    elementId: job['elementId'],
    elementInstanceKey: job['elementInstanceKey'],
    customHeaders: job['customHeaders'] ?? {},
    worker: job['worker'] ?? '',
    retries: job['retries'],
    deadline: job['deadline'],
    variables: values,
    tenantId: TENANT,
    physicalTenantId: null,
    kind: job['kind'] ?? 'BPMN_ELEMENT',
    listenerEventType: job['listenerEventType'] ?? 'UNSPECIFIED',
    userTask: userTask ?? null,
    priority: job['priority'] ?? 0,
    leaseToken: job['leaseToken'] ?? null,
    businessId: instance['businessId'] ?? null,
    tags: instance['tags'] ?? [],
  };
}

/** one command to one job that the reader's workers may have */
async function command(asked: Asked, aimed: Aimed): Promise<Reply> {
  accepted(await asked.context.runtime.execute(await ownJob(asked), aimed));
  return noContent();
}

async function ownJob(asked: Asked): Promise<string> {
  const jobKey = keyParam(asked, 'jobKey');
  const job = await readableRow(asked, 'jobs', { key: jobKey, scopeOf: troubleScope });
  if (!isCityWide(asked.reader) && job['agency'] !== asked.reader.agency)
    throw new Problem('FORBIDDEN', 'Expected a job of your own agency, but it is of another');
  return jobKey;
}

const corrections = z
  .object({
    assignee: z.string().nullish(),
    dueDate: z.string().nullish(),
    followUpDate: z.string().nullish(),
    candidateUsers: z.array(z.string()).nullish(),
    candidateGroups: z.array(z.string()).nullish(),
    priority: z.number().int().min(0).max(100).nullish(),
  })
  .nullish();
const result = z.discriminatedUnion('type', [
  z.object({ type: z.literal('userTask'), denied: z.boolean().nullish(), deniedReason: z.string().nullish(), corrections }),
  z.object({
    type: z.literal('adHocSubProcess'),
    activateElements: z.array(z.object({ elementId: name, variables: variables.nullish() })).nullish(),
    isCompletionConditionFulfilled: z.boolean().nullish(),
    isCancelRemainingInstances: z.boolean().nullish(),
  }),
]);

/** absent and null mean the same to clients, but not to the engine */
export function withoutNulls<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], null>;
  };
}

function resultOf(given: z.infer<typeof result>): JobResult {
  if (given.type === 'userTask') {
    const { corrections: corrected, ...rest } = withoutNulls(given);
    return { ...rest, ...(corrected ? { corrections: withoutNulls(corrected) } : {}) } as JobResult;
  }
  return {
    ...withoutNulls(given),
    ...(given.activateElements ? { activateElements: given.activateElements.map(withoutNulls) } : {}),
  } as JobResult;
}

const completeBody = z.object({
  variables: variables.nullish(),
  result: result.nullish(),
  businessId: z.string().min(1).max(256).nullish(),
});
function complete(asked: Asked) {
  const given = parseBody(asked, completeBody, {});
  const by = actorOf(asked.reader);
  return command(asked, {
    type: 'complete-job',
    by,
    variables: given.variables ?? {},
    ...(given.result ? { result: resultOf(given.result) } : {}),
    ...(given.businessId ? { businessId: given.businessId } : {}),
  });
}

const failBody = z.object({
  retries: z.number().int().min(0).max(1000).nullish(),
  errorMessage: z.string().max(8192).nullish(),
  retryBackOff: z
    .number()
    .int()
    .min(0)
    .max(365 * DAY)
    .nullish(),
  variables: variables.nullish(),
});
function fail(asked: Asked) {
  const { retries, ...more } = withoutNulls(parseBody(asked, failBody, {}));
  return command(asked, { type: 'fail-job', by: actorOf(asked.reader), retries: retries ?? 0, ...more } as Aimed);
}

const throwErrorBody = z.object({ errorCode: name, errorMessage: z.string().max(8192).nullish(), variables: variables.nullish() });
function throwError(asked: Asked) {
  const given = parseBody(asked, throwErrorBody);
  return command(asked, { type: 'throw-job-error', by: actorOf(asked.reader), ...withoutNulls(given) } as Aimed);
}

const updateBody = z.object({
  changeset: z.object({
    retries: z.number().int().min(1).max(1000).nullish(),
    timeout: z
      .number()
      .int()
      .min(1)
      .max(365 * DAY)
      .nullish(),
    priority: z.number().int().nullish(),
  }),
});
async function update(asked: Asked) {
  const { retries, timeout, priority } = withoutNulls(parseBody(asked, updateBody).changeset);
  if (retries === undefined && timeout === undefined && priority === undefined)
    throw new Problem('INVALID_ARGUMENT', 'Expected the changeset to change something, but it is empty');
  const jobKey = await ownJob(asked);
  const change = { ...(retries === undefined ? {} : { retries }), ...(priority === undefined ? {} : { priority }) };
  if (Object.keys(change).length > 0)
    accepted(await asked.context.runtime.execute(jobKey, { type: 'update-job', by: actorOf(asked.reader), ...change }));
  if (timeout !== undefined) accepted(await asked.context.runtime.extendJob(jobKey, timeout));
  return noContent();
}

function tableFor({ reader }: Asked): typeof jobs {
  return { ...jobs, show: (row) => showJob({ ...row, errorMessage: maskedText(reader, row['errorMessage']) }) };
}

export const jobRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/jobs/activation', allow: worksOnJobs, body: activation, handler: activate },
  {
    method: 'post',
    path: '/v2/jobs/search',
    allow: seesJobs,
    searches: jobs,
    handler: async (asked) => search(asked, tableFor(asked), { scope: await troubleScope(asked) }),
  },
  { method: 'post', path: '/v2/jobs/:jobKey/completion', allow: worksOnJobs, body: completeBody, handler: complete },
  { method: 'post', path: '/v2/jobs/:jobKey/failure', allow: worksOnJobs, body: failBody, handler: fail },
  { method: 'post', path: '/v2/jobs/:jobKey/error', allow: worksOnJobs, body: throwErrorBody, handler: throwError },
  { method: 'patch', path: '/v2/jobs/:jobKey', allow: worksOnJobs, body: updateBody, handler: update },
];
