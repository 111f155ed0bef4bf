import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';

const kinds = new Map([['COMPLETED', 'good'], ['ACTIVE', 'info'], ['SUSPENDED', 'warn'], ['FAILED', 'bad'], ['RESOLVED', 'good'], ['ERROR_THROWN', 'warn']] as const); // prettier-ignore

/** State of an instance, element, job or incident in words; an unknown state is shown as the server names it. */
export function StateBadge({ state, trouble }: { readonly state: string; readonly trouble?: boolean | undefined }): ReactNode {
  const { t } = useTranslation();
  if (trouble) return <Badge kind="bad">{t('state.INCIDENT')}</Badge>;
  return <Badge kind={kinds.get(state as 'ACTIVE') ?? 'normal'}>{t(`state.${state}`, state)}</Badge>;
}
