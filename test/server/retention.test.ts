/** How long cases are kept, over HTTP: who may hold one, who may read the file, what others may not. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verifyArchive } from '../../runtime/archive.ts';
import { openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

const DAY = 24 * 3_600_000;
const property = (name: string, value: string) => `<zeebe:property name="${name}" value="${value}" />`;
const properties = [
  property('alur:owner', 'alpha'),
  property('alur:historyTimeToLive', 'P30D'),
  property('alur:archiveTimeToLive', 'P1Y6M'),
];
/** Alpha's service; beta takes part in it. */
const permit = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="http://alur.example">
<bpmn:process id="izin" name="Izin" isExecutable="true">
  <bpmn:extensionElements><zeebe:properties>${properties.join('')}</zeebe:properties></bpmn:extensionElements>
  <bpmn:laneSet id="l"><bpmn:lane id="b" name="beta"><bpmn:extensionElements><zeebe:properties>${property('alur:agency', 'beta')}</zeebe:properties></bpmn:extensionElements><bpmn:flowNodeRef>end</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
  <bpmn:startEvent id="start" /><bpmn:endEvent id="end" /><bpmn:sequenceFlow id="f" sourceRef="start" targetRef="end" />
</bpmn:process></bpmn:definitions>`;

let house: House;
let [lead, clerk, beta, operator]: Caller[] = [];
let key = '';
beforeAll(async () => {
  house = await openHouse();
  [lead, clerk, beta, operator] = await Promise.all(['lead.alpha', 'clerk.alpha', 'clerk.beta', 'operator'].map(house.as));
  expect((await house.deploy(await house.as('analyst'), { 'izin.bpmn': permit })).status).toBe(200);
  const started = await operator?.('POST', '/v2/process-instances', { processDefinitionId: 'izin', variables: { name: 'Sari' } });
  key = String(started?.body['processInstanceKey']);
});
afterAll(() => house.close());

const pass = async (days: number): Promise<void> => void (await house.runtime.moveClock(house.runtime.clock.now() + days * DAY));
const retention = async (who: Caller | undefined) => (await who?.('GET', `/api/v1/cases/${key}/retention`))?.body ?? {};

test('[API18] a case says how long it is kept, who holds it and why; the why is for those who answer for it', async () => {
  expect(await retention(clerk)).toMatchObject({
    historyTimeToLive: 'P30D',
    archiveTimeToLive: 'P1Y6M',
    legalHold: null,
    archive: null,
    mayHold: false,
  });
  const { wholeUntil } = await retention(lead);
  expect(Math.round((Date.parse(String(wholeUntil)) - house.runtime.clock.now()) / DAY)).toBe(30);
  const reason = { reason: 'Gugatan 12/2026' };
  expect((await clerk?.('POST', `/api/v1/cases/${key}/legal-hold`, reason))?.status).toBe(403);
  expect((await lead?.('POST', `/api/v1/cases/${key}/legal-hold`, {}))?.status).toBe(400);
  expect((await lead?.('POST', `/api/v1/cases/${key}/legal-hold`, reason))?.status).toBe(204);
  expect(await retention(lead)).toMatchObject({ legalHold: { reason: 'Gugatan 12/2026', placedBy: 'lead.alpha' }, mayHold: true });
  expect(await retention(beta)).toMatchObject({ legalHold: { reason: null, placedBy: null }, mayHold: false });
  expect((await operator?.('POST', `/v2/process-instances/${key}/deletion`))?.status).toBe(409);
  expect((await house.nobody('GET', `/api/v1/cases/${key}/retention`)).status).toBe(401);
});

test('[API19] its time over, it is a file that its owner gets, and a line in a list for those who saw it', async () => {
  await pass(40);
  expect((await clerk?.('GET', `/v2/process-instances/${key}`))?.status).toBe(200);
  expect((await lead?.('POST', `/api/v1/cases/${key}/legal-hold-lifting`, { reason: 'dicabut' }))?.status).toBe(204);
  expect((await lead?.('POST', `/api/v1/cases/${key}/legal-hold-lifting`, { reason: 'dicabut' }))?.status).toBe(404);
  await pass(1);
  expect((await clerk?.('GET', `/v2/process-instances/${key}`))?.status).toBe(404);
  expect((await retention(beta))['archive']).toMatchObject({ processInstanceKey: key, state: 'COMPLETED', cases: 1 });
  const file = await fetch(`${house.url}/api/v1/cases/${key}/archive`, { headers: await cookieOf('lead.alpha') });
  expect([file.status, file.headers.get('content-disposition')]).toEqual([200, `attachment; filename="${key}.alur-archive.gz"`]);
  expect(await verifyArchive(new Uint8Array(await file.arrayBuffer()))).toMatchObject({ processInstanceKey: key, broken: [] });
  expect((await beta?.('GET', `/api/v1/cases/${key}/archive`))?.status).toBe(403);
  const listed = async (who: Caller | undefined) =>
    (await who?.('POST', '/api/v1/archives/search', { filter: { processDefinitionId: 'izin' } }))?.body['items'];
  expect([await listed(beta), await listed(operator)].map((items) => (items as object[]).length)).toEqual([1, 1]);
  expect((await operator?.('POST', '/api/v1/archives/search', { filter: { blob: 'x' } }))?.status).toBe(400);
  const { items } = await house.runtime.store.search('audit', { filter: { subject: `archive ${key}` } });
  expect(items.map(({ by, outcome }) => [by, outcome])).toEqual([['lead.alpha', 'done']]);
});

test('[API19] strangers find neither the case nor its file', async () => {
  const stranger = await house.as('warga');
  expect((await stranger('GET', `/api/v1/cases/${key}/retention`)).status).toBe(403);
  await pass(600);
  expect((await lead?.('GET', `/api/v1/cases/${key}/retention`))?.status).toBe(404);
  expect((await lead?.('GET', `/api/v1/cases/${key}/archive`))?.status).toBe(404);
});

async function cookieOf(username: string): Promise<Record<string, string>> {
  const made = await house.nobody('POST', '/api/v1/session', { username, password: 'correct horse battery' });
  return { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}
