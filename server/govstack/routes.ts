/**
 * The nine operations of the GovStack Workflow Building Block, as a thin layer over the same cases, people and rights: nothing here decides anything.
 * Where it departs from the specification stands in docs/api.md.
 */
import { z } from 'zod';
import type { Key } from '../../engine/terms.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { audit } from '../audit.ts';
import { readableCase } from '../case-reads.ts';
import { keyParam, parseBody } from '../input.ts';
import { caseScope, deploys, endsCases, staff, startsCases } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { mayOwn, takesPart } from '../reach.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { refuseOtherStarters } from '../starters.ts';
import { iso } from '../v2/show.ts';
import type { Definition } from '../../runtime/runtime.ts';

const MOST = 1_000;
const properties = z.array(z.object({ code: z.string().min(1).max(256), value: z.string() })).max(MOST);
/** the diagram travels as the property `bpmn` of the process body */
const process = z.object({
  name: z.string().max(1024),
  type: z.enum(['None', 'Private', 'Public']).optional(),
  version: z.string().max(256).optional(),
  isExecutable: z.boolean().optional(),
  isClosed: z.boolean().optional(),
  description: z.string().max(65_536).optional(),
  processBody: properties,
});
const start = z.object({
  processStartedBy: z.string().min(1).max(256),
  instanceValues: properties.optional(),
  InstanceValues: properties.optional(),
});

function show({ row }: Definition): object {
  return {
    id: row['processDefinitionKey'],
    processDefinition: {
      name: row['name'] ?? row['processDefinitionId'],
      type: 'None',
      version: String(row['version']),
      isExecutable: true,
      isClosed: false,
      processBody: [
        { code: 'processDefinitionId', value: row['processDefinitionId'] },
        { code: 'resourceName', value: row['resourceName'] },
      ],
    },
  };
}

function definitionOf(asked: Asked): Definition {
  const key = keyParam(asked, 'processId');
  const definition = asked.context.runtime.definitions.byKey(key);
  if (definition === undefined) throw new Problem('NOT_FOUND', `Expected a process with the id ${key}, but there is none`);
  return definition;
}

function list({ context, query }: Asked) {
  const { definitions } = context.runtime;
  const ids = new Set(definitions.all().map(({ row }) => String(row['processDefinitionId'])));
  const latest = [...ids].flatMap((id) => definitions.latest(id) ?? []);
  const { name } = query;
  return ok(latest.filter(({ row }) => name === undefined || row['name'] === name || row['processDefinitionId'] === name).map(show));
}

/** every id that the diagram names; the deployment itself reads the diagram properly */
const idsIn = (text: string) => new Set([...text.matchAll(/\bid\s*=\s*["']([^"']+)["']/g)].map(([, id]) => id));

/** `expected`: the process that a new version must be of */
async function deploy(asked: Asked, expected?: Definition): Promise<Definition> {
  const { context, reader } = asked;
  const given = parseBody(asked, process);
  const text = given.processBody.find(({ code }) => code === 'bpmn')?.value;
  if (text === undefined)
    throw new Problem('INVALID_ARGUMENT', 'Expected the diagram as the property "bpmn" of processBody, but there is none');
  if (expected !== undefined && !idsIn(text).has(String(expected.row['processDefinitionId'])))
    throw new Problem('INVALID_ARGUMENT', 'Expected a diagram of the process that is to be changed, but it is of another');
  const name = String(expected?.row['resourceName'] ?? `${given.name.replace(/[^\w-]+/g, '-').slice(0, 100) || 'process'}.bpmn`);
  const { processes } = accepted(await context.runtime.deploy([{ name, text }], actorOf(reader), mayOwn(reader)));
  const definition = context.runtime.definitions.byKey(String(processes[0]?.['processDefinitionKey']));
  if (definition === undefined) throw new Problem('INVALID_ARGUMENT', 'Expected a diagram with an executable process, but there is none');
  return definition;
}

