import { Page } from '../ui/components/page.tsx';
import { startApp } from '../ui/app.tsx';
import { SessionGate } from '../ui/session.tsx';

startApp('console', '/console', {
  words: { id: {}, en: {} },
  children: (
    <Page app="console" title="console">
      <SessionGate>{() => null}</SessionGate>
    </Page>
  ),
});
