import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Routes } from 'react-router';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Frame } from './frame.tsx';
import { ListPage } from './list-page.tsx';
import { SubstitutionsPage } from './substitutions-page.tsx';
import { TaskPage } from './task-page.tsx';

/** Every address of the inbox. */
export function InboxRoutes(): ReactNode {
  return (
    <Routes>
      <Route index element={<ListPage />} />
      <Route path="tasks/:key" element={<TaskPage />} />
      <Route path="substitutions" element={<SubstitutionsPage />} />
      <Route path="*" element={<Missing />} />
    </Routes>
  );
}

function Missing(): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <Frame title={t('missing.title')}>
      {() => (
        <EmptyState title={t('missing.title')} text={t('missing.text')}>
          <Link className="a-button a-button-primary" to="/">
            {t('backToList')}
          </Link>
        </EmptyState>
      )}
    </Frame>
  );
}
