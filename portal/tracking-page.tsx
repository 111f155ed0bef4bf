import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams } from 'react-router';
import type { Case } from '../ui/case/case.ts';
import { Documents } from '../ui/case/documents.tsx';
import { StageProgress, Stages } from '../ui/case/stages.tsx';
import { Timeline } from '../ui/case/timeline.tsx';
import { Waits, lateWaits } from '../ui/case/waits.tsx';
import { Badge } from '../ui/components/badge.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { dateTime, longDate } from '../ui/time.ts';
import { CitizenGate } from './citizen-gate.tsx';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useApplication } from './queries.ts';
import { waitingStep, waitingText } from './waiting-text.ts';

/** Where my application is, who has to act, and what I can do. Fresh by itself while it is open. */
export function TrackingPage(): ReactNode {
  const { t } = useTranslation('portal');
  const { reference = '' } = useParams();
  return (
    <Frame title={t('tracking.title', { reference })} above={[t('nav.applications'), '/applications']}>
      <CitizenGate why={t('tracking.signIn')}>{() => <Tracking reference={reference} />}</CitizenGate>
    </Frame>
  );
}

function Tracking({ reference }: { readonly reference: string }): ReactNode {
  const query = useApplication(reference);
  return <Loaded query={query}>{(found) => <CaseText found={found} />}</Loaded>;
}

const kinds = { active: 'info', completed: 'good', canceled: 'normal' } as const;

function CaseText({ found }: { readonly found: Case }): ReactNode {
  const { t } = useTranslation('portal');
  const waiting = waitingText(found.waitingFor, t);
  return (
    <div className="stack-large">
      <header className="stack-small">
        <h1>{inLanguage(found.serviceName, found.serviceNameEn)}</h1>
        <div className="row">
          <span className="mono">{found.reference}</span>
          <Badge kind={kinds[found.state]}>{t(`state.${found.state}`)}</Badge>
          <span className="soft small">{t('applications.submitted', { date: longDate(found.submittedAt) })}</span>
        </div>
      </header>
      <Messages found={found} />
      <div className="portal-columns">
        <section className="card stack" aria-labelledby="portal-progress">
          <h2 id="portal-progress">{t('tracking.progress')}</h2>
          {found.state === 'active' && <StageProgress stages={found.stages} />}
          <p role="status" className={found.state === 'active' ? 'portal-waiting' : 'visually-hidden'}>
            {found.state === 'active' ? waiting : t(`state.${found.state}`)}
            {found.state === 'active' && waitingStep(found.waitingFor) && <span className="soft"> — {waitingStep(found.waitingFor)}</span>}
          </p>
          <Stages stages={found.stages} />
        </section>
        <div className="stack">
          <section className="card stack-small">
            <h2>{t('tracking.documents')}</h2>
            <Documents documents={found.documents} />
          </section>
          <section className="card stack">
            <h2>{t('tracking.timeline')}</h2>
            <Timeline entries={found.timeline} />
          </section>
        </div>
      </div>
      <p className="soft small">{found.updatedAt && t('tracking.updated', { at: dateTime(found.updatedAt) })}</p>
    </div>
  );
}

/** What matters most comes first: how it ended, what I have to do, why it takes longer. */
function Messages({ found }: { readonly found: Case }): ReactNode {
  const { t } = useTranslation('portal');
  const { state } = useLocation() as { state: { readonly done?: boolean } | null };
  const tasks = found.state === 'active' ? (found.tasks ?? []) : [];
  const late = found.state === 'active' ? lateWaits(found) : undefined;
  return (
    <>
      {state?.done && <Notice kind="good">{t('tracking.sent')}</Notice>}
      {found.state !== 'active' && (
        <Notice
          kind={found.state === 'completed' ? 'good' : 'info'}
          title={t(`ended.${found.state}`, { date: found.endedAt ? longDate(found.endedAt) : '' })}
        >
          {found.outcome && <p>{inLanguage(found.outcome, found.outcomeEn)}</p>}
        </Notice>
      )}
      {tasks.map((task) => (
        <div className="portal-todo" key={task.userTaskKey}>
          <div>
            <h2>{t('tracking.yourTurn')}</h2>
            <p>{inLanguage(task.name, task.nameEn)}</p>
          </div>
          <Link className="a-button a-button-primary" to={`/applications/${encodeURIComponent(found.reference)}/tasks/${task.userTaskKey}`}>
            {t('tracking.doTask')}
          </Link>
        </div>
      ))}
      {late && (
        <Notice kind="info" title={t('delayed.title')}>
          <Waits waits={late} />
          <p>{t('delayed.text')}</p>
        </Notice>
      )}
    </>
  );
}
