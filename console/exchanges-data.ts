/** What the screens about agencies' calls ask the server for. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { request } from '../ui/client.ts';
import type { SearchAnswer } from '../ui/client.ts';
import { live } from '../ui/events.ts';

export interface Exchange {
  readonly exchangeId: string;
  readonly at: string;
  /** null: we called */
  readonly kind: 'callback' | 'webhook' | null;
  readonly agency: string;
  readonly agencyName: string | null;
  readonly agencyNameEn: string | null;
  readonly operationId: string;
  readonly processDefinitionId: string | null;
  /** null: news that no case has taken yet */
  readonly processInstanceKey: string | null;
  readonly elementId: string;
  readonly purpose: string | null;
  readonly durationMs: number | null;
  readonly outcome: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly sentFields: readonly string[] | null;
  readonly receivedFields: readonly string[] | null;
}
export interface Figures {
  readonly calls: number;
  /** share of 1; null without calls */
  readonly successRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}
/** Whether calls go out to an agency; times in ISO 8601. */
export interface Gate {
  readonly state: 'open' | 'held' | 'maintenance' | 'broken' | 'probing' | 'ramping';
  readonly since: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  readonly until: string | null;
  readonly nextTryAt: string | null;
  readonly failure: string | null;
}
export interface Health extends Figures {
  readonly agencyId: string;
  readonly name: string;
  readonly nameEn: string;
  readonly gate: Gate;
  /** `held`: how many of them wait until the agency is there */
  readonly backlog: { readonly waiting: number; readonly held: number; readonly oldestSince: string | null };
  readonly environment: 'live' | 'sandbox';
  readonly limits: { readonly callsPerMinute?: number; readonly concurrency?: number; readonly callsPerDay?: number };
  readonly quota: { readonly callsPerDay: number; readonly used: number; readonly left: number } | null;
  readonly credential: { readonly kind: string; readonly expiresAt: string | null; readonly expiry: 'fine' | 'soon' | 'expired' } | null;
  readonly lastGoodAt: string | null;
  readonly operations: readonly (Figures & { readonly operationId: string })[];
}

/** milliseconds: calls are told to no browser one by one */
const AGAIN = 10_000;

/** `query`: filters of the address, without `?` */
export function useExchanges(query: string): UseQueryResult<SearchAnswer<Exchange>> {
  return useQuery({
    queryKey: [live(['jobs']), 'exchanges', query],
    queryFn: () => request<SearchAnswer<Exchange>>(`/api/v1/exchanges?${query}`),
    refetchInterval: AGAIN,
    placeholderData: (before) => before,
  });
}

export function useHealth(agencies: readonly string[]): readonly UseQueryResult<Health>[] {
  return useQueries({
    queries: agencies.map((agency) => ({
      queryKey: [live(['jobs']), 'agency-health', agency],
      queryFn: () => request<Health>(`/api/v1/agencies/${encodeURIComponent(agency)}/health`),
      refetchInterval: AGAIN,
    })),
  });
}
