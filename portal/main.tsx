/** The citizens' pages. Light on purpose: no diagram library; the form part is loaded when a form is opened. */
import '../ui/case/case.css';
import '../ui/forms/forms.css';
import './portal.css';
import { startApp } from '../ui/app.tsx';
import { addWords } from '../ui/i18n.ts';
import caseEn from '../ui/locales/en/case.json' with { type: 'json' };
import formsEn from '../ui/locales/en/forms.json' with { type: 'json' };
import en from '../ui/locales/en/portal.json' with { type: 'json' };
import caseId from '../ui/locales/id/case.json' with { type: 'json' };
import formsId from '../ui/locales/id/forms.json' with { type: 'json' };
import id from '../ui/locales/id/portal.json' with { type: 'json' };
import { PortalRoutes } from './routes.tsx';

startApp('portal', '/', { words: { id, en }, children: <PortalRoutes /> });
addWords('forms', { id: formsId, en: formsEn });
addWords('case', { id: caseId, en: caseEn });
