import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { ProblemError } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { inLanguage } from '../ui/i18n.ts';
import type { User } from '../ui/session.tsx';
import { CaseContext, DiagramPart } from './case-context.tsx';
import { Completed } from './completed.tsx';
import { Due } from './due.tsx';
import { Frame } from './frame.tsx';
import { listPlace } from './list-place.ts';
import { useTask } from './queries.ts';
import type { TaskDetail } from './queries.ts';
import { TaskForm } from './task-form.tsx';
import { TaskHolder } from './task-holder.tsx';
import { TaskRaise } from './task-raise.tsx';

/** One task: what is asked on the left, the case around it on the right. */
export function TaskPage(): ReactNode {
  const { t } = useTranslation('inbox');
  const { key = '' } = useParams();
  return (
    <Frame title={t('task.title')}>
      {(user) => (
        <>
          <BackToList />
          <TaskByKey key={key} taskKey={key} user={user} />
        </>
      )}
    </Frame>
  );
}

function BackToList(): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <Link className="inbox-back" to={{ pathname: '/', search: listPlace().search }}>
      <span aria-hidden="true">←</span>
      {t('backToList')}
    </Link>
  );
}

function TaskByKey({ taskKey, user }: { readonly taskKey: string; readonly user: User }): ReactNode {
  const { t } = useTranslation('inbox');
  const query = useTask(taskKey);
  const [completed, setCompleted] = useState(false);
  const gone = query.error instanceof ProblemError && [400, 403, 404].includes(query.error.status);
  if (completed && query.data) return <Completed detail={query.data} />;
  if (query.data) return <Task detail={query.data} user={user} onCompleted={() => setCompleted(true)} />;
  if (gone) {
    return (
      <Notice kind="warn" title={t('missing.title')}>
        <p>{t('missing.text')}</p>
      </Notice>
    );
  }
  if (query.error) {
    return (
      <Notice kind="bad" title={t('failed')}>
        <p>{query.error.message}</p>
        <Button onClick={() => void query.refetch()}>{t('ui:retry')}</Button>
      </Notice>
    );
  }
  return <p className="soft">{t('ui:loading')}</p>;
}

interface TaskProps {
  readonly detail: TaskDetail;
  readonly user: User;
  readonly onCompleted: () => void;
}

function Task({ detail, user, onCompleted }: TaskProps): ReactNode {
  const { t } = useTranslation('inbox');
  const { task } = detail;
  // here, because a task that is ended by it offers nothing any more
  const [raised, setRaised] = useState<string>();
  const open = !['COMPLETED', 'COMPLETING', 'CANCELED', 'CANCELING', 'FAILED'].includes(task.state);
  return (
    <div className="inbox-columns">
      <div className="stack-large">
        <header className="stack-small">
          <p className="soft">
            {inLanguage(task.serviceName, task.serviceNameEn)} ·{' '}
            <span className="inbox-reference">{task.reference ?? detail.case.reference}</span>
          </p>
          <h1>{inLanguage(task.name, task.nameEn)}</h1>
          <p className="row">
            <Due due={task.dueDate} done={task.completionDate} />
            {detail.case.state === 'canceled' && <span>{t('task.caseStopped')}</span>}
          </p>
        </header>
        {raised && (
          <Notice kind="good">
            <p role="status">{t(open ? 'raise.done' : 'raise.doneAndOver', { name: raised })}</p>
          </Notice>
        )}
        {open ? (
          <TaskHolder task={task} user={user} />
        ) : raised ? null : (
          <Notice kind="warn" title={t(task.state.startsWith('CANCEL') ? 'task.canceled' : 'task.doneByOther')}>
            <p>{t('task.doneByOtherText')}</p>
          </Notice>
        )}
        <TaskForm detail={detail} user={user} mayFill={open && task.assignee === user.username} onCompleted={onCompleted} />
        {open && task.assignee === user.username && <TaskRaise detail={detail} onRaised={setRaised} />}
      </div>
      <CaseContext detail={detail} />
      <div className="inbox-across">
        <DiagramPart detail={detail} />
      </div>
    </div>
  );
}
