import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startAlur } from '../../server/start.ts';
import { callerOf } from './house.ts';

const data = mkdtempSync(join(tmpdir(), 'alur-start-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process' };
const quiet = { log: () => undefined };

async function versions(url: string, password: string) {
  const nobody = callerOf(url, {});
  const signedIn = await nobody('POST', '/api/v1/session', { username: 'admin', password });
  const admin = callerOf(url, { cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' });
  const { body } = await admin('POST', '/v2/process-definitions/search', {});
  return (body['items'] as { processDefinitionId: string; version: number }[])
    .map(({ processDefinitionId, version }) => `${processDefinitionId} ${version}`)
    .sort();
}

describe('starting', () => {
  test('[SV1] everything runs, and a second start finds what the first one made', async () => {
    const first = await startAlur(env, quiet);
    const password = first.accounts[0]?.password ?? '';
    const deployed = await versions(first.url, password);
    expect(deployed.length).toBeGreaterThanOrEqual(2);
    const ready = await callerOf(first.url, {})('GET', '/readyz');
    expect(ready.body).toEqual({ status: 'ready', queue: 'in-process' });
    // longer than proxies keep an idle connection: it is theirs to close first
    expect(ready.headers.get('keep-alive')).toBe('timeout=75');
    await first.close();
    await first.close();

    const second = await startAlur(env, quiet);
    expect(second.accounts[0]?.password).toBe(password);
    expect(await versions(second.url, password)).toEqual(deployed);
    await second.close();
  }, 60_000);

  test('[SV2] in production there is one administrator with a password told once, and no sandbox', async () => {
    const production = { ...env, NODE_ENV: 'production', DATABASE_URL: 'memory:' };
    const alur = await startAlur(production, quiet);
    expect(alur.accounts.map(({ username }) => username)).toEqual(['admin']);
    expect([alur.sandboxes, alur.client]).toEqual([undefined, undefined]);
    expect((await callerOf(alur.url, {})('GET', '/api/v1/sign-in')).body['codes']).toEqual([]);
    expect(
      (await callerOf(alur.url, {})('POST', '/api/v1/session', { username: 'warga', password: alur.accounts[0]?.password })).status,
    ).toBe(401);
    await alur.close();
  }, 60_000);

  test('[SV3] on a free port a permit names the address that the server really has', async () => {
    const alur = await startAlur({ ...env, DATABASE_URL: 'memory:' }, quiet);
    const diagram = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
      <bpmn:process id="issue" isExecutable="true"><bpmn:startEvent id="s" />
        <bpmn:serviceTask id="permit"><bpmn:extensionElements><zeebe:taskDefinition type="permit-pdf" /><zeebe:ioMapping>
          <zeebe:input source="Izin" target="title" /><zeebe:input source="Siti" target="holder" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>
        <bpmn:sequenceFlow id="f" sourceRef="s" targetRef="permit" /></bpmn:process></bpmn:definitions>`;
    expect((await alur.runtime.deploy([{ name: 'issue.bpmn', text: diagram }], { id: 'test' })).ok).toBe(true);
    const started = await alur.runtime.startInstance({ processDefinitionId: 'issue', variables: {} }, { id: 'test' });
    if (!started.ok) throw new Error(started.reason);
    const ended = await alur.runtime.awaitEnd(started.processInstanceKey, AbortSignal.timeout(30_000));
    const { documentId } = ended?.variables['document'] as { documentId: string };
    const { url, accounts } = alur;
    const signedIn = await callerOf(url, {})('POST', '/api/v1/session', { username: 'admin', password: accounts[0]?.password ?? '' });
    const admin = callerOf(url, { cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' });
    const { status, text } = await admin('GET', `/api/v1/documents/${documentId}`);
    expect({ status, names: text.includes(`Kode QR menuju ${url}/verify/`) }).toEqual({ status: 200, names: true });
    await alur.close();
  }, 60_000);

  test('[SV4] every fault of the configuration is named', async () => {
    await expect(startAlur({ PORT: 'x', ALUR_AUTH: 'maybe' }, quiet)).rejects.toThrow(/PORT[\s\S]*ALUR_AUTH/);
  });
});