async function begin(asked: Asked) {
  const { context, reader } = asked;
  const definition = definitionOf(asked);
  const given = parseBody(asked, start);
  if (!takesPart(reader, definition))
    throw new Problem('FORBIDDEN', 'Expected a service in which your agency takes part, but this one is of others');
  await refuseOtherStarters(asked, definition);
  const values = (given.instanceValues ?? given.InstanceValues ?? []).map(({ code, value }) => [code, value] as const);
  const variables = { ...Object.fromEntries(values), processStartedBy: given.processStartedBy };
  const processDefinitionKey = String(definition.row['processDefinitionKey']) as Key;
  const started = accepted(await context.runtime.startInstance({ processDefinitionKey, variables }, actorOf(reader)));
  const row = await readableCase(asked, started.processInstanceKey);
  return created({ instanceId: started.processInstanceKey, ...showInstance(row) });
}

function showInstance(row: Row): object {
  return {
    id: row['processInstanceKey'],
    processRef: row['processDefinitionKey'],
    initTime: iso(row['startDate']),
    lastChangeTime: iso(row['lastUpdated'] ?? row['endDate'] ?? row['startDate']),
    state: row['state'],
    suspended: row['state'] === 'SUSPENDED',
    ended: row['endDate'] !== undefined,
  };
}

async function instances({ context, reader, query }: Asked) {
  const { processId } = query;
  if (processId !== undefined && !/^\d{1,19}$/.test(processId))
    throw new Problem('INVALID_ARGUMENT', 'Expected processId to be the id of a process, but it is not');
  const filter: Filter = processId === undefined ? {} : { processDefinitionKey: processId };
  const sort = [{ field: 'startDate', order: 'DESC' as const }];
  const found = await context.runtime.store.search('processInstances', { filter, scope: caseScope(reader), sort, limit: MOST });
  return ok(found.items.map(showInstance));
}

/** with what was done and when: the names of commands, never their values */
async function instance(asked: Asked) {
  const row = await readableCase(asked, keyParam(asked, 'instanceId'));
  const commits = await asked.context.runtime.store.events(String(row['processInstanceKey']));
  const logs = commits.slice(-MOST).map(({ at, audit: record }) => ({ time: iso(at), message: record.command }));
  return ok({ ...showInstance(row), logs });
}

async function stop(asked: Asked) {
  const instanceId = keyParam(asked, 'instanceId');
  await readableCase(asked, instanceId);
  accepted(await asked.context.runtime.execute(instanceId, { type: 'cancel-instance', by: actorOf(asked.reader) }));
  return created(showInstance(await readableCase(asked, instanceId)));
}

async function published(asked: Asked, expected?: Definition): Promise<Definition> {
  const definition = await deploy(asked, expected);
  await audit(asked.context, asked.reader, {
    action: 'call',
    subject: `process ${String(definition.row['processDefinitionId'])} published`,
    outcome: 'done',
  });
  return definition;
}

const at = '/govstack/processes/:processId';
export const govstackRoutes: readonly Route[] = [
  { method: 'get', path: '/govstack/processes', allow: staff, query: ['name'], summary: 'List processes', handler: list },
  {
    method: 'post',
    path: '/govstack/processes',
    creates: true,
    allow: deploys,
    summary: 'Add a process',
    body: process,
    handler: async (asked) => created(show(await published(asked))),
  },
  { method: 'get', path: at, allow: staff, summary: 'Get a process', handler: (asked) => ok(show(definitionOf(asked))) },
  {
    method: 'put',
    path: at,
    allow: deploys,
    summary: 'Publish a new version',
    body: process,
    handler: async (asked) => {
      await published(asked, definitionOf(asked));
      return noContent();
    },
  },
  {
    method: 'delete',
    path: at,
    allow: deploys,
    summary: 'Delete a process',
    records: 'house',
    handler: async (asked) => {
      accepted(
        await asked.context.runtime.withdraw(String(definitionOf(asked).row['processDefinitionKey']), { mayOwn: mayOwn(asked.reader) }),
      );
      return noContent();
    },
  },
  { method: 'post', path: `${at}/start`, creates: true, allow: startsCases, summary: 'Start an instance', body: start, handler: begin },
  { method: 'get', path: '/govstack/instances', allow: staff, query: ['processId'], summary: 'List instances', handler: instances },
  {
    method: 'get',
    path: '/govstack/instances/:instanceId',
    allow: staff,
    summary: 'Get an instance with what was done',
    handler: instance,
  },
  { method: 'post', path: '/govstack/instances/:instanceId/stop', allow: endsCases, summary: 'End an instance', handler: stop },
];
