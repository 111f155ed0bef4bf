import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Tabs } from '../ui/components/tabs.tsx';
import type { User } from '../ui/session.tsx';
import { People } from './administration-people.tsx';
import { Programs } from './administration-programs.tsx';
import { Rules } from './administration-rules.tsx';

const parts = { people: People, programs: Programs, rules: Rules } as const;
type Part = keyof typeof parts;
const isPart = (id: string): id is Part => id in parts;

/** `/administration`: who may come in, and as what. For administrators; those of an agency keep the own agency. */
export function Administration({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const [part, setPart] = useState<Part>('people');
  const Shown = parts[part];
  return (
    <div className="stack">
      <h1>{t('administration.title')}</h1>
      <Tabs
        label={t('administration.title')}
        tabs={Object.keys(parts).map((id) => ({ id, title: t(`administration.${id}`) }))}
        selected={part}
        onSelect={(id) => isPart(id) && setPart(id)}
      >
        <Shown user={user} />
      </Tabs>
    </div>
  );
}
