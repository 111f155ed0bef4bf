/** What the portal asks the server; shapes of docs/api.md. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Case, Stage, Waiting } from '../ui/case/case.ts';
import { request } from '../ui/client.ts';
import { live } from '../ui/events.ts';
import type { FormSchema } from '../ui/forms/schema.ts';

export interface Service {
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly name: string;
  readonly nameEn?: string | null;
  readonly description?: string | null;
  readonly descriptionEn?: string | null;
  readonly agency?: string | null;
  readonly agencyName?: string | null;
  /** every agency that takes part, where the server names them */
  readonly agencies?: readonly { readonly agencyId: string; readonly name: string; readonly nameEn?: string | null }[];
  readonly stages: readonly Pick<Stage, 'id' | 'label' | 'labelEn'>[];
}

export interface ServiceWithForm extends Service {
  readonly form: FormSchema | null;
}

export interface ApplicationRow {
  readonly reference: string;
  readonly serviceName: string;
  readonly serviceNameEn?: string | null;
  readonly state: 'active' | 'completed' | 'canceled';
  readonly submittedAt: string;
  readonly updatedAt?: string | null;
  readonly stage?: string | null;
  readonly stageEn?: string | null;
  readonly waitingFor: Waiting | null;
}

export function useServices(): UseQueryResult<{ readonly items: readonly Service[] }> {
  return useQuery({ queryKey: ['services'], queryFn: () => request('/api/v1/services') });
}

export function useService(id: string): UseQueryResult<ServiceWithForm> {
  // The form must not change under somebody's hands: it is fetched when the page opens, and not again.
  return useQuery({ queryKey: ['service', id], queryFn: () => request(`/api/v1/services/${encodeURIComponent(id)}`), staleTime: Infinity });
}

/** What changes the way a case looks to its applicant. */
const shown = ['processInstances', 'elementInstances', 'userTasks', 'documents', 'incidents', 'jobs'];

export function useApplications(): UseQueryResult<{ readonly items: readonly ApplicationRow[] }> {
  return useQuery({ queryKey: [live(shown), 'applications'], queryFn: () => request('/api/v1/applications') });
}

export function useApplication(reference: string): UseQueryResult<Case> {
  return useQuery({
    queryKey: [live(shown), 'application', reference],
    queryFn: () => request(`/api/v1/applications/${encodeURIComponent(reference)}`),
  });
}
