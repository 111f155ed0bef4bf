import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Stages } from '../ui/case/stages.tsx';
import { Button } from '../ui/components/button.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { dateTime } from '../ui/time.ts';
import { CitizenGate } from './citizen-gate.tsx';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useApplication } from './queries.ts';

/** The receipt: reference number, date, and what happens next. */
export function SubmittedPage(): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <Frame title={t('submitted.title')}>
      <CitizenGate why={t('tracking.signIn')}>{() => <Receipt />}</CitizenGate>
    </Frame>
  );
}

function Receipt(): ReactNode {
  const { t } = useTranslation('portal');
  const { reference = '' } = useParams();
  const query = useApplication(reference);
  return (
    <Loaded query={query}>
      {(found) => (
        <div className="stack-large portal-narrow">
          <div className="portal-receipt">
            <h1>
              <span aria-hidden="true">✓ </span>
              {t('submitted.title')}
            </h1>
            <p>{inLanguage(found.serviceName, found.serviceNameEn)}</p>
            <p className="portal-receipt-label">{t('submitted.reference')}</p>
            <p className="portal-reference">{found.reference}</p>
            <p>{t('submitted.at', { at: dateTime(found.submittedAt) })}</p>
          </div>
          <section className="stack">
            <h2>{t('submitted.next')}</h2>
            <p>{t('submitted.nextText')}</p>
            <Stages stages={found.stages} />
          </section>
          <div className="row no-print">
            <Link className="a-button a-button-primary" to={`/applications/${encodeURIComponent(found.reference)}`}>
              {t('submitted.track')}
            </Link>
            <Button onClick={() => window.print()}>{t('submitted.print')}</Button>
          </div>
        </div>
      )}
    </Loaded>
  );
}
