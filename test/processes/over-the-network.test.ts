/** The shipped services with the built-in workers against the sandboxes: everything real but the people. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Variables } from '../../engine/terms.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { startSandboxes, type Sandboxes } from '../../sandbox/index.ts';
import { readServiceFolder } from '../../scenarios/index.ts';
import { createHandlers, type Handlers, type Mail, type NewDocument } from '../../workers/index.ts';
import { directoryOf } from '../../workers/directory.ts';
import { createFeel } from '../../runtime/feel.ts';

const processes = join(import.meta.dirname, '../../processes');
jest.setTimeout(60_000); // two shared cores: the wait is for events, not for a time
const by = { id: 'test' };
const house: Variables = {
  applicant: { username: 'siti', name: 'Siti' },
  nik: '3573014203850002',
  siteAddress: 'Jl. Kawi 12',
  parcelNumber: '35730100000001',
  buildingFunction: 'hunian',
  floors: 2,
  buildingArea: 150,
  groundArea: 90,
};

interface World {
  readonly runtime: Runtime;
  readonly sandboxes: Sandboxes;
  readonly documents: NewDocument[];
  readonly mails: Mail[];
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function world(service = 'building-permit'): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-net-'));
  const agenciesFolder = join(processes, 'agencies');
  const sandboxes = await startSandboxes({ folder: agenciesFolder, laterMs: null, retryAfter: 0 });
  const documents: NewDocument[] = [];
  const mails: Mail[] = [];
  const handlers: Handlers = createHandlers({
    directory: directoryOf(
      new Map(
        sandboxes.agencies.map(({ agencyId, url, xRoadClient }) => [
          agencyId,
          { url, trusted: true, ...(xRoadClient === undefined ? {} : { xRoadClient }) },
        ]),
      ),
      agenciesFolder,
    ),
    evaluate: createFeel('Asia/Jakarta', Date.now),
    publicUrl: 'http://localhost:8080',
    zone: 'Asia/Jakarta',
    secret: 'test',
    now: () => Date.now(),
    putDocument: (document) => (documents.push(document), Promise.resolve({ documentId: document.id })),
    outbox: (mail) => (mails.push(mail), Promise.resolve()),
  });
  const runtime = await openRuntime({
    config: { databaseUrl: 'memory:', queue: 'in-process', clock: 'real', data: folder },
    handlers,
    retryBackOffMs: 5,
  });
  closing.push(
    () => runtime.close(),
    () => handlers.close(),
    () => sandboxes.close(),
    () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  );
  expect((await runtime.deploy(readServiceFolder(join(processes, service)).resources, by)).ok).toBe(true);
  return { runtime, sandboxes, documents, mails };
}

async function start(runtime: Runtime, variables: Variables, processDefinitionId = 'pbg'): Promise<string> {
  const answer = await runtime.startInstance({ processDefinitionId, variables }, by);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.processInstanceKey;
}

/** Waits for a change of the case, not for a time. */
async function until<T>(runtime: Runtime, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      const stop = runtime.onChange(() => (stop(), resolve()));
    });
    const found = await look();
    if (found !== undefined) return found;
    await changed;
  }
}

async function row(
  runtime: Runtime,
  collection: 'userTasks' | 'elementInstances' | 'jobs' | 'incidents',
  filter: Row,
): Promise<Row | undefined> {
  return (await runtime.store.search(collection, { filter })).items[0];
}

async function answer(runtime: Runtime, elementId: string, variables: Variables): Promise<void> {
  const task = await until(runtime, () => row(runtime, 'userTasks', { elementId, state: 'CREATED' }));
  expect(await runtime.execute(String(task['userTaskKey']), { type: 'complete-user-task', variables, by })).toMatchObject({ ok: true });
}

const ended = (runtime: Runtime, elementId: string): Promise<Row> =>
  until(runtime, () => row(runtime, 'elementInstances', { elementId, state: 'COMPLETED' }));

async function approved({ runtime }: World): Promise<void> {
  await answer(runtime, 'inspect-fire-safety', { fireResult: 'lulus' });
  await answer(runtime, 'examine-application', { decision: 'approve' });
}

async function pay({ runtime, sandboxes }: World): Promise<void> {
  await until(runtime, () => row(runtime, 'elementInstances', { elementId: 'await-payment', state: 'ACTIVE' }));
  const paid = sandboxes.of('bapenda')!.act('pay', { billNumber: 'TGH-000001' });
  await runtime.publishMessage(
    {
      name: 'pembayaran-diterima',
      correlationKey: 'TGH-000001',
      timeToLive: 60_000,
      variables: { payment: (paid?.['payment'] ?? null) as never },
    },
    by,
  );
}

