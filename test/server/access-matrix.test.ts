/**
 * The whole table of addresses against everybody who may stand outside: every route × {right role, wrong role, other agency, citizen, nobody}
 * × every place where an id can stand. Made from the router: a new route is in it without anybody adding it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nobody, roles } from '../../server/reader.ts';
import type { Reader, Role } from '../../server/reader.ts';
import type { Route } from '../../server/route.ts';
import { routes } from '../../server/routes.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { HIDDEN, SECRET, NIK, openSeeds } from './access-seed.ts';
import type { Seeds } from './access-seed.ts';
import type { Answer } from './house.ts';

const mongo = await startMongoServer();
afterAll(() => mongo?.stop());
/** the whole table on the file that a city runs on, some of its cells on the others (a prime step: no kind of body is left out) */
const stores: readonly { readonly kind: string; readonly url: (folder: string) => string; readonly every: number }[] = [
  { kind: 'sqlite', url: (folder) => `file:${folder}/alur.sqlite`, every: 1 },
  { kind: 'memory', url: () => 'memory:', every: 31 },
  ...(mongo === undefined ? [] : [{ kind: 'mongo', url: () => mongo.database('access_matrix'), every: 7 }]),
];

let seeds: Seeds;
let cells = 0;
let turn = 0;
let every = 1;
/** is the next cell one of those that are tried on this store? */
function mine(): boolean {
  turn += 1;
  const tried = turn % every === 0;
  cells += Number(tried);
  return tried;
}

/** ids that are no secret among staff: what is deployed, who is an agency, what nobody can guess */
const open = new Map([
  ['processDefinitionKey', '1'],
  ['decisionDefinitionKey', '1'],
  ['decisionRequirementsKey', '1'],
  ['formKey', '1'],
  ['resourceKey', '1'],
  ['processId', '1'],
  ['processDefinitionId', 'own'],
  ['agencyId', 'alpha'],
  ['environment', 'live'],
  ['credentialId', 'CRED-none'],
  ['code', 'ABCDEFGH'],
  ['token', '1-x'],
  ['hookId', 'none'],
  ['owner', 'alpha'],
  ['provider', 'sso'],
  ['rest', 'x'],
  ['name', 'LIMIT'],
  ['id', 'audit'],
]);
const texts = ['assignee', 'name', 'value', 'errorMessage', 'correlationKey', 'candidateGroup', 'candidateUser', 'completedBy'] as const;
const marks: Readonly<Record<(typeof texts)[number], string>> = {
  assignee: 'clerk.alpha',
  name: 'secret',
  value: JSON.stringify(HIDDEN),
  errorMessage: SECRET,
  correlationKey: HIDDEN,
  candidateGroup: 'alpha',
  candidateUser: 'clerk.alpha',
  completedBy: 'clerk.alpha',
};
const label = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const paramsOf = ({ path }: Route): readonly string[] => [...path.matchAll(/[:*]([A-Za-z]+)/g)].map(([, name = '']) => name);
const reader = (role: Role, agency: string): Reader => ({ kind: 'staff', username: `${role}.${agency}`, name: '', agency, roles: [role] });
const named = roles.filter((role) => role !== 'admin');
const rightRoles = (route: Route, agency: string): readonly Role[] => named.filter((role) => route.allow.holds(reader(role, agency)));
const streams = (route: Route): boolean => route.path.endsWith('/events');

function pathWith(route: Route, which: 'own' | 'shared'): string {
  return paramsOf(route).reduce<string>((path, name) => {
    const id = seeds.ids.get(name)?.[which] ?? open.get(name) ?? (name.endsWith('Key') ? '4503599627370497' : 'unknown');
    return path.replace(new RegExp(`[:*]${name}(?![A-Za-z])`), id);
  }, route.path);
}

/** Bodies that name ids wherever this address lets an id stand. */
function bodiesWith(route: Route, which: 'own' | 'shared'): readonly (object | undefined)[] {
  if (!['post', 'put', 'patch'].includes(route.method) || route.reads === 'files' || route.reads === 'nothing') return [undefined];
  // a name that the list does not know is refused before anything is looked at (one of them is asked for all the same)
  const { searches } = route;
  const known = (name: string): boolean =>
    searches === undefined || name === 'draftKey' || Object.hasOwn(searches.filters, name) || Object.hasOwn(searches.lookups ?? {}, name);
  const filters: object[] = [...seeds.ids]
    .filter(([name]) => known(name))
    .flatMap(([name, ids]) => {
      const id = ids[which];
      return [
        { [name]: id },
        { [name]: { $eq: id } },
        { [name]: { $in: [id] } },
        { $or: [{ [name]: id }, { [name]: { $exists: false } }] },
      ];
    });
  const words = texts
    .filter(known)
    .flatMap((name) => [{ [name]: marks[name] }, { [name]: { $like: '*TANDA*' } }, { [name]: { $neq: 'x' } }]);
  const variables = [{ variables: [{ name: 'secret', value: JSON.stringify(which === 'own' ? SECRET : HIDDEN) }] }];
  const all = [{}, ...filters, ...words, ...variables].map((filter) => ({ filter }));
  return /search$|statistics/.test(route.path) ? all : [{}, ...commandBodies(which)];
}

