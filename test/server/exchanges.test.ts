import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchangeSink } from '../../server/exchange-sink.ts';
import { diagram } from './exchange-diagram.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';

let house: House;
let mine = '';
let others = '';
const warnings: string[] = [];

const told = (processInstanceKey: string, more: object = {}) => ({
  agency: 'beta',
  operationId: 'findPerson',
  jobKey: processInstanceKey,
  processInstanceKey,
  processDefinitionId: 'own',
  elementId: 'ask',
  purpose: 'identity check',
  attempt: 1,
  at: Date.now(),
  durationMs: 20,
  outcome: 'answered',
  status: 200,
  code: null,
  sentFields: ['/body/nik'],
  receivedFields: ['/name', '/address/street'],
  requestHash: 'a'.repeat(64),
  replyHash: 'b'.repeat(64),
  ...more,
});

type Items = readonly Record<string, unknown>[];
const itemsOf = (body: Record<string, unknown>): Items => body['items'] as Items;

beforeAll(async () => {
  house = await openHouse();
  const admin = await house.as('admin');
  for (const [id, owner] of [
    ['own', 'alpha'],
    ['foreign', 'beta'],
  ] as const)
    // prettier-ignore
    expect((await house.deploy(admin, { [`${id}.bpmn`]: diagram(id, owner) })).status).toBe(200);
  const start = async (id: string) =>
    String((await admin('POST', '/v2/process-instances', { processDefinitionId: id, variables: {} })).body['processInstanceKey']);
  [mine, others] = [await start('own'), await start('foreign')];
  const keep = exchangeSink(
    () => Promise.resolve(house.runtime.store),
    (_level, message) => void warnings.push(message),
  );
  await keep(told(mine));
  await keep(
    told(mine, { outcome: 'failed', status: null, durationMs: 900, code: '=cmd', receivedFields: [], replyHash: null, at: Date.now() + 1 }),
  );
  await keep(told(mine, { outcome: 'not-sent', sentFields: ['/body/never'], at: Date.now() + 2 }));
  await keep(told(others, { processDefinitionId: 'foreign' }));
});
afterAll(() => house.close());

