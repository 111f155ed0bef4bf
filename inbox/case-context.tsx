import { Suspense, lazy, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Case } from '../ui/case/case.ts';
import { Documents } from '../ui/case/documents.tsx';
import { StageProgress, Stages } from '../ui/case/stages.tsx';
import { Timeline } from '../ui/case/timeline.tsx';
import { Waits, lateWaits } from '../ui/case/waits.tsx';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { CaseData } from './case-data.tsx';
import type { TaskDetail } from './queries.ts';

const CaseDiagram = lazy(async () => ({ default: (await import('./case-diagram.tsx')).CaseDiagram }));

/** The case around the task: stages, data, documents, history, and the diagram when asked for. Parts fold away on small screens. */
export function CaseContext({ detail }: { readonly detail: TaskDetail }): ReactNode {
  const { t } = useTranslation('inbox');
  const found = detail.case;
  return (
    <aside className="stack" aria-label={t('context.label')}>
      <CallsUnderWay found={found} />
      <Part title={t('context.data')} open>
        <CaseData detail={detail} />
      </Part>
      <Part title={t('context.stages')} open>
        <StageProgress stages={found.stages} />
        <Stages stages={found.stages} />
      </Part>
      <Part title={t('context.documents')} open={found.documents.length > 0}>
        <Documents documents={found.documents} />
      </Part>
      <Part title={t('context.timeline')}>
        <Timeline entries={found.timeline} />
      </Part>
    </aside>
  );
}

/** Whose answer the case waits for beside this task; marked when one is late. */
function CallsUnderWay({ found }: { readonly found: Case }): ReactNode {
  const { t } = useTranslation('inbox');
  const late = found.state === 'active' ? lateWaits(found) : undefined;
  const waits = found.state === 'active' ? (found.waits ?? []) : [];
  if (!late && waits.length === 0) return null;
  return (
    <Notice kind={late ? 'warn' : 'info'} title={t(late ? 'context.delayed' : 'context.waits')}>
      {waits.length > 0 ? <Waits waits={waits} /> : <p>{t('context.delayedText')}</p>}
    </Notice>
  );
}

function Part({ title, open, children }: { readonly title: string; readonly open?: boolean; readonly children: ReactNode }): ReactNode {
  return (
    <details className="card inbox-part" open={open && window.matchMedia('(min-width: 900px)').matches}>
      <summary>
        <h2>{title}</h2>
      </summary>
      <div className="stack">{children}</div>
    </details>
  );
}

/** The diagram library is large: it is loaded when somebody wants to see the diagram, not before. */
export function DiagramPart({ detail }: { readonly detail: TaskDetail }): ReactNode {
  const { t } = useTranslation('inbox');
  const [shown, setShown] = useState(false);
  return (
    <section className="card stack inbox-diagram">
      <h2>{t('context.diagram')}</h2>
      {shown ? (
        <Suspense fallback={<p className="soft">{t('ui:loading')}</p>}>
          <CaseDiagram detail={detail} />
        </Suspense>
      ) : (
        <Button onClick={() => setShown(true)}>{t('context.showDiagram')}</Button>
      )}
    </section>
  );
}
