/** What the administration screen asks the server for. */
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { request } from '../ui/client.ts';
import { inLanguage } from '../ui/i18n.ts';
import type { Role } from '../ui/session.tsx';
import { useAgencies } from './agencies-data.ts';

export const CITY = 'kota';
export const roles = ['analyst', 'clerk', 'supervisor', 'integrator', 'operator', 'evaluator', 'admin'] as const satisfies readonly Role[];
export const programRoles = roles.filter((role) => role !== 'admin');

interface OfAgency {
  readonly agency: string | null;
  readonly agencyName: string | null;
  readonly agencyNameEn: string | null;
  readonly roles: readonly Role[];
}
export interface Account extends OfAgency {
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly disabled: boolean;
  readonly managedBy: string | null;
  readonly passwordTemporary: boolean;
  /** ISO 8601 */
  readonly lastSignIn: string | null;
}
export interface Client extends OfAgency {
  readonly clientId: string;
  readonly name: string;
  readonly createdAt: string;
}
export interface Rule extends OfAgency {
  readonly mappingRuleId: string;
  readonly name: string;
  readonly claimName: string;
  readonly claimValue: string;
}

type List<Item> = UseQueryResult<{ readonly items: readonly Item[] }>;
const useList = <Item>(what: string): List<Item> =>
  useQuery({ queryKey: [what], queryFn: () => request<{ items: readonly Item[] }>(`/api/v1/${what}`) });

export const useAccounts = (): List<Account> => useList<Account>('accounts');
export const useClients = (): List<Client> => useList<Client>('clients');
export const useRules = (): List<Rule> => useList<Rule>('mapping-rules');

/** [id, words] of the agencies that the administrator keeps: all and the city, or the own one. */
export function useAgencyOptions(own: string, cityWords: string): readonly (readonly [string, string])[] {
  const { data } = useAgencies();
  const all = (data?.items ?? []).map(({ agencyId, name, nameEn }) => [agencyId, inLanguage(name, nameEn)] as const);
  return own === CITY ? [[CITY, cityWords], ...all] : all.filter(([agencyId]) => agencyId === own);
}
