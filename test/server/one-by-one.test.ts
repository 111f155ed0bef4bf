/** Addresses of single things, each with what it answers and to whom it does not: those that no story of another test comes by. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { diagram, job, path, start, userTask } from '../support/bpmn.ts';
import { callerOf } from './house.ts';
import type { Answer, Caller } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-one-by-one-'));
let alur: Alur;
let [admin, citizen, clerk, nobody]: Caller[] = [];
beforeAll(async () => {
  const env = { PORT: '0', DATABASE_URL: 'memory:', ALUR_DATA: folder, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'true' };
  alur = await startAlur(env, { log: () => undefined });
  nobody = callerOf(alur.url, {});
  [admin, citizen, clerk] = await Promise.all(['admin', 'warga', 'petugas.diskominfo'].map(signedIn));
  const files = new FormData();
  const xml = diagram(start('s'), userTask('ask'), job('later'), path('s ask later')).replaceAll('id="p"', 'id="plain"');
  files.append('resources', new Blob([xml]), 'plain.bpmn');
  files.append('resources', new Blob(['kota ini']), 'catatan.txt');
  expect((await admin?.('POST', '/v2/deployments', files))?.status).toBe(200);
}, 60_000);
afterAll(async () => {
  await alur.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(username: string): Promise<Caller> {
  const { headers } = await callerOf(alur.url, {})('POST', '/api/v1/session', { username, password: alur.accounts[0]?.password });
  return callerOf(alur.url, { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
}
const NOTHING: Pick<Answer, 'status' | 'body' | 'text'> = { status: 0, body: {}, text: '' };
const read = async (who: Caller | undefined, method: 'GET', address: string) => (await who?.(method, address)) ?? NOTHING;
/** what others get at the same addresses, and who may gets where there is nothing */
async function refused(address: string, unknown: string): Promise<void> {
  expect([address, (await read(citizen, 'GET', address)).status]).toEqual([address, 403]);
  expect([address, (await read(nobody, 'GET', address)).status]).toEqual([address, 401]);
  expect([unknown, (await read(admin, 'GET', unknown)).status]).toEqual([unknown, 404]);
}

describe('what an administrator keeps is read one by one', () => {
  test('[API26] an account, without its password', async () => {
    const { body, text } = await read(admin, 'GET', '/api/v1/accounts/penyelia');
    expect(body).toMatchObject({ username: 'penyelia', name: 'Retno Wulandari', agency: 'diskominfo', roles: ['supervisor', 'clerk'] });
    expect(text).not.toMatch(/argon2|passwordHash/);
    await refused('/api/v1/accounts/penyelia', '/api/v1/accounts/nobody');
  });

  test('[API26] a program, without its secret', async () => {
    const given = { name: 'Pelapor', agency: 'diskominfo', roles: ['clerk'] };
    const made = (await admin?.('POST', '/api/v1/clients', given))?.body ?? {};
    const clientId = String(made['clientId']);
    const { body, text } = await read(admin, 'GET', `/api/v1/clients/${clientId}`);
    expect(body).toMatchObject({ clientId, ...given });
    expect(text).not.toContain(String(made['clientSecret'] ?? made['secret']));
    await refused(`/api/v1/clients/${clientId}`, '/api/v1/clients/nothing');
  });

  test('[API26] a mapping rule', async () => {
    const rule = { name: 'Semua', claimName: 'unit', claimValue: 'x', agency: 'diskominfo', roles: ['clerk'] };
    expect((await admin?.('PUT', '/api/v1/mapping-rules/semua', rule))?.status).toBeLessThan(300);
    expect((await read(admin, 'GET', '/api/v1/mapping-rules/semua')).body).toMatchObject({ mappingRuleId: 'semua', ...rule });
    await refused('/api/v1/mapping-rules/semua', '/api/v1/mapping-rules/nothing');
  });

  test('[API26] a substitution, to those whom it is about', async () => {
    const body = { absent: 'penyelia', substitute: 'analis', roles: ['clerk'], from: '2026-01-01T00:00:00Z', until: new Date(Date.now() + 1e9).toISOString() }; // prettier-ignore
    const made = (await admin?.('POST', '/api/v1/substitutions', body))?.body ?? {};
    const substitution = `/api/v1/substitutions/${String(made['substitutionId'])}`;
    expect((await read(admin, 'GET', substitution)).body).toMatchObject({ absentName: 'Retno Wulandari', substituteName: 'Yoga Pratama' });
    expect((await read(clerk, 'GET', substitution)).status).toBe(404);
    await refused(substitution, '/api/v1/substitutions/nothing');
  });
});

