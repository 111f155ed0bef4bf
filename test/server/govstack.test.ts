import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { double, permit } from './diagrams.ts';
import { openHouse, password } from './house.ts';
import type { Caller, House } from './house.ts';

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

describe('where it departs from the specification', () => {
  interface Begun {
    readonly admin: Caller;
    readonly id: string;
    readonly instance: Readonly<Record<string, unknown>>;
    readonly status: number;
  }
  const publish = async (admin: Caller, text = permit): Promise<string> =>
    String((await admin('POST', '/govstack/processes', { ...named, processBody: [{ code: 'bpmn', value: text }] })).body['id']);
  const begun = async (values: object = {}): Promise<Begun> => {
    const admin = await house.as('admin');
    const id = await publish(admin);
    const { status, body } = await admin('POST', `/govstack/processes/${id}/start`, { processStartedBy: 'siti', ...values });
    return { admin, id, instance: body, status };
  };
  const variable = async (key: unknown, name: string) =>
    (await house.runtime.store.search('variables', { filter: { processInstanceKey: String(key), name } })).items[0]?.['value'];

  test('[API16] a start is answered with 201', async () => {
    expect((await begun()).status).toBe(201);
  });

  test('[API16] the id of an instance is a decimal number as text, told twice', async () => {
    const { instance } = await begun();
    expect(instance['id']).toMatch(/^[1-9]\d*$/);
    expect(instance['instanceId']).toBe(instance['id']);
  });

  test('[API16] the id of a process is that of a version; a change makes another', async () => {
    const { admin, id, instance } = await begun();
    const newer = permit.replace('Izin Uji', 'Izin Lain');
    expect((await admin('PUT', `/govstack/processes/${id}`, { ...named, processBody: [{ code: 'bpmn', value: newer }] })).status).toBe(204);
    const now = (await admin('GET', '/govstack/processes?name=permit')).body as unknown as readonly { readonly id: string }[];
    expect([now.length, now[0]?.id === id]).toEqual([1, false]);
    expect((await admin('GET', `/govstack/processes/${id}`)).body['id']).toBe(id);
    expect((await admin('GET', `/govstack/instances/${String(instance['id'])}`)).body['processRef']).toBe(id);
  });

  test('[API16] the diagram is the property bpmn of processBody; without it nothing is published', async () => {
    const admin = await house.as('admin');
    const answer = await admin('POST', '/govstack/processes', { ...named, processBody: [{ code: 'xml', value: permit }] });
    expect([answer.status, String(answer.body['detail'])]).toEqual([400, expect.stringContaining('"bpmn"')]);
    expect(await publish(admin)).toMatch(/^[1-9]\d*$/);
  });

  test.each(['instanceValues', 'InstanceValues'])('[API16] values at the start are text, in %s', async (name) => {
    const { instance } = await begun({ [name]: [{ code: 'area', value: '12' }] });
    expect(await variable(instance['id'], 'area')).toBe('"12"');
    expect((await begun({ [name]: [{ code: 'area', value: 12 }] })).status).toBe(400);
  });

  test('[API16] a removed process begins nothing more; what runs goes on', async () => {
    const { admin, id, instance } = await begun();
    expect((await admin('DELETE', `/govstack/processes/${id}`)).status).toBe(204);
    expect((await admin('POST', `/govstack/processes/${id}/start`, { processStartedBy: 'siti' })).status).toBe(404);
    expect((await admin('GET', `/govstack/instances/${String(instance['id'])}`)).body).toMatchObject({ ended: false, state: 'ACTIVE' });
  });

  test('[API16] it is below /govstack, and nowhere else', async () => {
    const { admin } = await begun();
    expect((await admin('GET', '/govstack/processes')).status).toBe(200);
    for (const address of ['/api/process', '/api/processes', '/govstack/process'])
      expect([address, (await admin('GET', address)).status]).toEqual([address, 404]);
  });

  test('[API16] errors have the shape of RFC 9457, also 401, 403 and 409', async () => {
    const { admin, instance } = await begun();
    const stop = `/govstack/instances/${String(instance['id'])}/stop`;
    await admin('POST', stop);
    const answers = [
      await house.nobody('GET', '/govstack/processes'),
      await (await house.as('warga'))('GET', '/govstack/processes'),
      await admin('GET', '/govstack/processes/1'),
      await admin('POST', '/govstack/processes', {}),
      await admin('POST', stop),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 403, 404, 400, 409]);
    for (const { headers, body, status } of answers) {
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    }
  });
});
