/** A running server, and the REST client of the older SDK pointed at it with nothing changed but the address. */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CamundaRestClient } from '@camunda8/sdk/dist/c8/lib/CamundaRestClient.js';
import { openHouse, password } from '../server/house.ts';
import type { House } from '../server/house.ts';
import { files as deployed } from './diagrams.ts';

type Client = CamundaRestClient;
type Job = Awaited<ReturnType<Client['activateJobs']>>[number];
type Task = Awaited<ReturnType<Client['searchUserTasks']>>['items'][number];
type Handler = Parameters<Client['createJobWorker']>[0]['jobHandler'];

export interface Sdk {
  readonly house: House;
  readonly client: Client;
  /** key of a deployed process by its id */
  readonly definitions: ReadonlyMap<string, string>;
  begin(processDefinitionId: string, variables?: object): Promise<string>;
  take(type: string): Promise<Job>;
  /** a worker for one job; answers the key of the job's case */
  work(type: string, handler: Handler): Promise<string>;
  /** the open task of a new case */
  task(variables?: object): Promise<Task>;
  stateOf(processInstanceKey: string): Promise<unknown>;
  document(): ReturnType<Client['uploadDocument']>;
  files(names: readonly string[]): ReturnType<typeof createReadStream>[];
  /** path of a file with this content */
  stored(name: string, content: string): string;
  close(): Promise<void>;
}

/** the same task under another name, to migrate to */
const second = (deployed['review.bpmn'] ?? '').replaceAll('"review"', '"second"').replaceAll('read', 'check');

export async function openSdk(): Promise<Sdk> {
  const house = await openHouse();
  const folder = mkdtempSync(join(tmpdir(), 'alur-sdk-'));
  const client = new CamundaRestClient({
    config: {
      ZEEBE_REST_ADDRESS: house.url,
      CAMUNDA_AUTH_STRATEGY: 'BASIC',
      CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
      CAMUNDA_BASIC_AUTH_PASSWORD: password,
      CAMUNDA_LOG_LEVEL: 'none',
    },
  });
  const resources = Object.entries({ ...deployed, 'second.bpmn': second }).map(([name, content]) => ({ name, content }));
  const { processes } = await client.deployResources(resources);
  const definitions = new Map(processes.map((one) => [one.processDefinitionId, one.processDefinitionKey]));
  const begin = async (processDefinitionId: string, variables = {}) =>
    (await client.createProcessInstance({ processDefinitionId, variables })).processInstanceKey;
  return {
    house,
    client,
    definitions,
    begin,
    async take(type) {
      const [job] = await client.activateJobs({ type, worker: 'tester', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: -1 });
      if (job === undefined) throw new Error(`Expected a job of type ${type}, but there is none`);
      return job;
    },
    work: (type, handler) => worked(client, type, handler),
    async task(variables = {}) {
      const { items } = await client.searchUserTasks({
        filter: { processInstanceKey: await begin('review', variables), state: 'CREATED' },
      });
      if (items[0] === undefined) throw new Error('Expected a task, but there is none');
      return items[0];
    },
    stateOf: async (processInstanceKey) => (await house.runtime.store.get('processInstances', processInstanceKey))?.['state'],
    document: () =>
      client.uploadDocument({ file: Buffer.from('peta') as never, metadata: { fileName: 'peta.txt', contentType: 'text/plain' } }),
    files: (names) => names.map((name) => createReadStream(written(join(folder, name), name))),
    stored: (name, content) => written(join(folder, name), content),
    async close() {
      client.stopWorkers();
      rmSync(folder, { recursive: true, force: true });
      await house.close();
    },
  };
}

function written(path: string, content: string): string {
  writeFileSync(path, content);
  return path;
}

async function worked(client: Client, type: string, handler: Handler): Promise<string> {
  const seen = Promise.withResolvers<string>();
  const worker = client.createJobWorker({
    type,
    worker: 'tester',
    timeout: 60_000,
    maxJobsToActivate: 1,
    pollIntervalMs: 20,
    jobHandler: async (job, log) => {
      const receipt = await handler(job, log);
      seen.resolve(job.processInstanceKey);
      return receipt;
    },
  });
  const processInstanceKey = await seen.promise;
  await worker.stop();
  return processInstanceKey;
}
