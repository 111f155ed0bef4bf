import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../ui/components/notice.tsx';
import { Frame } from './frame.tsx';

/** Where a window ends that was opened for signing in beside another one. */
export function SignedInPage(): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <Frame title={t('signedIn.title')}>
      <Notice kind="good" title={t('signedIn.title')}>
        {t('signedIn.text')}
      </Notice>
    </Frame>
  );
}
