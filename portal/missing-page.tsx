import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Frame } from './frame.tsx';

/** There is nothing at this address: say so, and offer the ways on. */
export function MissingPage(): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <Frame title={t('missing.title')}>
      <MissingText />
    </Frame>
  );
}

export function MissingText(): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <div className="stack portal-narrow">
      <h1>{t('missing.title')}</h1>
      <p>{t('missing.text')}</p>
      <div className="row">
        <Link className="a-button a-button-primary" to="/">
          {t('nav.services')}
        </Link>
        <Link className="a-button" to="/applications">
          {t('nav.applications')}
        </Link>
      </div>
    </div>
  );
}
