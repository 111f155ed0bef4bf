import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, Route, Routes } from 'react-router';
import { startApp } from '../ui/app.tsx';
import { Page } from '../ui/components/page.tsx';
import { SessionGate } from '../ui/session.tsx';
import type { Role, User } from '../ui/session.tsx';
import caseEn from '../ui/locales/en/case.json' with { type: 'json' };
import en from '../ui/locales/en/console.json' with { type: 'json' };
import caseId from '../ui/locales/id/case.json' with { type: 'json' };
import id from '../ui/locales/id/console.json' with { type: 'json' };
import { addWords } from '../ui/i18n.ts';
import '../ui/case/case.css';
import './console.css';
import { Administration } from './administration.tsx';
import { AgenciesScreen } from './agencies.tsx';
import { AgencyScreen } from './agency.tsx';
import { AlertsScreen } from './alerts.tsx';
import { AgencyHealthScreen } from './agency-health.tsx';
import { Exchanges } from './exchanges.tsx';
import { InstancePage } from './instance.tsx';
import { Instances } from './instances.tsx';
import { Landing } from './landing.tsx';

/** `watches`: may see how cases do; who only keeps agencies begins there */
function Screens({ watches, user }: { readonly watches: boolean; readonly user: User }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <nav className="c-nav no-print" aria-label={t('nav.label')}>
        <NavLink to="/" end>
          {t('nav.now')}
        </NavLink>
        <NavLink to="/instances">{t('nav.instances')}</NavLink>
        <NavLink to="/alerts">{t('nav.alerts')}</NavLink>
        <NavLink to="/agency-health">{t('agencyHealth.title')}</NavLink>
        <NavLink to="/agencies">{t('register.title')}</NavLink>
        <NavLink to="/exchanges">{t('exchanges.title')}</NavLink>
        {user.roles.includes('admin') && <NavLink to="/administration">{t('administration.title')}</NavLink>}
      </nav>
      <Routes>
        <Route path="/instances/:key" element={<InstancePage />} />
        <Route path="/instances" element={<Instances />} />
        <Route path="/alerts" element={<AlertsScreen />} />
        <Route path="/agency-health" element={<AgencyHealthScreen />} />
        {user.roles.includes('admin') && <Route path="/administration" element={<Administration user={user} />} />}
        <Route path="/exchanges" element={<Exchanges />} />
        <Route path="/agencies/:agencyId" element={<AgencyScreen />} />
        <Route path="/agencies" element={<AgenciesScreen />} />
        <Route path="*" element={watches ? <Landing /> : <Navigate to="/agencies" replace />} />
      </Routes>
    </>
  );
}

const watching: readonly Role[] = ['operator', 'evaluator', 'admin'];

function Console(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page app="console" title={t('landing.title')}>
      <SessionGate roles={[...watching, 'integrator']}>
        {(user) => <Screens watches={user.roles.some((role) => watching.includes(role))} user={user} />}
      </SessionGate>
    </Page>
  );
}

startApp('console', '/console', { words: { id, en }, children: <Console /> });
addWords('case', { id: caseId, en: caseEn });
