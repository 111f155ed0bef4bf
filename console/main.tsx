import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Route, Routes } from 'react-router';
import { startApp } from '../ui/app.tsx';
import { Page } from '../ui/components/page.tsx';
import { SessionGate } from '../ui/session.tsx';
import en from '../ui/locales/en/console.json' with { type: 'json' };
import id from '../ui/locales/id/console.json' with { type: 'json' };
import './console.css';
import { AgencyHealthScreen } from './agency-health.tsx';
import { Exchanges } from './exchanges.tsx';
import { InstancePage } from './instance.tsx';
import { Instances } from './instances.tsx';
import { Landing } from './landing.tsx';

function Screens(): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <nav className="c-nav no-print" aria-label={t('nav.label')}>
        <NavLink to="/" end>
          {t('nav.now')}
        </NavLink>
        <NavLink to="/instances">{t('nav.instances')}</NavLink>
        <NavLink to="/agency-health">{t('agencyHealth.title')}</NavLink>
        <NavLink to="/exchanges">{t('exchanges.title')}</NavLink>
      </nav>
      <Routes>
        <Route path="/instances/:key" element={<InstancePage />} />
        <Route path="/instances" element={<Instances />} />
        <Route path="/agency-health" element={<AgencyHealthScreen />} />
        <Route path="/exchanges" element={<Exchanges />} />
        <Route path="*" element={<Landing />} />
      </Routes>
    </>
  );
}

function Console(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page app="console" title={t('landing.title')}>
      <SessionGate roles={['operator', 'evaluator', 'admin']}>{() => <Screens />}</SessionGate>
    </Page>
  );
}

startApp('console', '/console', { words: { id, en }, children: <Console /> });