describe('an agency is read part by part', () => {
  test('[API26] its profile, an address for its news, and a secret of which only the kind is told', async () => {
    expect((await read(admin, 'GET', '/api/v1/agencies/dlh')).body).toMatchObject({ agencyId: 'dlh', name: 'Dinas Lingkungan Hidup' });
    const hook = { name: 'x', scheme: { style: 'body' }, messageName: 'news', mapping: { correlationKey: '=body.id', variables: '={}' } };
    const hookId = String((await admin?.('POST', '/api/v1/agencies/dlh/hooks', hook))?.body['hookId']);
    expect((await read(admin, 'GET', `/api/v1/agencies/dlh/hooks/${hookId}`)).body).toMatchObject({
      hookId,
      name: 'x',
      messageName: 'news',
    });
    const credential = { credential: { kind: 'bearer', token: 'RAHASIA-1234' } };
    const credentialId = String((await admin?.('POST', '/api/v1/agencies/dlh/credentials', credential))?.body['credentialId']);
    const told = await read(admin, 'GET', `/api/v1/agencies/dlh/credentials/${credentialId}`);
    expect([told.body['kind'], told.text.includes('RAHASIA')]).toEqual(['bearer', false]);
    await refused('/api/v1/agencies/dlh', '/api/v1/agencies/nothing');
    await refused(`/api/v1/agencies/dlh/hooks/${hookId}`, '/api/v1/agencies/dlh/hooks/nothing');
    await refused(`/api/v1/agencies/dlh/credentials/${credentialId}`, '/api/v1/agencies/dlh/credentials/nothing');
  });

  test('[API26] its imitation and the fault that is switched on', async () => {
    const items = (await read(admin, 'GET', '/api/v1/sandbox')).body['items'] as readonly { agencyId: string; fault: string }[];
    expect(items).toContainEqual(expect.objectContaining({ agencyId: 'dlh', fault: 'none' }));
    expect((await admin?.('PUT', '/api/v1/sandbox/dlh', { fault: 'down' }))?.body).toEqual({ agencyId: 'dlh', fault: 'down' });
    expect((await read(admin, 'GET', '/api/v1/sandbox/dlh')).body).toMatchObject({ fault: 'down' });
    await refused('/api/v1/sandbox/dlh', '/api/v1/sandbox/nothing');
  });
});

describe('what is deployed', () => {
  test('[API26] forms in a list and one by one, and a file byte by byte', async () => {
    const { items } = (await read(clerk, 'GET', '/api/v1/forms')).body as { items: readonly { formId: string; formKey: string }[] };
    const { formKey = '' } = items.find(({ formId }) => formId === 'wifi-permintaan') ?? {};
    expect((await read(clerk, 'GET', `/v2/forms/${formKey}`)).body).toMatchObject({ formKey, formId: 'wifi-permintaan' });
    await refused(`/v2/forms/${formKey}`, '/v2/forms/4503599627370497');
    const search = await clerk?.('POST', '/v2/resources/search', { filter: { resourceName: 'catatan.txt' } });
    const [{ resourceKey } = { resourceKey: '' }] = search?.body['items'] as readonly { resourceKey: string }[];
    const file = await read(clerk, 'GET', `/v2/resources/${resourceKey}/content/binary`);
    expect([file.status, file.text]).toEqual([200, 'kota ini']);
    await refused(`/v2/resources/${resourceKey}/content/binary`, '/v2/resources/4503599627370497/content/binary');
  });
});

