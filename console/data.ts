/** What the console asks the server for. Every query is live: a change on the server fetches it again. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Case, Wait } from '../ui/case/case.ts';
import { ProblemError, request, requestText, search } from '../ui/client.ts';
import type { SearchAnswer } from '../ui/client.ts';
import { live } from '../ui/events.ts';
import type { Gate } from './exchanges-data.ts';

export interface IncidentGroup {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly elementId: string;
  readonly elementName: string | null;
  readonly processDefinitionId: string;
  readonly processName: string | null;
  readonly agency: string | null;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly incidentKeys: readonly string[];
}
export interface QueueState {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}
export interface AgencyHealth {
  readonly agencyId: string;
  readonly name: string;
  readonly waitingJobs: number;
  readonly oldestSince: string | null;
  readonly failing: boolean;
  readonly gate: Gate;
}
export interface Summary {
  readonly instances: { readonly active: number; readonly completed: number; readonly terminated: number; readonly withIncident: number };
  readonly incidents: readonly IncidentGroup[];
  readonly queues: { readonly kind: string; readonly entries: readonly QueueState[] };
  readonly agencies: readonly AgencyHealth[];
}
export type Fault = 'none' | 'slow' | 'down' | 'wrong-body';
export interface Sandbox {
  readonly agencyId: string;
  readonly name?: string;
  readonly fault: Fault;
}
export interface Instance {
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionName: string | null;
  readonly processDefinitionKey: string;
  readonly processDefinitionVersion: number;
  readonly businessId?: string | null;
  readonly state: string;
  readonly hasIncident: boolean;
  readonly startDate: string;
  readonly endDate?: string | null;
  readonly lastUpdated?: string | null;
}
export interface ElementInstance {
  readonly elementInstanceKey: string;
  readonly elementId: string;
  readonly elementName: string | null;
  readonly type: string;
  readonly state: string;
  readonly hasIncident?: boolean;
  readonly startDate: string;
  readonly endDate?: string | null;
}
export interface Variable {
  readonly variableKey: string;
  readonly name: string;
  readonly value: string;
  readonly scopeKey: string;
}
export interface Incident {
  readonly incidentKey: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly elementId: string;
  readonly state: string;
  readonly creationTime: string;
  readonly jobKey?: string | null;
}
export interface Job {
  readonly jobKey: string;
  readonly type: string;
  readonly state: string;
  readonly retries: number;
  readonly elementId: string;
  readonly errorMessage?: string | null;
  readonly creationTime?: string | null;
  readonly endTime?: string | null;
}
export interface Definition {
  readonly processDefinitionId: string;
  readonly name: string | null;
}

export function useSummary(): UseQueryResult<Summary> {
  return useQuery({
    queryKey: [live(['incidents', 'jobs', 'processInstances']), 'summary'],
    queryFn: () => request<Summary>('/api/v1/console/summary'),
    refetchInterval: 15_000, // queues move without any instance changing
  });
}

/** Sandbox agencies; null where none run. */
export function useSandbox(): UseQueryResult<readonly Sandbox[] | null> {
  return useQuery({
    queryKey: ['sandbox'],
    queryFn: async () => {
      try {
        return (await request<{ items: readonly Sandbox[] }>('/api/v1/sandbox')).items;
      } catch (error) {
        if (error instanceof ProblemError && [403, 404].includes(error.status)) return null;
        throw error;
      }
    },
  });
}
export const setFault = (agencyId: string, fault: Fault): Promise<void> =>
  request(`/api/v1/sandbox/${encodeURIComponent(agencyId)}`, { method: 'PUT', body: { fault } });

export interface InstanceFilter {
  readonly state?: string;
  readonly processDefinitionId?: string;
  readonly hasIncident?: true;
  readonly businessId?: string;
}
export const pageSize = 25;
export function useInstances(filter: InstanceFilter, page: number): UseQueryResult<SearchAnswer<Instance>> {
  return useQuery({
    queryKey: [live(['processInstances', 'incidents']), 'instances', filter, page],
    queryFn: () =>
      search<Instance>('process-instances', {
        filter,
        sort: [{ field: 'startDate', order: 'DESC' }],
        page: { from: page * pageSize, limit: pageSize },
      }),
    placeholderData: (before) => before,
  });
}
export function useDefinitions(): UseQueryResult<readonly Definition[]> {
  return useQuery({
    queryKey: ['definitions'],
    queryFn: async () => {
      const { items } = await search<Definition>('process-definitions', { filter: { isLatestVersion: true }, page: { limit: 500 } });
      return items;
    },
  });
}

export function useInstance(key: string): UseQueryResult<Instance> {
  return useQuery({
    queryKey: [live(['processInstances', 'incidents'], key), 'instance', key],
    queryFn: () => request<Instance>(`/v2/process-instances/${key}`),
  });
}
/** The things of one instance, oldest first; at most 1000. */
function useOfInstance<Item>(
  things: string,
  collection: string,
  of: { readonly key: string; readonly sort?: string },
): UseQueryResult<readonly Item[]> {
  return useQuery({
    queryKey: [live([collection], of.key), things, of.key],
    queryFn: async () => {
      const sort = of.sort ? [{ field: of.sort, order: 'ASC' }] : undefined;
      return (await search<Item>(things, { filter: { processInstanceKey: of.key }, ...(sort ? { sort } : {}), page: { limit: 1000 } }))
        .items;
    },
  });
}
export const useElements = (key: string): UseQueryResult<readonly ElementInstance[]> =>
  useOfInstance('element-instances', 'elementInstances', { key, sort: 'startDate' });
export const useVariables = (key: string): UseQueryResult<readonly Variable[]> =>
  useOfInstance('variables', 'variables', { key, sort: 'name' });
export const useIncidents = (key: string): UseQueryResult<readonly Incident[]> =>
  useOfInstance('incidents', 'incidents', { key, sort: 'creationTime' });
export const useJobs = (key: string): UseQueryResult<readonly Job[]> => useOfInstance('jobs', 'jobs', { key });
/** What the case of this instance waits for right now. */
export function useWaits(key: string): UseQueryResult<readonly Wait[]> {
  return useQuery({
    queryKey: [live(['processInstances', 'elementInstances', 'jobs', 'incidents']), 'waits', key],
    queryFn: async () => (await request<Case>(`/api/v1/cases/${key}`)).waits ?? [],
  });
}
export function useDiagram(definitionKey: string | undefined): UseQueryResult<string> {
  return useQuery({
    queryKey: ['diagram', definitionKey],
    queryFn: () => requestText(`/v2/process-definitions/${definitionKey}/xml`),
    enabled: definitionKey !== undefined,
    staleTime: Infinity, // a deployed version never changes
  });
}

/** Lets a stuck instance try again: gives its job new attempts first, because without them the incident would come back at once. */
export async function retryIncident(incidentKey: string): Promise<void> {
  const incident = await request<Incident>(`/v2/incidents/${incidentKey}`);
  if (incident.jobKey) await request(`/v2/jobs/${incident.jobKey}`, { method: 'PATCH', body: { changeset: { retries: 3 } } });
  await request(`/v2/incidents/${incidentKey}/resolution`, { method: 'POST', body: {} });
}
export const cancelInstance = (key: string): Promise<void> =>
  request(`/v2/process-instances/${key}/cancellation`, { method: 'POST', body: {} });
