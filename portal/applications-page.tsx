import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Badge } from '../ui/components/badge.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { longDate } from '../ui/time.ts';
import { CitizenGate } from './citizen-gate.tsx';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useApplications } from './queries.ts';
import type { ApplicationRow } from './queries.ts';
import { waitingText } from './waiting-text.ts';

/** What this citizen has applied for. */
export function ApplicationsPage(): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <Frame title={t('nav.applications')}>
      <CitizenGate why={t('applications.signIn')}>{() => <List />}</CitizenGate>
    </Frame>
  );
}

function List(): ReactNode {
  const { t } = useTranslation('portal');
  const query = useApplications();
  return (
    <div className="stack">
      <h1>{t('nav.applications')}</h1>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('applications.none')} text={t('applications.noneText')}>
              <Link className="a-button a-button-primary" to="/">
                {t('applications.choose')}
              </Link>
            </EmptyState>
          ) : (
            <ul className="portal-services">
              {items.map((row) => (
                <ApplicationCard key={row.reference} row={row} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

const kinds = { active: 'info', completed: 'good', canceled: 'normal' } as const;

function ApplicationCard({ row }: { readonly row: ApplicationRow }): ReactNode {
  const { t } = useTranslation('portal');
  const mine = row.state === 'active' && row.waitingFor?.kind === 'you';
  return (
    <li className="card portal-service">
      <div className="row row-apart">
        <h2>
          <Link to={`/applications/${encodeURIComponent(row.reference)}`}>{inLanguage(row.serviceName, row.serviceNameEn)}</Link>
        </h2>
        <Badge kind={mine ? 'warn' : kinds[row.state]}>{mine ? t('state.you') : t(`state.${row.state}`)}</Badge>
      </div>
      <p className="mono">{row.reference}</p>
      {row.state === 'active' && (
        <p>
          {row.stage && `${inLanguage(row.stage, row.stageEn)} · `}
          {waitingText(row.waitingFor, t)}
        </p>
      )}
      <p className="soft small">{t('applications.submitted', { date: longDate(row.submittedAt) })}</p>
    </li>
  );
}
