import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Waits, isLate } from '../ui/case/waits.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { useWaits } from './data.ts';

/** Which agencies the case waits for, since when and why; nothing when it waits for none. */
export function WaitsOfCase({ instanceKey }: { readonly instanceKey: string }): ReactNode {
  const { t } = useTranslation();
  const waits = useWaits(instanceKey).data ?? [];
  if (waits.length === 0) return null;
  return (
    <Notice kind={waits.some(isLate) ? 'warn' : 'info'} title={t('instance.waits')}>
      <Waits waits={waits} />
      <Link to="/agency-health">{t('agencyHealth.title')}</Link>
    </Notice>
  );
}