describe('a case', () => {
  const begun = async (): Promise<string> =>
    String((await admin?.('POST', '/v2/process-instances', { processDefinitionId: 'plain' }))?.body['processInstanceKey']);
  const taskOf = async (key: string): Promise<string> => {
    const found = await admin?.('POST', '/v2/user-tasks/search', { filter: { processInstanceKey: key } });
    return (found?.body['items'] as readonly { userTaskKey: string }[])[0]?.userTaskKey ?? '';
  };

  test('[API26] is suspended and resumed, said twice changes nothing, and meanwhile takes no result', async () => {
    const key = await begun();
    const task = await taskOf(key);
    const state = async () => (await read(admin, 'GET', `/v2/process-instances/${key}`)).body['state'];
    expect((await clerk?.('POST', `/v2/process-instances/${key}/suspension`))?.status).toBe(403);
    expect((await admin?.('POST', `/v2/process-instances/${key}/suspension`))?.status).toBe(204);
    expect(await state()).toBe('SUSPENDED');
    expect((await admin?.('POST', `/v2/process-instances/${key}/suspension`))?.status).toBe(204);
    expect((await admin?.('POST', `/v2/user-tasks/${task}/completion`))?.status).toBe(409);
    expect((await admin?.('POST', `/v2/process-instances/${key}/resumption`))?.status).toBe(204);
    expect(await state()).toBe('ACTIVE');
    expect((await admin?.('POST', `/v2/process-instances/${key}/resumption`))?.status).toBe(204);
    expect(await state()).toBe('ACTIVE');
  });

  test('[API26] is given its business id once', async () => {
    const address = `/v2/process-instances/${await begun()}/business-id-assignment`;
    expect((await clerk?.('POST', address, { businessId: 'A-1' }))?.status).toBe(403);
    expect((await admin?.('POST', address, { businessId: '' }))?.status).toBe(400);
    expect((await admin?.('POST', address, { businessId: 'A-1' }))?.status).toBeLessThan(300);
    expect((await admin?.('POST', address, { businessId: 'A-2' }))?.status).toBe(409);
  });

  test('[API26] counts what it waits for, and its task is changed as older clients say it', async () => {
    const key = await begun();
    const task = await taskOf(key);
    const counted = await read(admin, 'GET', `/v2/process-instances/${key}/statistics/wait-states`);
    expect(counted.status).toBe(200);
    expect(counted.body).toEqual({ items: [{ elementId: 'ask', waitingCount: 1 }] });
    await refused(`/v2/process-instances/${key}/statistics/wait-states`, '/v2/process-instances/4503599627370497/statistics/wait-states');
    expect((await admin?.('PATCH', `/v2/user-tasks/${task}/update`, { priority: 7 }))?.status).toBeLessThan(300);
    expect((await read(admin, 'GET', `/v2/user-tasks/${task}`)).body['priority']).toBe(7);
    expect((await admin?.('PATCH', `/v2/user-tasks/${task}/update`, { priority: 'x' }))?.status).toBe(400);
    expect((await citizen?.('PATCH', `/v2/user-tasks/${task}/update`, { priority: 8 }))?.status).toBe(403);
  });

  test('[API26] tells that it changed, as long as somebody listens; a stranger may not', async () => {
    const { headers } = (await nobody?.('POST', '/api/v1/session', { username: 'admin', password: alur.accounts[0]?.password })) ?? {};
    const cookie = (headers?.get('set-cookie') ?? '').split(';')[0] ?? '';
    const stop = new AbortController();
    const stream = await fetch(`${alur.url}/api/v1/events`, { headers: { cookie }, signal: stop.signal });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const key = await begun();
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes(key)) break;
    }
    stop.abort();
    expect(text).toContain('event: change');
    expect((await nobody?.('GET', '/api/v1/events'))?.status).toBe(401);
  });
});