describe('building permit over the network', () => {
  test('[SH10] from the application to the permit', async () => {
    const here = await world();
    await start(here.runtime, house);
    await approved(here);
    await pay(here);
    await ended(here.runtime, 'permit-issued');
    expect(here.documents).toHaveLength(1);
    expect(here.mails.map(({ subject }) => subject)).toEqual(['PBG Anda terbit']);
  });

  test.each([
    ['3573010000009999', '35730100000001', 'rejected-resident'],
    ['3573014203850002', '35730100000013', 'rejected-disputed'],
    ['3573014203850002', '35730100000003', 'rejected-zone'],
  ])('[SH11] NIK %s, parcel %s: %s, and the citizen is told', async (nik, parcelNumber, end) => {
    const { runtime, mails, documents } = await world();
    await start(runtime, { ...house, nik, parcelNumber });
    await ended(runtime, end);
    expect(mails).toHaveLength(1);
    expect(documents).toHaveLength(0);
  });

  test('[SH12] an unknown parcel goes back to the citizen', async () => {
    const { runtime } = await world();
    await start(runtime, { ...house, parcelNumber: '35730100000099' });
    await answer(runtime, 'correct-application', { parcelNumber: '35730100000001' });
    await until(runtime, () => row(runtime, 'userTasks', { elementId: 'inspect-fire-safety', state: 'CREATED' }));
  });

  test('[SH13] the tax office down, then answering nonsense, then well: one bill', async () => {
    const here = await world();
    const bapenda = here.sandboxes.of('bapenda')!;
    bapenda.setFault('down');
    await start(here.runtime, house);
    await approved(here);
    const failed = (left: number): Promise<Row> =>
      until(here.runtime, async () => {
        const job = await row(here.runtime, 'jobs', { elementId: 'create-bill' });
        return job !== undefined && Number(job['retries']) <= left ? job : undefined;
      });
    await failed(4);
    bapenda.setFault('wrong-body');
    await failed(3);
    bapenda.setFault('none');
    await pay(here);
    await ended(here.runtime, 'permit-issued');
    expect([...bapenda.effects().values()]).toEqual([1]);
    expect(await row(here.runtime, 'incidents', {})).toBeUndefined();
  });
});

describe('death certificate over the network', () => {
  const informed = ['bpjs', 'taspen', 'dinsos', 'kpu', 'bapenda'];
  const report: Variables = { applicant: house['applicant']!, dateOfDeath: '2026-09-01', placeOfDeath: 'RSUD Kota', relation: 'anak' };

  async function confirm({ runtime, sandboxes }: World): Promise<void> {
    await until(runtime, () => row(runtime, 'elementInstances', { elementId: 'kpu-confirmed', state: 'ACTIVE' }));
    const requestNumber = 'KPU-000001';
    const voter = sandboxes.of('kpu')!.act('compare', { requestNumber }) as never;
    await runtime.publishMessage({ name: 'kpu-selesai', correlationKey: requestNumber, timeToLive: 60_000, variables: { voter } }, by);
  }
  const effects = ({ sandboxes }: World): number[] => informed.map((agency) => [...sandboxes.of(agency)!.effects().values()].length);

  test('[SH14] one report: five agencies confirm (X-Road, SOAP, 200 with success inside, later, plain), then the certificate', async () => {
    const here = await world('death-certificate');
    await start(here.runtime, { ...report, deceasedNik: '3573021708900002' }, 'akta-kematian');
    await answer(here.runtime, 'verify-report', { decision: 'approve' });
    await confirm(here);
    await ended(here.runtime, 'certificate-issued');
    expect(effects(here)).toEqual([1, 1, 1, 1, 1]);
    expect(here.documents).toHaveLength(1);
  });

  test('[SH15] one agency is down and one answers 200 with an error: the others are informed, nothing is done twice, the certificate waits', async () => {
    const here = await world('death-certificate');
    const bpjs = here.sandboxes.of('bpjs')!;
    bpjs.setFault('down');
    await start(here.runtime, { ...report, deceasedNik: '3573021708900001' }, 'akta-kematian');
    await answer(here.runtime, 'verify-report', { decision: 'approve' });
    await confirm(here);
    await ended(here.runtime, 'aid-settled');
    await ended(here.runtime, 'inform-taspen');
    await ended(here.runtime, 'inform-bapenda');
    expect(here.documents).toHaveLength(0);
    bpjs.setFault('none');
    await ended(here.runtime, 'certificate-issued');
    expect(effects(here)).toEqual([1, 1, 1, 1, 1]);
    expect(here.documents).toHaveLength(1);
  });
});
