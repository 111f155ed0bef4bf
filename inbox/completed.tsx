import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { request } from '../ui/client.ts';
import { live } from '../ui/events.ts';
import { inLanguage } from '../ui/i18n.ts';
import { Due } from './due.tsx';
import { listPlace } from './list-place.ts';
import { listAddress } from './queries.ts';
import type { TaskDetail, TaskList, View } from './queries.ts';

/** After a task: it is done, and this is the next most urgent one of the same list. */
export function Completed({ detail }: { readonly detail: TaskDetail }): ReactNode {
  const { t } = useTranslation('inbox');
  const place = new URLSearchParams(listPlace().search);
  const view = (place.get('view') as View | null) ?? 'unit';
  const address = listAddress({ view: view === 'done' ? 'unit' : view, q: place.get('q') ?? '', after: '' }, 2);
  const { data } = useQuery<TaskList>({ queryKey: [live(['userTasks']), 'next', address], queryFn: () => request(address) });
  const next = data?.items.find((task) => task.userTaskKey !== detail.task.userTaskKey);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="stack-large inbox-completed">
      <div className="a-notice a-notice-good stack-small">
        <h1 tabIndex={-1} ref={heading}>
          <span aria-hidden="true">✓ </span>
          {t('completed.title')}
        </h1>
        <p>
          {inLanguage(detail.task.name, detail.task.nameEn)} · {detail.task.reference ?? detail.case.reference}
        </p>
      </div>
      {next ? (
        <section className="card stack">
          <h2>{t('completed.next')}</h2>
          <p>
            <strong>{inLanguage(next.name, next.nameEn)}</strong>
            <span className="soft inbox-under">
              {inLanguage(next.serviceName, next.serviceNameEn)} · {next.reference}
            </span>
          </p>
          <Due due={next.dueDate} />
          <div className="row">
            <Link className="a-button a-button-primary" to={`/tasks/${next.userTaskKey}`}>
              {t('completed.openNext')}
            </Link>
          </div>
        </section>
      ) : (
        data && <p>{t('completed.noNext')}</p>
      )}
      <Link className="a-button inbox-left" to={{ pathname: '/', search: listPlace().search }}>
        {t('backToList')}
      </Link>
    </div>
  );
}
