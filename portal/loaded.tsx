import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { MissingText } from './missing-page.tsx';

/** What was asked for, or in plain words: it is coming, it does not exist, it cannot be had now (and try again). */
export function Loaded<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}): ReactNode {
  const { t } = useTranslation('ui');
  if (query.data !== undefined) return children(query.data);
  if (query.error instanceof ProblemError && (query.error.status === 404 || query.error.status === 400)) return <MissingText />;
  if (query.error) {
    return (
      <Notice kind="bad" title={t('portal:failed.title')}>
        <p>{query.error.message}</p>
        <Button onClick={() => void query.refetch()}>{t('retry')}</Button>
      </Notice>
    );
  }
  return (
    <p className="soft" role="status">
      {t('loading')}
    </p>
  );
}
