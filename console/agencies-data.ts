/** What the screens of the register ask the server for, and what they tell it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemError, request } from '../ui/client.ts';

export const environments = ['live', 'sandbox'] as const;
export type Environment = (typeof environments)[number];

export interface AgencyRow {
  readonly agencyId: string;
  readonly name: string;
  readonly nameEn: string;
}
export interface Connection {
  readonly environment: Environment;
  readonly url: string;
  readonly credentialId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly names: { readonly idempotency?: string | null; readonly caseReference?: string | null } | null;
  readonly xRoadClient: string | null;
  readonly timeoutMs: number | null;
  readonly limits: object | null;
  readonly maintenance: readonly { readonly from: string; readonly until: string; readonly reason: string }[];
}
export interface Credential {
  readonly credentialId: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly expiry: 'fine' | 'soon' | 'expired';
}
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly inputs: readonly { readonly place: string; readonly type: string; readonly required: boolean }[];
  readonly outputs: readonly { readonly place: string; readonly type: string }[];
  readonly unusable?: string;
  readonly picked?: boolean;
}
export interface Registration {
  readonly agencyId: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: 'agency' | 'provider';
  readonly description: string;
  readonly contacts: readonly { readonly name: string; readonly role: string; readonly mail: string; readonly phone: string }[];
  readonly units: readonly string[];
  readonly environment: Environment;
  readonly connections: readonly Connection[];
  readonly credentials: readonly Credential[];
  readonly contract: {
    readonly version: number;
    readonly title: string;
    readonly apiVersion: string;
    readonly importedAt: string;
    readonly operations: readonly Operation[];
  } | null;
}
export interface Change {
  readonly operationId: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly breaking: boolean;
  readonly fields: readonly {
    readonly place: string;
    readonly change: string;
    readonly before?: string;
    readonly after?: string;
    readonly breaking: boolean;
  }[];
}
export interface Inspection {
  readonly format: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly servers: readonly string[];
  readonly notes: readonly string[];
  readonly operations: readonly Operation[];
  readonly changes: readonly Change[];
  readonly touched: readonly { readonly processDefinitionId: string; readonly name: string; readonly operations: readonly string[] }[];
  readonly breaking: boolean;
}
export interface Tried {
  readonly outcome: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly detail: string;
}

export const addressOf = (agencyId: string, rest = ''): string => `/api/v1/agencies/${encodeURIComponent(agencyId)}${rest}`;

export function useAgencies(): UseQueryResult<{ readonly items: readonly AgencyRow[] }> {
  return useQuery({ queryKey: ['agencies'], queryFn: () => request<{ items: readonly AgencyRow[] }>('/api/v1/agencies') });
}

export function useRegistration(agencyId: string): UseQueryResult<Registration> {
  return useQuery({ queryKey: ['agency', agencyId], queryFn: () => request<Registration>(addressOf(agencyId, '/registration')) });
}

/** What the server said is wrong: its sentence, and the places. */
export interface Refusal {
  readonly message: string;
  readonly details: readonly string[];
}

export interface Sending<T> {
  readonly busy: boolean;
  readonly refusal: Refusal | undefined;
  readonly answer: T | undefined;
  readonly send: (path: string, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', body?: unknown) => Promise<T | undefined>;
}

/** One command of a form. What it answered stays until the next; what the screen shows of `keys` is fetched again. */
export function useSending<T = unknown>(keys: readonly string[] = ['agencies', 'agency']): Sending<T> {
  const client = useQueryClient();
  const [state, setState] = useState<Pick<Sending<T>, 'busy' | 'refusal' | 'answer'>>({
    busy: false,
    refusal: undefined,
    answer: undefined,
  });
  const send: Sending<T>['send'] = async (path, method, body) => {
    setState({ busy: true, refusal: undefined, answer: undefined });
    try {
      const answer = await request<T>(path, { method, ...(body === undefined ? {} : { body }) });
      await client.invalidateQueries({ predicate: ({ queryKey }) => keys.includes(String(queryKey[0])) });
      setState({ busy: false, refusal: undefined, answer });
      return answer;
    } catch (error) {
      setState({ busy: false, refusal: refusalOf(error), answer: undefined });
      return undefined;
    }
  };
  return { ...state, send };
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ProblemError)) return { message: error instanceof Error ? error.message : String(error), details: [] };
  const { detail, errors = [], problems = [] } = error.problem;
  const told = [...errors, ...(problems as readonly { readonly detail?: unknown }[])].flatMap((one) =>
    typeof one.detail === 'string' ? one.detail : [],
  );
  return { message: detail ?? error.message, details: told.filter((one) => one !== detail) };
}
