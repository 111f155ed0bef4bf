import { Suspense, lazy } from 'react';
import { Route, Routes } from 'react-router';
import { startApp } from '../ui/app.tsx';
import { Page } from '../ui/components/page.tsx';
import { SessionGate, useSession } from '../ui/session.tsx';
import en from '../ui/locales/en/modeler.json' with { type: 'json' };
import id from '../ui/locales/id/modeler.json' with { type: 'json' };
import './modeler.css';
import { StartPage } from './start-page.tsx';

const Editor = lazy(async () => ({ default: (await import('./editor.tsx')).Editor }));

/** The screens for an analyst; the sign-in for everybody else. */
function Modeler(): React.ReactNode {
  const mayDraw = useSession().user?.roles.includes('analyst');
  const screens = (
    <Suspense>
      <Routes>
        <Route path="/edit/:id" element={<Editor />} />
        <Route path="*" element={<StartPage />} />
      </Routes>
    </Suspense>
  );
  if (mayDraw) return screens;
  return (
    <Page app="modeler" title="Alur">
      <SessionGate roles={['analyst']}>{() => null}</SessionGate>
    </Page>
  );
}

startApp('modeler', '/modeler', { words: { id, en }, children: <Modeler /> });
