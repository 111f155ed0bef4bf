/** How clients say who they are: both official clients, each with both of its ways, with nothing changed but the address and the credentials. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { CamundaRestClient } from '@camunda8/sdk/dist/c8/lib/CamundaRestClient.js';
import { openHouse, password } from '../server/house.ts';
import type { House } from '../server/house.ts';
import { files } from './diagrams.ts';

const BASIC = { CAMUNDA_AUTH_STRATEGY: 'BASIC', CAMUNDA_BASIC_AUTH_USERNAME: 'admin', CAMUNDA_BASIC_AUTH_PASSWORD: password } as const;
let house: House;
let OAUTH: { readonly CAMUNDA_AUTH_STRATEGY: 'OAUTH' } & Readonly<Record<string, string>>;
beforeAll(async () => {
  house = await openHouse();
  const admin = await house.as('admin');
  const { body } = await admin('POST', '/api/v1/clients', { name: 'Quick start', roles: ['analyst', 'integrator', 'operator'] });
  OAUTH = {
    CAMUNDA_AUTH_STRATEGY: 'OAUTH',
    CAMUNDA_OAUTH_URL: `${house.url}/oauth/token`,
    CAMUNDA_CLIENT_ID: String(body['clientId']),
    CAMUNDA_CLIENT_SECRET: String(body['clientSecret']),
    // the older client's names for the same two
    ZEEBE_CLIENT_ID: String(body['clientId']),
    ZEEBE_CLIENT_SECRET: String(body['clientSecret']),
    CAMUNDA_TOKEN_DISK_CACHE_DISABLE: 'true',
  };
});
afterAll(() => house.close());
const resources = Object.entries(files);
const ways = () => ({ BASIC, OAUTH });

describe.each(['BASIC', 'OAUTH'] as const)('with the strategy %s', (way) => {
  test('[V2-100] the client deploys, starts and works', async () => {
    const config = { ...ways()[way], CAMUNDA_REST_ADDRESS: house.url, CAMUNDA_SDK_VALIDATION: 'req:strict,res:strict' };
    const client = createCamundaClient({ config });
    await client.createDeployment({ resources: resources.map(([name, text]) => new File([text], name)) });
    const { processInstanceKey } = await client.createProcessInstance({ processDefinitionId: 'weighing' as never, variables: {} });
    const worked = Promise.withResolvers<string>();
    client.createJobWorker({
      jobType: 'weigh',
      workerName: 'w',
      maxParallelJobs: 1,
      jobTimeoutMs: 30_000,
      pollIntervalMs: 20,
      jobHandler: async (job) => {
        const receipt = await job.complete({ weight: 2 });
        worked.resolve(String(job.processInstanceKey));
        return receipt;
      },
    });
    expect(await worked.promise).toBe(String(processInstanceKey));
    await Promise.resolve(client.stopAllWorkers());
    const me = await client.getAuthentication();
    expect(me.username).toBe(way === 'BASIC' ? 'admin' : OAUTH['CAMUNDA_CLIENT_ID']);
  });

  test('[V2-100] the older client deploys, starts and works', async () => {
    const client = new CamundaRestClient({ config: { ...ways()[way], ZEEBE_REST_ADDRESS: house.url, CAMUNDA_LOG_LEVEL: 'none' } });
    await client.deployResources(resources.map(([name, content]) => ({ name, content })));
    const { processInstanceKey } = await client.createProcessInstance({ processDefinitionId: 'weighing', variables: {} });
    const [job] = await client.activateJobs({ type: 'weigh', worker: 'w', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: -1 });
    expect(job?.processInstanceKey).toBe(processInstanceKey);
    await job?.complete({ weight: 2 });
    expect((await house.runtime.store.get('processInstances', processInstanceKey))?.['state']).toBe('COMPLETED');
  });
});

test('[V2-100] a client with a wrong secret is refused', async () => {
  const config = { ...OAUTH, CAMUNDA_REST_ADDRESS: house.url, CAMUNDA_CLIENT_SECRET: 'guess', CAMUNDA_OAUTH_RETRY_MAX: 1 };
  await expect(createCamundaClient({ config }).getAuthentication()).rejects.toThrow();
  const wrong = createCamundaClient({ config: { ...BASIC, CAMUNDA_REST_ADDRESS: house.url, CAMUNDA_BASIC_AUTH_PASSWORD: 'guess' } });
  await expect(wrong.getAuthentication()).rejects.toThrow();
});
