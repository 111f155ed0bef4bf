import { Suspense, lazy } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Routes } from 'react-router';
import { ApplicationsPage } from './applications-page.tsx';
import { Frame } from './frame.tsx';
import { MissingPage } from './missing-page.tsx';
import { ServicePage } from './service-page.tsx';
import { ServicesPage } from './services-page.tsx';
import { SignedInPage } from './signed-in-page.tsx';
import { SubmittedPage } from './submitted-page.tsx';
import { TrackingPage } from './tracking-page.tsx';
import { VerifyPage } from './verify-page.tsx';

const ApplyPage = lazy(async () => ({ default: (await import('./apply-page.tsx')).ApplyPage }));
const TaskPage = lazy(async () => ({ default: (await import('./task-page.tsx')).TaskPage }));

/** Every address of the portal. */
export function PortalRoutes(): ReactNode {
  return (
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route index element={<ServicesPage />} />
        <Route path="services/:id" element={<ServicePage />} />
        <Route path="services/:id/apply/*" element={<ApplyPage />} />
        <Route path="applications" element={<ApplicationsPage />} />
        <Route path="applications/:reference" element={<TrackingPage />} />
        <Route path="applications/:reference/submitted" element={<SubmittedPage />} />
        <Route path="applications/:reference/tasks/:taskKey" element={<TaskPage />} />
        <Route path="signed-in" element={<SignedInPage />} />
        <Route path="verify/:code?" element={<VerifyPage />} />
        <Route path="*" element={<MissingPage />} />
      </Routes>
    </Suspense>
  );
}

function Loading(): ReactNode {
  const { t } = useTranslation('ui');
  return (
    <Frame title={t('loading')}>
      <p className="soft">{t('loading')}</p>
    </Frame>
  );
}