function commandBodies(which: 'own' | 'shared'): readonly object[] {
  const id = (name: string) => seeds.ids.get(name)?.[which] ?? '';
  return [
    { variables: { place: 'overwritten' }, assignee: 'me', errorCode: 'x', changeset: { priority: 1, retries: 3 }, retries: 1, values: {} },
    { processDefinitionId: which },
    { name: `news-${which}`, correlationKey: which === 'own' ? SECRET : HIDDEN, variables: { place: 'overwritten' } },
    { filter: { processInstanceKey: id('processInstanceKey') } },
    { type: `work-${which}`, timeout: 1_000, maxJobsToActivate: 5, requestTimeout: -1 },
    { moveInstructions: [{ sourceElementInstruction: { sourceElementInstanceKey: id('elementInstanceKey') }, targetElementId: 'end' }] },
    { terminateInstructions: [{ elementInstanceKey: id('elementInstanceKey') }] },
    { elements: [{ elementId: 'task' }], businessId: 'taken', substitute: 'clerk.beta', absent: 'clerk.alpha' },
  ];
}

const visibleTo = (answer: Answer, mark: string): boolean => answer.text.includes(mark);

/** Marks of others in an answer. A refusal may repeat what was asked for: that tells nobody anything new. */
function leaks(answer: Answer): readonly string[] {
  const marks = [SECRET, HIDDEN, seeds.cases.own, seeds.cases.shared];
  return answer.status >= 400 ? [] : marks.filter((mark) => visibleTo(answer, mark));
}

async function footprint(): Promise<string> {
  const { store } = seeds.house.runtime;
  const rows = await Promise.all([seeds.cases.own, seeds.cases.shared].map((key) => store.events(key)));
  const [kept, document] = await Promise.all([store.get('substitutions', 'stand-in'), store.get('documents', 'DOC-own')]);
  return JSON.stringify([rows.map((events) => events.length), kept?.['endedAt'] ?? null, document !== undefined]);
}

