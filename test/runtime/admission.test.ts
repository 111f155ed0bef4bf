/** While more waits than is worked off, new cases are refused early, in the words that Camunda's clients try again on. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdmissionBounds } from '../../runtime/admission.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createApp } from '../../server/app.ts';
import { agencyCall, line, message } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const waiting = line(
  'waits',
  [
    [
      'wait',
      '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="wait_m" messageRef="paid"/></bpmn:intermediateCatchEvent>',
    ],
  ],
  message('paid', 'payment', '=invoice'),
);
const begun = line('begun', [], message('asked', 'asked')).replace(
  '<bpmn:startEvent id="start"/>',
  '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="start_m" messageRef="asked"/></bpmn:startEvent>',
);

describe('admission', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alur-admission-'));
  let runtime: Runtime;
  /** while it is not open, whoever works on a job works for ever, and the others wait */
  let gate: PromiseWithResolvers<object>;
  const open = async (admission: AdmissionBounds): Promise<void> => {
    const config = { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real', admission } as const;
    gate = Promise.withResolvers();
    runtime = await openRuntime({ config, handlers: new Map([['agency-call', async () => (await gate.promise, {})]]) });
    for (const xml of [line('calls', [agencyCall('call', 'alpha')]), waiting, begun]) await deployed(runtime, xml);
  };
  const begin = async (processDefinitionId: string, variables = {}) => await runtime.startInstance({ processDefinitionId, variables }, by);
  const untilRefused = async (): Promise<void> => {
    // as many as are worked on at once, and more than the bound
    await Promise.all(Array.from({ length: 22 }, async () => await begin('calls')));
    while ((await begin('calls')).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  beforeEach(async () => await open({ backlog: 5, lagMs: 0, heapPercent: 0 }));
  afterEach(async () => {
    gate.resolve({});
    await runtime.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('[RL5] over the bound starts are refused, completing work is not; under it they are taken again and nothing is lost', async () => {
    expect((await begin('waits', { invoice: 'i1' })).ok).toBe(true);
    await untilRefused();
    expect(await begin('calls')).toMatchObject({ ok: false, kind: 'RESOURCE_EXHAUSTED' });
    expect(await runtime.publishMessage({ name: 'asked', messageId: 'm' }, by)).toMatchObject({ ok: false, kind: 'RESOURCE_EXHAUSTED' });
    // completing work is still accepted
    expect((await runtime.correlateMessage({ name: 'payment', correlationKey: 'i1' }, by)).ok).toBe(true);
    const accepted = (await runtime.store.search('processInstances', { filter: { processDefinitionId: 'calls' } })).items;
    gate.resolve({});
    for (const row of accepted)
      expect((await runtime.awaitEnd(String(row['processInstanceKey']), AbortSignal.timeout(20_000)))?.state).toBe('COMPLETED');
    while (!(await begin('calls')).ok) await new Promise((resolve) => setTimeout(resolve, 50));
    // the refused message left nothing behind
    expect((await runtime.publishMessage({ name: 'asked', messageId: 'm' }, by)).ok).toBe(true);
  });

  test('[RL5] a bound of 0 refuses nothing', async () => {
    await runtime.close();
    await open({ backlog: 0, lagMs: 0, heapPercent: 0 });
    const answers = await Promise.all(Array.from({ length: 30 }, async () => await begin('calls')));
    expect(answers.every(({ ok }) => ok)).toBe(true);
  });

  test('[RL5] a process whose memory is used up refuses too', async () => {
    await runtime.close();
    await open({ backlog: 0, lagMs: 0, heapPercent: 0.001 });
    expect(await begin('calls')).toMatchObject({ ok: false, kind: 'RESOURCE_EXHAUSTED', reason: expect.stringContaining('memory') });
  });

  test('[RL5] what waits for an agency that is away is nobody else’s burden: it does not count', async () => {
    expect((await runtime.holdAgency('alpha', by)).ok).toBe(true);
    await Promise.all(Array.from({ length: 30 }, async () => await begin('calls')));
    await runtime.settled();
    // the measurement that says so is a second old at most
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await begin('calls')).ok).toBe(true);
  });

  test('[RL6] over HTTP it is 503 RESOURCE_EXHAUSTED with Retry-After, as a problem document', async () => {
    await untilRefused();
    const config = { auth: 'none', clock: 'real', publicUrl: 'http://localhost:8080' } as const;
    const app = createApp({ runtime, config, agencies: [] });
    const server = createServer(app);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
    const post = async (path: string, body: object) =>
      await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const refused = await post('/process-instances', { processDefinitionId: 'calls' });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([503, 'application/problem+json; charset=utf-8']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ type: 'about:blank', title: 'RESOURCE_EXHAUSTED', status: 503 });
    // the negative: reading goes on
    expect((await post('/process-instances/search', {})).status).toBe(200);
    app.closeEvents();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});
