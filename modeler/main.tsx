import { Page } from '../ui/components/page.tsx';
import { startApp } from '../ui/app.tsx';
import { SessionGate } from '../ui/session.tsx';

startApp('modeler', '/modeler', {
  words: { id: {}, en: {} },
  children: (
    <Page app="modeler" title="modeler">
      <SessionGate>{() => null}</SessionGate>
    </Page>
  ),
});
