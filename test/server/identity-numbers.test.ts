/**
 * One NIK is written wherever a text can be written, and then looked for in everything that comes out of the house: each answer to each role, exports,
 * logs, the audit, mails, alerts. Who does not need it finds its last four digits at most; what is left is named here, with its reason.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allRows } from '../../server/all-rows.ts';
import type { Role } from '../../server/reader.ts';
import type { Route } from '../../server/route.ts';
import { routes } from '../../server/routes.ts';
import { openSeeds } from './access-seed.ts';
import type { Seeds } from './access-seed.ts';

const NIK = '3374015508870003';
const log: string[] = [];
let seeds: Seeds;
/** a case that bears the number in its own number and in a tag */
let named = '';

beforeAll(async () => {
  seeds = await openSeeds(undefined, { log: (_level, line) => void log.push(line) });
  await writeEverywhere();
}, 120_000);
afterAll(() => seeds.house.close());

/** ids for addresses that name no case */
const others: Readonly<Record<string, string>> = {
  agencyId: 'alpha',
  owner: 'alpha',
  processDefinitionId: 'own',
  environment: 'live',
  provider: 'sso',
  rest: 'x',
  id: 'x',
  code: 'x',
};
const idOf = (name: string): string => seeds.ids.get(name)?.own ?? others[name] ?? '4503599627370497';
const pathOf = ({ path }: Route): string => path.replace(/[:*](\w+)/g, (_whole, name: string) => encodeURIComponent(idOf(name)));
const label = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const reads = ({ method, path }: Route): boolean =>
  (method === 'get' && !path.endsWith('/events')) || /search$|statistics|activation$/.test(path);

