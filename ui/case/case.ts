/** The case as people see it; shapes of docs/api.md, "Tracking". Times are ISO 8601. */
import type { FormSchema, Values } from '../forms/schema.ts';

export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly labelEn?: string | null;
  readonly state: 'done' | 'current' | 'todo';
  readonly startedAt?: string | null;
  readonly endedAt?: string | null;
}

export interface TimelineEntry {
  readonly at: string;
  readonly step: string;
  readonly stepEn?: string | null;
  readonly agency?: string | null;
  readonly agencyName?: string | null;
  readonly agencyNameEn?: string | null;
  readonly state: 'started' | 'done' | 'trouble';
}

export interface Waiting {
  readonly kind: 'you' | 'agency' | 'time';
  readonly agency?: string | null;
  readonly agencyName?: string | null;
  readonly agencyNameEn?: string | null;
  readonly since?: string | null;
  readonly step?: string | null;
  readonly stepEn?: string | null;
  /** what is the matter with the call that is waited for; null where none is */
  readonly how?: How | null;
}

/** `called`: asked, or about to be. `answer`: taken, answered later. `queued`: until its turn comes. The others are trouble. */
export type How = 'called' | 'answer' | 'queued' | 'retrying' | 'stuck' | 'not-answering' | 'held' | 'maintenance';

/** One call to an agency that the case waits for. */
export interface Wait {
  readonly agency: string;
  readonly agencyName?: string | null;
  readonly agencyNameEn?: string | null;
  readonly step?: string | null;
  readonly stepEn?: string | null;
  readonly since?: string | null;
  readonly how: How;
  /** since when the agency's system is as `how` says */
  readonly troubleSince?: string | null;
  /** end of the maintenance */
  readonly until?: string | null;
}

export interface CaseDocument {
  readonly documentId: string;
  readonly name: string;
  readonly contentType?: string;
  /** bytes */
  readonly size?: number;
  readonly createdAt?: string;
}

export interface OwnTask {
  readonly userTaskKey: string;
  readonly name: string;
  readonly nameEn?: string | null;
  readonly form: FormSchema | null;
  readonly variables: Values;
}

export interface Case {
  readonly reference: string;
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly processDefinitionKey: string;
  readonly serviceName: string;
  readonly serviceNameEn?: string | null;
  readonly state: 'active' | 'completed' | 'canceled';
  readonly outcome?: string | null;
  readonly outcomeEn?: string | null;
  readonly submittedAt: string;
  readonly updatedAt?: string | null;
  readonly endedAt?: string | null;
  readonly stages: readonly Stage[];
  readonly waitingFor: Waiting | null;
  readonly waits?: readonly Wait[];
  readonly timeline: readonly TimelineEntry[];
  readonly tasks?: readonly OwnTask[];
  readonly documents: readonly CaseDocument[];
}
