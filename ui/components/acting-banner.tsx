import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { acting, actFor } from '../acting.ts';
import type { Acting } from '../acting.ts';
import { request } from '../client.ts';
import { dateTime } from '../time.ts';
import { Button } from './button.tsx';

const HOME = '/inbox/substitutions';
/** milliseconds between two looks whether it still holds */
const LOOK = 60_000;

/** On every screen while somebody works in another person's place: for whom, until when, and the way back. */
export function ActingBanner({ username }: { readonly username: string }): ReactNode {
  const now = acting();
  return now?.by === username ? <Banner now={now} /> : null;
}

function Banner({ now }: { readonly now: Acting }): ReactNode {
  const { t } = useTranslation('ui');
  const { data } = useQuery({
    queryKey: ['acting', now.substitutionId],
    queryFn: () => request<{ items: readonly { substitutionId: string }[] }>('/api/v1/substitutions'),
    refetchInterval: LOOK,
  });
  const over = data !== undefined && !data.items.some(({ substitutionId }) => substitutionId === now.substitutionId);
  useEffect(() => {
    if (over) actFor(undefined, HOME);
  }, [over]);
  return (
    <div className="a-acting" role="status">
      <span>{t('acting.for', { name: now.absentName, roles: now.roles.map((role) => t(`acting.role.${role}`)).join(', '), until: dateTime(now.until) })}</span>{' '}
      <Button small onClick={() => actFor(undefined, HOME)}>
        {t('acting.stop')}
      </Button>
    </div>
  ); // prettier-ignore
}
