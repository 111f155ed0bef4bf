/** What the screen of alerts asks the server for. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { request } from '../ui/client.ts';
import { live } from '../ui/events.ts';

export interface Alert {
  readonly alertId: string;
  readonly kind: string;
  readonly agencyId: string | null;
  readonly agencyName: string | null;
  readonly agencyNameEn: string | null;
  readonly severity: 'warn' | 'bad';
  readonly state: 'open' | 'resolved';
  readonly values: Readonly<Record<string, string | number | null>>;
  readonly since: string;
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: string | null;
  readonly muted: { readonly until: string; readonly by: string; readonly reason: string | null } | null;
  readonly notifiedAt: string | null;
  readonly escalatedAt: string | null;
  readonly failure: string | null;
}

export const thresholdNames = [
  'downMinutes',
  'backlogCalls',
  'backlogMinutes',
  'expiryDays',
  'incidentHours',
  'quotaPercent',
  'newsRefused',
] as const;
export type Thresholds = Readonly<Record<(typeof thresholdNames)[number], number>>;

export interface Settings {
  readonly owner: string;
  readonly mails: readonly string[];
  readonly escalateTo: readonly string[];
  readonly escalateAfterMinutes: number;
  readonly webhookUrl: string | null;
  readonly webhookSigned: boolean;
  /** only the city's */
  readonly thresholds?: Thresholds;
}

/** milliseconds: the house looks twice a minute */
const AGAIN = 15_000;

export function useAlerts(state: 'open' | 'resolved'): UseQueryResult<{ readonly items: readonly Alert[]; readonly totalItems: number }> {
  return useQuery({
    queryKey: [live(['incidents', 'jobs']), 'alerts', state],
    queryFn: () => request<{ items: readonly Alert[]; totalItems: number }>(`/api/v1/alerts?state=${state}`),
    refetchInterval: AGAIN,
  });
}

export const settingsOf = (owner: string, rest = ''): string => `/api/v1/alert-settings/${encodeURIComponent(owner)}${rest}`;

export function useAlertSettings(owner: string): UseQueryResult<Settings> {
  return useQuery({ queryKey: ['agency', 'alert-settings', owner], queryFn: () => request<Settings>(settingsOf(owner)) });
}