describe.each(stores)('every address against everybody ($kind)', (store) => {
  beforeAll(async () => {
    seeds = await openSeeds(store.url);
    ({ every } = store);
    cells = 0;
    turn = 0;
  }, 120_000);
  afterAll(async () => {
    process.stdout.write(`access matrix: ${cells} cells on ${store.kind}, ${routes.length} routes\n`);
    await seeds.house.close();
  });

  test('[AC20] every id in an address has a seed, and every route a rule', () => {
    const unknown = routes.flatMap((route) =>
      paramsOf(route)
        .filter((name) => !seeds.ids.has(name) && !open.has(name))
        .map((name) => `${label(route)}: ${name}`),
    );
    expect(unknown).toEqual([]);
    for (const route of routes) expect(typeof route.allow.holds).toBe('function');
  });

  test('[AC21] nobody, citizens and people with the wrong role are refused at every address, before anything is looked at', async () => {
    const before = await footprint();
    const wrong: string[] = [];
    const expectRefusal = async (route: Route, who: string, status: number) => {
      if (streams(route)) return;
      const call = who === '' ? seeds.house.nobody : seeds.as(who);
      for (const which of ['own', 'shared'] as const) {
        if (!mine()) continue;
        const answer = await call(route.method.toUpperCase(), pathWith(route, which), bodiesWith(route, which)[1]);
        if (answer.status !== status) wrong.push(`${label(route)} as ${who || 'nobody'}: ${answer.status} instead of ${status}`);
      }
    };
    for (const route of routes) {
      if (!route.allow.holds(nobody)) await expectRefusal(route, '', 401);
      if (!route.allow.holds({ kind: 'citizen', username: 'warga2', name: '', roles: [] })) await expectRefusal(route, 'warga2', 403);
      const role = named.find((one) => !route.allow.holds(reader(one, 'alpha')));
      if (role !== undefined) await expectRefusal(route, `${role}.alpha`, 403);
    }
    expect(wrong).toEqual([]);
    expect(await footprint()).toBe(before);
  }, 240_000);

  test('[AC22] another agency with the right role finds, counts and changes nothing of a case it has no part in', async () => {
    const before = await footprint();
    const wrong: string[] = [];
    for (const route of routes.filter((one) => !streams(one))) {
      // what only administrators may call is tried by the other agency's
      const admin = route.allow.holds(reader('admin', 'gamma')) ? 'admin' : undefined;
      const role = rightRoles(route, 'gamma').at(-1) ?? admin;
      if (role === undefined) continue;
      for (const which of ['own', 'shared'] as const) {
        for (const body of bodiesWith(route, which)) {
          if (isPersonal(route) || !mine()) continue;
          const answer = await seeds.as(`${role}.gamma`)(route.method.toUpperCase(), pathWith(route, which), body);
          if (answer.body['title'] === 'UNKNOWN_FIELD') continue;
          const said = `${label(route)} as ${role}.gamma with ${JSON.stringify(body)}`;
          if (leaks(answer).length > 0) wrong.push(`${said}: tells ${leaks(answer).join()}`);
          const page = answer.body['page'] as { readonly totalItems?: number } | undefined;
          const items = answer.body['items'] as readonly unknown[] | undefined;
          if (page?.totalItems !== undefined && items !== undefined && page.totalItems !== items.length)
            wrong.push(`${said}: counts ${page.totalItems}`);
          if (answer.status >= 500 && answer.status !== 501) wrong.push(`${said}: ${answer.status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await footprint()).toBe(before);
  }, 300_000);

  test('[AC23] an agency that takes part in a case never sees what none of its steps reads', async () => {
    const wrong: string[] = [];
    const reading = (route: Route) => route.method === 'get' || /search$/.test(route.path);
    for (const route of routes.filter((one) => reading(one) && !streams(one))) {
      for (const role of rightRoles(route, 'beta')) {
        for (const body of bodiesWith(route, 'shared')) {
          if (!mine()) continue;
          const answer = await seeds.as(`${role}.beta`)(route.method.toUpperCase(), pathWith(route, 'shared'), body);
          if (answer.body['title'] === 'UNKNOWN_FIELD') continue;
          if (answer.status < 400 && (visibleTo(answer, HIDDEN) || visibleTo(answer, SECRET)))
            wrong.push(`${label(route)} as ${role}.beta with ${JSON.stringify(body)}: ${answer.text.slice(0, 200)}`);
          if (['operator', 'analyst', 'evaluator'].includes(role) && visibleTo(answer, NIK))
            wrong.push(`${label(route)} as ${role}.beta: the whole NIK`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  test('[AC24] the same reads by the owner find what is there', async () => {
    const seen = new Map<string, boolean>();
    for (const [path, body] of [
      ['/v2/variables/search', { filter: { name: 'secret' } }],
      ['/v2/process-instances/search', { filter: { businessId: `${SECRET}-1` } }],
      ['/v2/message-subscriptions/search', { filter: { correlationKey: SECRET } }],
      ['/v2/incidents/search', { filter: { processInstanceKey: seeds.cases.own } }],
      ['/v2/user-tasks/search', { filter: { processInstanceKey: seeds.cases.own } }],
    ] as const) {
      cells += 1;
      const { body: found } = await seeds.as('clerk.alpha')('POST', path, body);
      seen.set(path, Number((found['page'] as { totalItems: number } | undefined)?.totalItems) > 0);
    }
    expect([...seen.values()].every(Boolean) ? 'all' : [...seen]).toBe('all');
    const beta = await seeds.as('clerk.beta')('POST', '/v2/variables/search', { filter: { processInstanceKey: seeds.cases.shared } });
    expect((beta.body['items'] as { name: string }[]).map(({ name }) => name).sort()).toEqual(['nik', 'place']);
    const task = await seeds.as('clerk.beta')('GET', `/api/v1/tasks/${seeds.ids.get('userTaskKey')?.shared ?? ''}`);
    expect(Object.keys(task.body['variables'] as object).sort()).toEqual(['nik', 'place']);
  });

  test("[AC25] a citizen finds nothing of another citizen's application", async () => {
    for (const route of routes.filter(
      ({ path, allow }) => path.includes(':reference') && allow.holds({ kind: 'citizen', username: 'x', name: '', roles: [] }),
    )) {
      cells += 1;
      const path = pathWith(route, 'own').replace(`${SECRET}-1`, seeds.reference);
      expect((await seeds.as('warga2')(route.method.toUpperCase(), path, route.method === 'get' ? undefined : {})).status).toBe(404);
    }
    const own = await seeds.as('warga')('GET', `/api/v1/applications/${seeds.reference}`);
    expect(own.status).toBe(200);
    expect((await seeds.as('warga2')('GET', '/api/v1/documents/DOC-own')).status).toBe(404);
  });

  test('[AC26] a denied read is written down: who, what and why', async () => {
    await seeds.as('clerk.beta')('GET', `/v2/variables/${seeds.ids.get('variableKey')?.shared ?? ''}`);
    const { items } = await seeds.house.runtime.store.search('audit', { filter: { by: 'clerk.beta', outcome: 'denied', action: 'read' } });
    expect(items).toContainEqual(
      expect.objectContaining({
        agency: 'beta',
        subject: `variables ${seeds.ids.get('variableKey')?.shared ?? ''}`,
        reason: 'not visible to the agency',
        chain: seeds.cases.shared,
      }),
    );
  });

  test('[AC27] the analyst reads in sentences who sees what', async () => {
    const key = String(seeds.house.runtime.definitions.latest('shared')?.row['processDefinitionKey']);
    const { body } = await seeds.as('analyst.alpha')('GET', `/api/v1/processes/${key}/visibility`);
    expect(body['agencies']).toContainEqual(
      expect.objectContaining({
        agency: 'beta',
        sentence: 'Dinas Beta melihat: NIK, Lokasi',
        sentenceEn: 'Beta Office sees: NIK, Location',
      }),
    );
  });
});

/** one's own session and drafts: the address names nothing of others */
function isPersonal({ path }: Route): boolean {
  return /^\/api\/v1\/(session|sessions|account|account\/.*)$/.test(path);
}
