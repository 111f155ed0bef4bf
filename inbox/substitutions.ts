/** Who stands in for whom, as the server tells it (docs/api.md). */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { newIdempotencyKey, request } from '../ui/client.ts';
import type { Role } from '../ui/session.tsx';

export interface Substitution {
  readonly substitutionId: string;
  readonly absent: string;
  readonly absentName: string;
  readonly substitute: string;
  readonly substituteName: string;
  readonly roles: readonly Role[];
  readonly reason: string | null;
  /** ISO 8601 */
  readonly from: string;
  readonly until: string;
}

export interface Colleague {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface Wanted {
  readonly absent: string;
  readonly substitute: string;
  readonly roles: readonly Role[];
  /** days as the calendar writes them, both within: 2026-12-05 */
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** roles that somebody may hand on at all */
export const handedOn: readonly Role[] = ['clerk', 'supervisor', 'analyst', 'integrator', 'operator', 'evaluator'];
/** what whoever leads a unit hands on for somebody else */
export const ofUnit: readonly Role[] = ['clerk', 'supervisor'];

const address = '/api/v1/substitutions';
const key = ['substitutions'];

export function useSubstitutions() {
  return useQuery({ queryKey: key, queryFn: () => request<{ items: readonly Substitution[] }>(address) });
}

export function useColleagues() {
  return useQuery({ queryKey: ['colleagues'], queryFn: () => request<{ items: readonly Colleague[] }>('/api/v1/colleagues') });
}

export function useSubstitutionChanges() {
  const client = useQueryClient();
  const again = async (): Promise<void> => await client.invalidateQueries({ queryKey: key });
  return {
    make: async ({ reason, from, until, ...wanted }: Wanted): Promise<void> => {
      const body = { ...wanted, from: startOf(from), until: startOf(until, 1), ...(reason === '' ? {} : { reason }) };
      await request(address, { method: 'POST', body, idempotencyKey: newIdempotencyKey() });
      await again();
    },
    end: async ({ substitutionId }: Substitution): Promise<void> => {
      await request(`${address}/${encodeURIComponent(substitutionId)}`, { method: 'DELETE' });
      await again();
    },
  };
}

/** The first moment of a day here, or of the day so many after it. */
function startOf(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** `2026-12-05` of a moment, by the calendar here. */
export function dayOf(moment: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

export function isNow({ from, until }: Substitution, now = Date.now()): boolean {
  return Date.parse(from) <= now && now < Date.parse(until);
}
