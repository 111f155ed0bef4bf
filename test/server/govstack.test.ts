import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { double, permit } from './diagrams.ts';
import { openHouse, password } from './house.ts';
import type { House } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const named = { name: 'Double', type: 'Public', version: '1' };

describe('the workflow building block', () => {
  test('[API16] a process is added, found, changed, started, watched and stopped', async () => {
    // given
    const admin = await house.as('admin');
    const added = await admin('POST', '/govstack/processes', { ...named, processBody: [{ code: 'bpmn', value: permit }] });
    expect(added.status).toBe(201);
    const id = String(added.body['id']);

    // when
    const begun = await admin('POST', `/govstack/processes/${id}/start`, {
      processStartedBy: 'siti',
      instanceValues: [{ code: 'area', value: '12' }],
    });

    // then
    expect([begun.status, begun.body['processRef'], begun.body['ended']]).toEqual([201, id, false]);
    const address = `/govstack/instances/${String(begun.body['instanceId'])}`;
    expect((await admin('GET', `/govstack/instances?processId=${id}`)).text).toContain(String(begun.body['instanceId']));
    expect((await admin('GET', address)).body['logs']).toHaveLength(1);
    expect((await admin('POST', `${address}/stop`)).body).toMatchObject({ ended: true, state: 'TERMINATED' });
    expect((await admin('GET', '/govstack/processes?name=Izin%20Uji')).text).toContain(id);
    expect((await admin('GET', `/govstack/processes/${id}`)).body['id']).toBe(id);
    const newer = permit.replace('Izin Uji', 'Izin Baru');
    expect((await admin('PUT', `/govstack/processes/${id}`, { ...named, processBody: [{ code: 'bpmn', value: newer }] })).status).toBe(204);
    const list = async () => (await admin('GET', '/govstack/processes')).body as unknown as readonly { readonly id: string }[];
    const newest = (await list())[0]?.id ?? '';
    expect((await admin('GET', '/govstack/processes?name=Izin%20Baru')).text).toContain('"version":"2"');
    expect([newest === id, (await list()).length]).toEqual([false, 1]);
    for (const one of [newest, id]) expect((await admin('DELETE', `/govstack/processes/${one}`)).status).toBe(204);
    expect(await list()).toEqual([]);
    expect((await admin('POST', `/govstack/processes/${id}/start`, { processStartedBy: 'siti' })).status).toBe(404);
    expect((await admin('DELETE', `/govstack/processes/${id}`)).status).toBe(404);
  });

  test('[API16] what is wrong, unknown or not allowed is refused', async () => {
    // given
    const admin = await house.as('admin');
    const id = String(
      (await admin('POST', '/govstack/processes', { ...named, processBody: [{ code: 'bpmn', value: permit }] })).body['id'],
    );
    const citizen = await house.as('warga');

    // then
    expect((await admin('POST', '/govstack/processes', { ...named, processBody: [] })).status).toBe(400);
    expect((await admin('PUT', `/govstack/processes/${id}`, { ...named, processBody: [{ code: 'bpmn', value: double }] })).status).toBe(
      400,
    );
    expect((await admin('POST', `/govstack/processes/${id}/start`, {})).status).toBe(400);
    expect((await admin('GET', '/govstack/processes/1')).status).toBe(404);
    expect((await admin('GET', '/govstack/instances/1')).status).toBe(404);
    expect((await citizen('GET', '/govstack/processes')).status).toBe(403);
    expect((await house.nobody('GET', '/govstack/instances')).status).toBe(401);
    expect((await house.nobody('GET', '/govstack/nothing')).body['title']).toBe('NO_SUCH_ROUTE');
    const basic = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };
    expect((await house.nobody('GET', '/govstack/instances', undefined, basic)).status).toBe(200);
  });
});