describe('records of exchange', () => {
  test("[AP40] a case's agencies read its records, newest first and page by page; others do not learn of them", async () => {
    const [lead, city] = [await house.as('lead.alpha'), await house.as('operator')];

    // when
    const first = await lead('GET', '/api/v1/exchanges?limit=2');
    const cursor = (first.body['page'] as { endCursor: string }).endCursor;
    const rest = await lead('GET', `/api/v1/exchanges?limit=2&after=${encodeURIComponent(cursor)}`);

    // then
    expect(itemsOf(first.body).map(({ outcome }) => outcome)).toEqual(['not-sent', 'failed']);
    expect(itemsOf(rest.body)).toMatchObject([
      { outcome: 'answered', purpose: 'identity check', agencyName: 'Dinas Beta', processInstanceKey: mine },
    ]);
    expect(itemsOf((await lead('GET', `/api/v1/exchanges?processInstanceKey=${others}`)).body)).toEqual([]);
    expect(itemsOf((await city('GET', '/api/v1/exchanges?outcome=answered')).body)).toHaveLength(2);
    expect((await (await house.as('clerk.alpha'))('GET', '/api/v1/exchanges')).status).toBe(403);
    expect((await lead('GET', '/api/v1/exchanges?colour=red')).status).toBe(400);
    expect((await lead('GET', '/api/v1/exchanges?from=yesterday')).status).toBe(400);
  });

  test("[AP41] records are exported as CSV and JSON within the same sight; an agency's text is no formula", async () => {
    const lead = await house.as('lead.alpha');

    // when
    const csv = await lead('GET', '/api/v1/exchanges?format=csv');

    // then
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(csv.text).toContain(",'=cmd,");
    expect(csv.text).not.toContain(others);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(itemsOf((await lead('GET', '/api/v1/exchanges?format=json')).body)).toHaveLength(3);
  });

  test('[AP89] more records than a page holds are exported to the last one, and the register is made of all of them; a store that fails on the way breaks it off', async () => {
    const admin = await house.as('admin');
    const { store } = house.runtime;
    const many = 20_500;
    const row = (number: number) => ({ ...told(mine, { operationId: 'bulk', jobKey: '77' }), at: number, exchangeId: `bulk-${number}`, ownerAgency: 'alpha', agencies: ['alpha'], kind: 'call' });
    const keys = Array.from({ length: many }, (_, number) => number);
    for (let from = 0; from < many; from += 2_000)
      await store.write(keys.slice(from, from + 2_000).map((number) => ({ op: 'put', collection: 'exchanges', key: `bulk-${number}`, row: row(number) as never })));

    // when
    const csv = await admin('GET', '/api/v1/exchanges?operationId=bulk&format=csv');
    const register = itemsOf((await admin('GET', '/api/v1/register-of-processing?operationId=bulk')).body);

    // then
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(many + 1);
    expect(new Set(lines).size).toBe(many + 1);
    expect(register).toContainEqual(expect.objectContaining({ field: '/body/nik', direction: 'sent', calls: many, firstAt: '1970-01-01T00:00:00.000Z' }));

    // and a reader that sees half of it is told by a broken download
    const search = store.search.bind(store);
    let asked = 0;
    store.search = ((...given: Parameters<typeof search>) => (given[0] === 'exchanges' && ++asked > 3 ? Promise.reject(new Error('store away')) : search(...given))) as typeof store.search;
    await expect(admin('GET', '/api/v1/exchanges?operationId=bulk&format=csv')).rejects.toThrow();
    store.search = search;
    await store.write(keys.map((number) => ({ op: 'delete', collection: 'exchanges', key: `bulk-${number}` })));
  }); // prettier-ignore

  test('[AP42] the register tells field by field for which purpose it went where; what was not sent is not in it', async () => {
    const lead = await house.as('lead.alpha');

    // when
    const items = itemsOf((await lead('GET', '/api/v1/register-of-processing')).body);

    // then
    expect(items).toContainEqual(
      expect.objectContaining({ agency: 'beta', field: '/body/nik', direction: 'sent', purpose: 'identity check', calls: 2 }),
    );
    expect(items).toContainEqual(expect.objectContaining({ field: '/address/street', direction: 'received', calls: 1 }));
    expect(items.map(({ field }) => field)).not.toContain('/body/never');
    expect((await lead('GET', '/api/v1/register-of-processing?format=csv')).text).toContain('beta,/body/nik,sent,identity check');
  });

  test("[AP43] an agency's health is counted from the records of the reader's cases; calls that never went out do not count", async () => {
    const lead = await house.as('lead.alpha');
    await house.runtime.holdAgency('beta', { id: 'operator' });

    // when
    const health = (await lead('GET', '/api/v1/agencies/beta/health')).body;

    // then
    expect(health).toMatchObject({ agencyId: 'beta', calls: 2, successRate: 0.5, p50Ms: 20, p95Ms: 900, gate: { state: 'held' } });
    expect(health['operations']).toMatchObject([{ operationId: 'findPerson', calls: 2, outcomes: { answered: 1, failed: 1 } }]);
    expect(health['lastGoodAt']).not.toBeNull();
    expect((await lead('GET', '/api/v1/agencies/alpha/health')).body).toMatchObject({
      calls: 0,
      successRate: null,
      p95Ms: null,
      lastGoodAt: null,
    });
    expect((await lead('GET', '/api/v1/agencies/none/health')).status).toBe(404);
  });

  test('[AP44] a deleted case takes its records along; a record that cannot be kept is told and undoes nothing', async () => {
    const admin = await house.as('admin');
    const broken = exchangeSink(() => Promise.reject(new Error('store away')), (_level, message) => void warnings.push(message)); // prettier-ignore

    // when
    await broken(told(others));
    await admin('POST', `/v2/process-instances/${others}/cancellation`, {});
    const gone = await admin('POST', `/v2/process-instances/${others}/deletion`, {});

    // then
    expect(gone.status).toBeLessThan(300);
    await house.runtime.settled();
    expect(itemsOf((await admin('GET', `/api/v1/exchanges?processInstanceKey=${others}`)).body)).toEqual([]);
    expect(itemsOf((await admin('GET', `/api/v1/exchanges?processInstanceKey=${mine}`)).body)).toHaveLength(3);
    expect(warnings).toEqual([expect.stringContaining('store away')]);
  });
});
