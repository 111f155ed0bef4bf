/** The clerks' pages: my work, my unit's work, one task with its case. */
import '../ui/case/case.css';
import '../ui/forms/forms.css';
import './inbox.css';
import { startApp } from '../ui/app.tsx';
import { addWords } from '../ui/i18n.ts';
import caseEn from '../ui/locales/en/case.json' with { type: 'json' };
import formsEn from '../ui/locales/en/forms.json' with { type: 'json' };
import en from '../ui/locales/en/inbox.json' with { type: 'json' };
import caseId from '../ui/locales/id/case.json' with { type: 'json' };
import formsId from '../ui/locales/id/forms.json' with { type: 'json' };
import id from '../ui/locales/id/inbox.json' with { type: 'json' };
import { InboxRoutes } from './routes.tsx';

startApp('inbox', '/inbox', { words: { id, en }, children: <InboxRoutes /> });
addWords('forms', { id: formsId, en: formsEn });
addWords('case', { id: caseId, en: caseEn });
