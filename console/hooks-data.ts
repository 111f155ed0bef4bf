/** What the screens about an agency's news ask the server for. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { request } from '../ui/client.ts';
import { addressOf } from './agencies-data.ts';

export const styles = ['timestamped', 'body', 'lines'] as const;
export type Style = (typeof styles)[number];

export interface Scheme {
  readonly style: Style;
  readonly header: string;
  readonly prefix?: string;
  readonly encoding: 'hex' | 'base64';
  readonly timestampHeader?: string;
  readonly keyIdHeader?: string;
  readonly toleranceSeconds: number;
}
export interface Mapping {
  readonly correlationKey: string;
  readonly variables?: string;
  readonly condition?: string;
  readonly eventId?: string;
}
export interface Hook {
  readonly hookId: string;
  readonly name: string;
  readonly active: boolean;
  readonly address: string;
  readonly scheme: Scheme;
  readonly messageName: string;
  readonly mapping: Mapping;
  readonly timeToLive: number;
  /** only in the answer that made it */
  readonly secret?: string;
}
export interface Delivery {
  readonly at: string;
  readonly outcome: string;
  readonly detail: string | null;
  readonly count: number;
}
export type Trial =
  | { readonly matters: false }
  | { readonly matters: true; readonly correlationKey: string; readonly variables: object; readonly eventId: string | null };

export const hooksOf = (agencyId: string, rest = ''): string => addressOf(agencyId, `/hooks${rest}`);

export function useHooks(agencyId: string): UseQueryResult<{ readonly items: readonly Hook[] }> {
  return useQuery({ queryKey: ['agency', agencyId, 'hooks'], queryFn: () => request<{ items: readonly Hook[] }>(hooksOf(agencyId)) });
}

/** milliseconds: news come without anybody pressing a button */
const AGAIN = 5_000;

export function useDeliveries(agencyId: string, hookId: string): UseQueryResult<{ readonly items: readonly Delivery[] }> {
  return useQuery({
    queryKey: ['agency', agencyId, 'hooks', hookId, 'deliveries'],
    queryFn: () => request<{ items: readonly Delivery[] }>(hooksOf(agencyId, `/${encodeURIComponent(hookId)}/deliveries`)),
    refetchInterval: AGAIN,
  });
}
