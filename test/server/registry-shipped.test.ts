/** A contract that came with the house is imported anew: it is compared like any other, because processes use it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { callerOf } from './house.ts';
import type { Caller } from './house.ts';

jest.setTimeout(60_000);
const data = mkdtempSync(join(tmpdir(), 'alur-shipped-'));
const shipped = (agency: string, file: string): string =>
  readFileSync(join(import.meta.dirname, '../../processes/agencies', agency, file), 'utf8');
let alur: Alur;
let city: Caller;
beforeAll(async () => {
  alur = await startAlur({ PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process', DATABASE_URL: 'memory:' }, { log: () => undefined });
  const made = await callerOf(alur.url, {})('POST', '/api/v1/session', { username: 'integrator', password: alur.accounts[0]?.password });
  city = callerOf(alur.url, { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  for (const agencyId of ['dispendukcapil', 'taspen', 'bapenda'])
    expect((await city('PUT', `/api/v1/agencies/${agencyId}`, { name: agencyId, nameEn: agencyId })).status).toBeLessThan(300);
}, 60_000); // prettier-ignore
afterAll(async () => {
  await alur.close();
  rmSync(data, { recursive: true, force: true });
});

describe('a contract that came with the house', () => {
  test.each([
    ['dispendukcapil', 'openapi.yaml'],
    ['taspen', 'service.wsdl'],
  ])('[AP88] of %s, imported as it is: nothing changes, and what was offered is picked', async (agencyId, file) => {
    const seen = await city('POST', `/api/v1/agencies/${agencyId}/contract/inspection`, { text: shipped(agencyId, file) });
    expect(seen).toMatchObject({ status: 200, body: { changes: [], breaking: false } });
    const operations = seen.body['operations'] as { operationId: string; picked: boolean }[];
    expect(operations.filter(({ picked }) => !picked)).toEqual([]);
    expect(operations.length).toBeGreaterThan(0);
  });

  test('[AP88] with a field gone that processes use: told, and refused until it is accepted', async () => {
    const text = shipped('taspen', 'service.wsdl').replace('<xs:element name="nomorKonfirmasi" type="xs:string"/>', '');
    const seen = await city('POST', '/api/v1/agencies/taspen/contract/inspection', { text });
    expect(seen.body).toMatchObject({
      breaking: true,
      changes: [{ operationId: 'LaporKematian', fields: [{ place: 'response.body.nomorKonfirmasi', change: 'removed' }] }],
      touched: [{ operations: ['LaporKematian'] }],
    });
    const put = (more: object) => city('PUT', '/api/v1/agencies/taspen/contract', { text, operations: ['LaporKematian'], ...more });
    expect((await put({})).status).toBe(409);
    expect(await put({ acceptBreaking: true })).toMatchObject({ status: 200, body: { version: 1 } });
  });

  test('[AP88] without an operation that a process calls: told as one that is gone', async () => {
    const seen = await city('PUT', '/api/v1/agencies/bapenda/contract', {
      text: shipped('bapenda', 'openapi.yaml'),
      operations: [((await city('POST', '/api/v1/agencies/bapenda/contract/inspection', { text: shipped('bapenda', 'openapi.yaml') })).body['operations'] as { operationId: string }[])[0]?.operationId],
    }); // prettier-ignore
    expect([seen.status, seen.text]).toEqual([409, expect.stringContaining('"change":"removed"')]);
  });
});
