import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentSink } from '../../server/document-sink.ts';
import { answers, permitFiles } from './diagrams.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let citizen: Caller;
let clerk: Caller;
beforeAll(async () => {
  house = await openHouse();
  [citizen, clerk] = await Promise.all([house.as('warga'), house.as('clerk.alpha')]);
  expect((await house.deploy(await house.as('analyst'), permitFiles)).status).toBe(200);
});
afterAll(() => house.close());

const apply = (caller: Caller, variables: object = answers, headers = {}) =>
  caller('POST', '/api/v1/applications', { processDefinitionId: 'permit', variables }, headers);
const problem = ({ status, body }: Answer) => [status, body['title']];

async function applied(): Promise<{ readonly reference: string; readonly processInstanceKey: string }> {
  const answer = await apply(citizen);
  expect(answer.status).toBe(201);
  return answer.body as { reference: string; processInstanceKey: string };
}

describe('services', () => {
  test('[API1] anyone sees what is offered, with its stages and its form', async () => {
    const { body } = await house.nobody('GET', '/api/v1/services');
    expect(body['items']).toEqual([
      expect.objectContaining({
        processDefinitionId: 'permit',
        name: 'Izin Uji',
        nameEn: 'Test permit',
        agency: 'alpha',
        agencyName: 'Dinas Alpha',
      }),
    ]);
    const one = await house.nobody('GET', '/api/v1/services/permit');
    expect((one.body['stages'] as { label: string }[]).map(({ label }) => label)).toEqual([
      'Pengajuan',
      'Pemeriksaan',
      'Pemasangan',
      'Selesai',
    ]);
    expect(one.body['form']).toMatchObject({ id: 'permit-apply' });
    expect(problem(await house.nobody('GET', '/api/v1/services/nope'))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('an application', () => {
  test('[API2] is numbered, belongs to its applicant, and carries no name from the form', async () => {
    const { reference, processInstanceKey } = await applied();
    expect(reference).toMatch(/^IZIN-\d{4}-\d{6}$/);
    const second = await apply(citizen, { ...answers, applicant: { username: 'warga2' }, decided: true });
    expect(second.body['reference']).not.toBe(reference);
    const operator = await house.as('operator');
    const { body } = await operator('POST', '/v2/variables/search', { filter: { processInstanceKey: second.body['processInstanceKey'] } });
    const variables = new Map((body['items'] as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
    expect(JSON.parse(variables.get('applicant') ?? 'null')).toEqual({ username: 'warga', name: 'Siti Rahmawati' });
    expect(variables.has('decided')).toBe(false);
    expect((await operator('GET', `/v2/process-instances/${processInstanceKey}`)).body['businessId']).toBe(reference);
  });

  test('[API3] with wrong answers is refused by field, and nothing begins', async () => {
    const before = (await citizen('GET', '/api/v1/applications')).body['totalItems'];
    const answer = await apply(citizen, { nik: 'x', size: '4' });
    expect(problem(answer)).toEqual([422, 'FORM_INVALID']);
    expect((answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(['/variables/nik', '/variables/size']);
    expect((await citizen('GET', '/api/v1/applications')).body['totalItems']).toBe(before);
  });

  test('[API4] sent twice with the same key begins once; the same key with another body is refused', async () => {
    const headers = { 'idempotency-key': 'a-1' };
    const [first, again] = [await apply(citizen, answers, headers), await apply(citizen, answers, headers)];
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(problem(await apply(citizen, { ...answers, size: 41 }, headers))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const other = await apply(await house.as('warga2'), answers, headers);
    expect(other.body['reference']).not.toBe(first.body['reference']);
  });

  test('[API5] is for citizens: staff and strangers are refused', async () => {
    expect(problem(await apply(clerk))).toEqual([403, 'FORBIDDEN']);
    expect(problem(await apply(house.nobody))).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('[API5] of somebody else is not there', async () => {
    const { reference } = await applied();
    expect(problem(await (await house.as('warga2'))('GET', `/api/v1/applications/${reference}`))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await citizen('GET', '/api/v1/applications/IZIN-2000-000001'))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('tracking', () => {
  test('[API6] tells stage by stage who has it, to the end, without clerks and engine words', async () => {
    const { reference, processInstanceKey } = await applied();
    const track = async () => (await citizen('GET', `/api/v1/applications/${reference}`)).body;
    const states = (body: Record<string, unknown>) => (body['stages'] as { state: string }[]).map(({ state }) => state);

    const atStart = await track();
    expect(states(atStart)).toEqual(['done', 'current', 'todo', 'todo']);
    expect(atStart).toMatchObject({
      state: 'active',
      serviceName: 'Izin Uji',
      waitingFor: { kind: 'agency', agency: 'alpha', agencyName: 'Dinas Alpha', step: 'Putuskan', stepEn: 'Decide' },
      tasks: [],
      outcome: null,
    });

    const list = await clerk('GET', `/api/v1/tasks?view=unit&q=${reference}`);
    const [task] = list.body['items'] as Record<string, unknown>[];
    expect(task).toMatchObject({ reference, serviceName: 'Izin Uji', agencyName: 'Dinas Alpha', elementId: 'decide' });
    const detail = await clerk('GET', `/api/v1/tasks/${String(task?.['userTaskKey'])}`);
    expect(detail.body).toMatchObject({ form: { id: 'permit-decide' }, variables: { nik: answers.nik }, case: { reference, tasks: [] } });
    expect(
      (await clerk('POST', `/v2/user-tasks/${String(task?.['userTaskKey'])}/completion`, { variables: { approved: true } })).status,
    ).toBe(204);

    expect(states(await track())).toEqual(['done', 'done', 'current', 'todo']);
    const integrator = await house.as('integrator');
    const { body } = await integrator('POST', '/v2/jobs/activation', {
      type: 'provision',
      timeout: 60_000,
      maxJobsToActivate: 100,
      requestTimeout: -1,
    });
    const job = (body['jobs'] as Record<string, unknown>[]).find((one) => one['processInstanceKey'] === processInstanceKey);
    await integrator('POST', `/v2/jobs/${String(job?.['jobKey'])}/completion`, {});

    const mine = await track();
    expect(mine).toMatchObject({
      waitingFor: { kind: 'you', step: 'Konfirmasi' },
      tasks: [{ name: 'Konfirmasi', form: { id: 'permit-confirm' } }],
    });
    const unit = await clerk('GET', `/api/v1/tasks?view=unit&q=${reference}`);
    expect(unit.body['items']).toEqual([]);
    const [own] = mine['tasks'] as { userTaskKey: string }[];
    const address = `/api/v1/applications/${reference}/tasks/${own?.userTaskKey ?? ''}/completion`;
    expect(problem(await (await house.as('warga2'))('POST', address, { variables: { works: true } }))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await citizen('POST', address, { variables: {} }))).toEqual([422, 'FORM_INVALID']);
    expect((await citizen('POST', address, { variables: { works: true } })).status).toBe(204);
    expect(problem(await citizen('POST', address, { variables: { works: true } }))).toEqual([409, 'INVALID_STATE']);

    const ended = await track();
    expect(states(ended)).toEqual(['done', 'done', 'done', 'done']);
    expect(ended).toMatchObject({ state: 'completed', outcome: 'Izin terbit', outcomeEn: 'Permit issued', waitingFor: null });
    expect(JSON.stringify(ended)).not.toMatch(/clerk|Andi|USER_TASK|elementInstance/);
  });
});

describe("the clerk's lists", () => {
  test('[API7] each agency sees its own', async () => {
    await applied();
    expect((await clerk('GET', '/api/v1/tasks')).body['totalItems']).toBeGreaterThan(0);
    expect((await (await house.as('clerk.beta'))('GET', '/api/v1/tasks')).body).toMatchObject({
      items: [],
      counts: { unit: 0, mine: 0, overdue: 0, done: 0 },
    });
    expect(problem(await clerk('GET', '/api/v1/tasks?view=all'))).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem(await citizen('GET', '/api/v1/tasks'))).toEqual([403, 'FORBIDDEN']);
  });

  test('[API7] a case is told to the agencies that take part', async () => {
    const { processInstanceKey } = await applied();
    const told = await clerk('GET', `/api/v1/cases/${processInstanceKey}`);
    expect(told.body).toMatchObject({
      processInstanceKey,
      elements: expect.arrayContaining([expect.objectContaining({ elementId: 'decide', state: 'ACTIVE' })]),
    });
    expect(problem(await (await house.as('clerk.beta'))('GET', `/api/v1/cases/${processInstanceKey}`))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('drafts, console, workshop', () => {
  test("[API8] a draft is its writer's alone", async () => {
    expect((await citizen('PUT', '/api/v1/drafts/service-permit', { values: { nik: '1' } })).status).toBe(200);
    expect((await citizen('GET', '/api/v1/drafts/service-permit')).body).toMatchObject({ values: { nik: '1' } });
    expect(problem(await (await house.as('warga2'))('GET', '/api/v1/drafts/service-permit'))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await citizen('PUT', '/api/v1/drafts/..%2Fother', { values: {} }))).toEqual([400, 'INVALID_ARGUMENT']);
    expect((await citizen('DELETE', '/api/v1/drafts/service-permit')).status).toBe(204);
  });

  test('[API9] operators and evaluators see how things stand, clerks do not', async () => {
    const { body } = await (await house.as('evaluator'))('GET', '/api/v1/console/summary');
    expect(body).toMatchObject({
      instances: { active: expect.any(Number) },
      queues: { kind: 'in-process' },
      agencies: [{ agencyId: 'alpha' }, { agencyId: 'beta' }],
    });
    expect(problem(await clerk('GET', '/api/v1/console/summary'))).toEqual([403, 'FORBIDDEN']);
  });

  test('[API10] a diagram is checked without being deployed', async () => {
    const analyst = await house.as('analyst');
    expect((await analyst('POST', '/api/v1/check', { xml: permitFiles['permit.bpmn'] })).body['problems']).toEqual([]);
    expect((await analyst('POST', '/api/v1/check', { xml: '<!DOCTYPE a><a/>' })).body['problems']).toEqual([
      expect.objectContaining({ severity: 'error' }),
    ]);
    expect(problem(await clerk('POST', '/api/v1/check', { xml: '' }))).toEqual([403, 'FORBIDDEN']);
  });

  test('[API11] an unknown verification code is not valid, and an unknown document not there', async () => {
    expect((await house.nobody('GET', '/api/v1/verifications/ABCDEFGHJKLM')).body).toEqual({ valid: false });
    expect(problem(await clerk('GET', '/api/v1/documents/ABCDEFGHJKLM'))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('documents', () => {
  test('[API12] a permit is for its applicant and the agencies of the case; its code proves it to anyone without telling the name', async () => {
    // given
    const { processInstanceKey, reference } = await applied();
    const keep = documentSink(
      () => Promise.resolve(house.runtime.store),
      () => 0,
    );
    const metadata = {
      code: '23456789ABCDEFGHJKLM',
      number: 'SK-1',
      title: 'Izin',
      holder: 'Siti Rahmawati',
      issuedAt: '2026-11-23T00:00:00.000Z',
    };
    const permit = {
      id: '1',
      name: 'SK "1".pdf',
      contentType: 'application/pdf',
      bytes: Buffer.from('%PDF-first'),
      sha256: 'aa',
      processInstanceKey,
      businessId: reference,
      metadata,
    };
    // when: the job is delivered twice, the second time with other bytes
    const { documentId } = await keep(permit);
    expect(await keep({ ...permit, bytes: Buffer.from('%PDF-second') })).toEqual({ documentId });
    // then
    const address = `/api/v1/documents/${documentId}`;
    const file = await citizen('GET', address);
    expect([file.status, file.text, file.headers.get('content-type')]).toEqual([200, '%PDF-first', 'application/pdf']);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="SK _1_.pdf"; filename*=UTF-8''SK%20%221%22.pdf`);
    expect((await clerk('GET', address)).status).toBe(200);
    for (const other of ['warga2', 'clerk.beta'])
      expect(problem(await (await house.as(other))('GET', address))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await house.nobody('GET', address))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await house.nobody('GET', '/api/v1/verifications/2345-6789-abcd-efgh-jklm')).body).toEqual({
      valid: true,
      number: 'SK-1',
      service: 'Izin',
      holder: 'S*** R********',
      issuedAt: metadata.issuedAt,
      sha256: 'aa',
    });
    expect((await citizen('GET', `/api/v1/applications/${reference}`)).body['documents']).toEqual([
      expect.objectContaining({ documentId, size: 10 }),
    ]);
  });
});

describe('events', () => {
  test("[API13] a person hears of the own cases and not of others'", async () => {
    const listen = async (username: string) => {
      const caller = await house.nobody('POST', '/api/v1/session', { username, password: 'correct horse battery' });
      const stop = new AbortController();
      const response = await fetch(`${house.url}/api/v1/events`, {
        headers: { cookie: caller.headers.get('set-cookie')?.split(';')[0] ?? '' },
        signal: stop.signal,
      });
      return { reader: response.body!.pipeThrough(new TextDecoderStream()).getReader(), stop };
    };
    const [own, foreign] = [await listen('warga'), await listen('clerk.beta')];
    await own.reader.read();
    await foreign.reader.read();
    const { processInstanceKey } = await applied();
    let heard = '';
    while (!heard.includes(processInstanceKey)) heard += (await own.reader.read()).value ?? '';
    expect(heard).toMatch(/event: change\ndata: \{"processInstanceKey":/);
    const silence = foreign.reader.read().then(
      ({ value }) => value,
      () => undefined,
    );
    foreign.stop.abort();
    expect((await silence) ?? '').not.toContain(processInstanceKey);
    own.stop.abort();
  });
});
