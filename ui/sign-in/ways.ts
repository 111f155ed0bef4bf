/** What this installation offers besides a password. */
import { useQuery } from '@tanstack/react-query';
import { request } from '../client.ts';

export type Realm = 'staff' | 'citizen';
export interface Way {
  readonly id: string;
  readonly name: string;
  readonly nameEn: string;
  readonly realm: Realm;
}
interface Ways {
  readonly providers: readonly Way[];
  readonly codes: readonly ('email' | 'phone')[];
}

const none: Ways = { providers: [], codes: [] };

export function useWays(): Ways {
  const { data } = useQuery({
    queryKey: ['sign-in-ways'],
    queryFn: () => request<Ways>('/api/v1/sign-in', { anonymous: true }),
    staleTime: Infinity,
  });
  return data ?? none;
}
