/** Starts one browser app: styles, words, data cache, session, live updates, router. Each app's `main.tsx` is one call of this. */
import './theme.css';
import './components/components.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { ProblemError } from './client.ts';
import { LiveUpdates } from './events.ts';
import { startI18n } from './i18n.ts';
import type { Words } from './i18n.ts';
import { SessionGuard } from './session.tsx';

/** What the caller did wrong stays wrong: only network faults and the server's own faults are tried again. */
function worthRetrying(failures: number, error: Error): boolean {
  return failures < 2 && (!(error instanceof ProblemError) || error.status === 0 || error.status >= 500);
}

/** @param basename where the app lives: `/` for the portal, `/inbox`, `/modeler`, `/console` */
export function startApp(
  app: string,
  basename: string,
  options: { readonly words: { readonly id: Words; readonly en: Words }; readonly children: ReactNode },
): void {
  startI18n(app, options.words);
  const client = new QueryClient({ defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000 } } });
  const root = document.getElementById('root');
  if (!root) throw new Error('Expected the page to have an element #root, but it has none.');
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <SessionGuard>
          <LiveUpdates />
          <BrowserRouter basename={basename}>{options.children}</BrowserRouter>
        </SessionGuard>
      </QueryClientProvider>
    </StrictMode>,
  );
}