/** By those who may know it, in the words that the house has for it. */
async function writeEverywhere(): Promise<void> {
  const { own } = seeds.cases;
  const text = `KTP ${NIK} atas nama Siti`;
  const done = async (who: string, method: string, path: string, body?: object) => {
    const answer = await seeds.as(who)(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const task = idOf('userTaskKey');
  await done('admin', 'PUT', `/v2/element-instances/${own}/variables`, {
    variables: { nik: NIK, note: text, people: [{ nik: NIK, name: 'Siti' }], number: Number(NIK), local: { deep: [{ text }] } },
  });
  await done('admin', 'PUT', `/v2/element-instances/${idOf('elementInstanceKey')}/variables`, { variables: { place: text }, local: true });
  await done('clerk.alpha', 'POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'clerk.alpha' });
  await done('clerk.alpha', 'PUT', `/api/v1/drafts/task-${task}`, { values: { nik: NIK, place: text } });
  await done('supervisor.alpha', 'POST', `/api/v1/cases/${own}/legal-hold`, { reason: text });
  await done('integrator.alpha', 'POST', '/v2/messages/publication', {
    name: 'news-own',
    correlationKey: NIK,
    timeToLive: 3_600_000,
    variables: { note: text },
  });
  const activated = await done('integrator.alpha', 'POST', '/v2/jobs/activation', {
    type: 'work-own',
    worker: 'w',
    timeout: 60_000,
    maxJobsToActivate: 5,
  });
  const [job] = (activated['jobs'] as readonly { jobKey: string }[]).filter(Boolean);
  await done('integrator.alpha', 'POST', `/v2/jobs/${job?.jobKey ?? ''}/failure`, {
    retries: 0,
    errorMessage: text,
    variables: { note: text },
  });
  const made = await done('admin', 'POST', '/v2/process-instances', {
    processDefinitionId: 'own',
    variables: { secret: NIK, nik: NIK },
    businessId: `KTP-${NIK}`,
    tags: [`nik-${NIK}`],
  });
  named = String(made['processInstanceKey']);
  const { store } = seeds.house.runtime;
  await store.write([{ op: 'patch', collection: 'documents', key: 'DOC-own', fields: { name: `KTP-${NIK}.pdf` } }]);
  await store.putBlob('DOC-own', Buffer.from(text));
}

interface Found {
  /** `role: address` that told the whole number */
  readonly whole: readonly string[];
  /** what was masked although it is no such number */
  readonly wrongly: readonly string[];
  /** answers that held it masked */
  readonly masked: number;
}

const numbers = /(?<!\d)(?:3374015508870003|3573010101900001)(?!\d)/;
const masks = /(?<!\d)\*{12}(\d{4})/g;

/** Everything that each of these roles can read, at each address, with the ids of both cases. */
async function told(agency: string, tried: readonly Role[]): Promise<Found> {
  const [whole, wrongly] = [new Set<string>(), new Set<string>()];
  let masked = 0;
  const calls = routes.filter(reads).flatMap((route) => callsOf(route).map(([path, body]) => ({ route, path, body })));
  for (const { role, route, path, body } of tried.flatMap((one) => calls.map((call) => ({ role: one, ...call })))) {
    const answer = await seeds.as(`${role}.${agency}`)(route.method.toUpperCase(), path, body);
    const text = `${[...answer.headers].join()} ${answer.text}`;
    if (numbers.test(text)) whole.add(`${role}: ${label(route)}`);
    const ends = [...text.matchAll(masks)].map(([, end]) => end ?? '');
    masked += ends.length > 0 ? 1 : 0;
    ends.filter((end) => end !== '0003' && end !== '0001').forEach((end) => wrongly.add(`${role}: ${label(route)} ${end}`));
  }
  return { whole: [...whole].toSorted(), wrongly: [...wrongly].toSorted(), masked };
}

function callsOf(route: Route): readonly (readonly [string, object | undefined])[] {
  const paths = [pathOf(route), pathOf(route).replaceAll(seeds.cases.own, named)];
  const different = [...new Set(paths)];
  if (route.method === 'get') return different.map((path) => [path, undefined]);
  const bodies = route.path.endsWith('activation')
    ? [{ type: 'work-own', timeout: 1, maxJobsToActivate: 5, requestTimeout: -1 }]
    : [{}, { filter: { processInstanceKey: seeds.cases.own } }, { filter: { processInstanceKey: named } }];
  return different.flatMap((path) => bodies.map((body) => [path, body] as const));
}

/** A file is evidence: it is handed out byte by byte to those who may read it, each time with a line in the audit (AC75). */
const EXCEPTIONS = ['GET /api/v1/documents/:documentId', 'GET /v2/documents/:documentId'];
const watching = ['analyst', 'operator', 'evaluator'] as const;
const working = ['clerk', 'supervisor', 'integrator'] as const;

describe('a national identity number', () => {
  test('[AC54] is told whole to no analyst, operator or evaluator of the agency that owns the case; nothing else is masked', async () => {
    const { whole, wrongly, masked } = await told('alpha', watching);
    const excepted = watching.flatMap((role) => EXCEPTIONS.map((address) => `${role}: ${address}`));
    expect({ whole, wrongly }).toEqual({ whole: excepted.toSorted(), wrongly: [] });
    expect(masked).toBeGreaterThan(20);
  }, 120_000);

  test('[AC54] is told whole to clerks, supervisors and integrators, who need it', async () => {
    const { whole, masked } = await told('alpha', working);
    expect(masked).toBe(0);
    for (const role of working) expect(whole).toContain(`${role}: POST /v2/variables/search`);
  }, 120_000);

  test('[AC54] is told to nobody of an agency that has no part in the case, to no other citizen and to no stranger', async () => {
    expect((await told('gamma', [...watching, ...working])).whole).toEqual([]);
    for (const route of routes.filter(reads))
      for (const [path, body] of callsOf(route))
        for (const call of [seeds.as('warga2'), seeds.house.nobody])
          expect(`${path} ${numbers.exec((await call(route.method.toUpperCase(), path, body)).text)?.[0] ?? ''}`).toBe(`${path} `);
  }, 120_000);

  test('[AC54] is not found by asking for it, by those who see it masked', async () => {
    const asked = [
      ['variables', { name: 'nik', value: JSON.stringify(NIK) }],
      ['variables', { value: { $like: `*${NIK}*` } }],
      ['process-instances', { businessId: `KTP-${NIK}` }],
      ['process-instances', { tags: { $in: [`nik-${NIK}`] } }],
      ['process-instances', { variables: [{ name: 'note', value: { $like: `*${NIK}*` } }] }],
      ['message-subscriptions', { $or: [{ correlationKey: NIK }] }],
      ['incidents', { errorMessage: { $like: `*${NIK}*` } }],
    ] as const;
    for (const [list, filter] of asked) {
      expect([list, (await seeds.as('operator.alpha')('POST', `/v2/${list}/search`, { filter })).status]).toEqual([list, 403]);
      expect([list, (await seeds.as('clerk.alpha')('POST', `/v2/${list}/search`, { filter })).status]).toEqual([list, 200]);
    }
    // part of it finds no variable of the class either
    const { body } = await seeds.as('operator.alpha')('POST', '/v2/variables/search', {
      filter: { value: { $like: '*337401*' }, name: 'nik' },
    });
    expect(body['items']).toEqual([]);
  });

  test('[AC54] stands in no log and in no record of the audit, and an error repeats it to nobody', async () => {
    const audited = await allRows(seeds.house.runtime.store, 'audit', {});
    expect(audited.length).toBeGreaterThan(50);
    expect(log.filter((line) => line.includes(NIK))).toEqual([]);
    // what a person gave as a reason is kept in that person's words, and masked where it is told
    const others = audited.filter(({ action }) => action !== 'hold');
    expect(others.filter((row) => JSON.stringify(row).includes(NIK))).toEqual([]);
  });
});
