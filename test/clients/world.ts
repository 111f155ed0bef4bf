/** A running server, and the official client pointed at it with nothing changed but the address. */
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { openHouse, password } from '../server/house.ts';
import type { House } from '../server/house.ts';
import { files } from './diagrams.ts';

/** an answer of the client, which has checked its shape already: looked into field by field */
export type Shown = Readonly<Record<string, unknown>>;
export interface List {
  readonly items: readonly Shown[];
  readonly page?: { readonly totalItems: number };
}
type Method = (argument?: unknown, consistency?: unknown) => Promise<unknown>;

export interface World {
  readonly house: House;
  /** operations that answered without a fault */
  readonly answered: ReadonlySet<string>;
  /** calls one operation of the client; every read is asked once, without waiting */
  call<T = Shown>(operation: string, argument?: object): Promise<T>;
  /** items of a search */
  find(operation: string, filter?: object, more?: object): Promise<readonly Shown[]>;
  /** key of the newest version of a deployed process */
  definition(processDefinitionId: string): string;
  /** starts a case; answers its key */
  begin(processDefinitionId: string, variables?: object): Promise<string>;
  /** takes the job of a case */
  take(type: string): Promise<Shown>;
  close(): Promise<void>;
}

export const environment = (url: string) => ({
  CAMUNDA_REST_ADDRESS: url,
  CAMUNDA_AUTH_STRATEGY: 'BASIC' as const,
  CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
  CAMUNDA_BASIC_AUTH_PASSWORD: password,
});

export async function openWorld(): Promise<World> {
  const house = await openHouse();
  const config = { ...environment(house.url), CAMUNDA_SDK_VALIDATION: 'req:strict,res:strict' };
  const client = createCamundaClient({ config });
  const methods = client as unknown as Readonly<Record<string, Method>>;
  const answered = new Set<string>();
  const call = async <T = Shown>(operation: string, argument?: object): Promise<T> => {
    const method = methods[operation];
    if (method === undefined) throw new Error(`Expected the client to have ${operation}, but it has not`);
    const consistency = { consistency: { waitUpToMs: 0 } };
    // an operation without parameters takes the consistency first
    const answer = await (argument === undefined && method.length < 3 && takesConsistency(method)
      ? method.call(client, consistency)
      : method.call(client, argument, takesConsistency(method) ? consistency : undefined));
    answered.add(operation);
    return answer as T;
  };
  const deployed = await call<{ readonly processes: readonly Shown[] }>('createDeployment', {
    resources: Object.entries(files).map(([name, text]) => new File([text], name)),
  });
  const keys = new Map(deployed.processes.map((one) => [String(one['processDefinitionId']), String(one['processDefinitionKey'])]));
  const definition = (id: string): string => keys.get(id) ?? '';
  return {
    house,
    answered,
    call,
    find: async (operation, filter, more = {}) =>
      (await call<List>(operation, { ...more, ...(filter === undefined ? {} : { filter }) })).items,
    definition,
    async begin(id, variables = {}) {
      return String((await call('createProcessInstance', { processDefinitionKey: definition(id), variables }))['processInstanceKey']);
    },
    async take(type) {
      const { jobs } = await call<{ readonly jobs: readonly Shown[] }>('activateJobs', {
        type,
        timeout: 60_000,
        maxJobsToActivate: 1,
        worker: 'tester',
        requestTimeout: -1,
      });
      return jobs[0] ?? {};
    },
    close: () => house.close(),
  };
}

function takesConsistency(method: Method): boolean {
  return method.toString().includes('consistencyManagement');
}
