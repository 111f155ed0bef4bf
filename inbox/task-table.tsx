import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { Table } from '../ui/components/table.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { useSession } from '../ui/session.tsx';
import { Due } from './due.tsx';
import { keepListPlace, listPlace } from './list-place.ts';
import type { Task } from './queries.ts';

/** The rows of the list. One link per row is its only tab stop; what can be done with a task stands on its page. */
export function TaskTable({ tasks, caption }: { readonly tasks: readonly Task[]; readonly caption: string }): ReactNode {
  const { t } = useTranslation('inbox');
  const [params] = useSearchParams();
  useFocusOnReturn();
  return (
    <Table
      caption={caption}
      hideCaption
      rows={tasks}
      rowKey={(task) => task.userTaskKey}
      columns={[
        {
          key: 'task',
          title: t('column.task'),
          cell: (task) => (
            <div>
              <Link
                to={`/tasks/${task.userTaskKey}`}
                className="inbox-link"
                data-task-link={task.userTaskKey}
                onClick={() => keepListPlace({ search: params.toString(), taskKey: task.userTaskKey })}
              >
                {inLanguage(task.name, task.nameEn)}
              </Link>
              <span className="soft small inbox-under">{inLanguage(task.serviceName, task.serviceNameEn)}</span>
            </div>
          ),
        },
        {
          key: 'case',
          title: t('column.case'),
          cell: (task) => (
            <div>
              <span className="inbox-reference">{task.reference ?? task.processInstanceKey}</span>
              {task.applicant && <span className="soft small inbox-under">{task.applicant}</span>}
            </div>
          ),
        },
        { key: 'due', title: t('column.due'), cell: (task) => <Due due={task.dueDate} done={task.completionDate} /> },
        { key: 'holder', title: t('column.holder'), cell: (task) => <Holder task={task} /> },
      ]}
    />
  );
}

/** Who has it, in words. */
export function Holder({ task }: { readonly task: Task }): ReactNode {
  const { t } = useTranslation('inbox');
  const { user } = useSession();
  if (!task.assignee) return <span className="soft">{t('holder.nobody')}</span>;
  return task.assignee === user?.username ? <strong>{t('holder.you')}</strong> : <span>{task.assigneeName ?? task.assignee}</span>;
}

/** Coming back from a task: the keyboard is on its row again. */
function useFocusOnReturn(): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    const { taskKey, search } = listPlace();
    if (!taskKey) return;
    document.querySelector<HTMLElement>(`[data-task-link="${CSS.escape(taskKey)}"]`)?.focus();
    keepListPlace({ search });
  }, []);
}
