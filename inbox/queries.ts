/** What the inbox asks the server; shapes of docs/api.md. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Case } from '../ui/case/case.ts';
import { request } from '../ui/client.ts';
import { live } from '../ui/events.ts';
import type { FormSchema, Values } from '../ui/forms/schema.ts';

export type View = 'mine' | 'unit' | 'overdue' | 'done';
export const views: readonly View[] = ['unit', 'mine', 'overdue', 'done'];

/** One row of the inbox. Times are ISO 8601. */
export interface Task {
  readonly userTaskKey: string;
  readonly name: string;
  readonly nameEn?: string | null;
  readonly state: string;
  readonly assignee: string | null;
  /** the name behind `assignee`, where the server tells it */
  readonly assigneeName?: string | null;
  readonly elementId: string;
  readonly processInstanceKey: string;
  readonly processDefinitionKey: string;
  readonly creationDate: string;
  readonly completionDate?: string | null;
  readonly dueDate?: string | null;
  readonly priority?: number;
  readonly reference?: string | null;
  readonly serviceName?: string | null;
  readonly serviceNameEn?: string | null;
  readonly agencyName?: string | null;
  /** what this agency may know of the applicant, e.g. a name */
  readonly applicant?: string | null;
}

export interface TaskList {
  readonly items: readonly Task[];
  readonly totalItems: number;
  readonly endCursor?: string | null;
  readonly counts: Readonly<Record<View, number>>;
}

export interface TaskDetail {
  readonly task: Task;
  readonly form: FormSchema | null;
  readonly variables: Values;
  readonly case: Case;
  readonly raises: readonly Raisable[];
}

/** An event of the diagram that catches what a clerk raises. An empty code is caught with every code. */
export interface Raisable {
  readonly kind: 'error' | 'escalation';
  readonly code: string;
  /** the task ends with it */
  readonly interrupting: boolean;
  readonly name: string;
  readonly nameEn: string | null;
}

/** What the list is asked for; it lives in the address, so that it can be shared and come back to. */
export interface ListQuery {
  readonly view: View;
  readonly q: string;
  readonly after: string;
}

export const pageSize = 25;

export function listAddress({ view, q, after }: ListQuery, limit = pageSize): string {
  const search = new URLSearchParams({ view, limit: String(limit) });
  if (q) search.set('q', q);
  if (after) search.set('after', after);
  return `/api/v1/tasks?${search.toString()}`;
}

export function useTasks(query: ListQuery): UseQueryResult<TaskList> {
  return useQuery({
    queryKey: [live(['userTasks']), 'tasks', query],
    queryFn: () => request(listAddress(query)),
    placeholderData: keepPreviousData,
  });
}

export function useTask(key: string): UseQueryResult<TaskDetail> {
  return useQuery({
    queryKey: [live(['userTasks', 'elementInstances', 'documents', 'processInstances', 'jobs', 'incidents']), 'task', key],
    queryFn: () => request(`/api/v1/tasks/${encodeURIComponent(key)}`),
  });
}

/** The form that the case began with, for the words of its questions. A process that no longer is a service has none: its data shows plainer. */
export function useServiceForm(processDefinitionId: string): UseQueryResult<{ readonly form: FormSchema | null }> {
  return useQuery({
    queryKey: ['service-form', processDefinitionId],
    queryFn: () => request(`/api/v1/services/${encodeURIComponent(processDefinitionId)}`),
    staleTime: Infinity,
    retry: false,
  });
}
