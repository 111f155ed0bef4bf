import { useEffect, useRef, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Button } from '../ui/components/button.tsx';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Tabs } from '../ui/components/tabs.tsx';
import type { User } from '../ui/session.tsx';
import { Frame } from './frame.tsx';
import { keepListPlace, listPlace } from './list-place.ts';
import { useTasks, views } from './queries.ts';
import type { ListQuery, TaskList, View } from './queries.ts';
import { TaskTable } from './task-table.tsx';
import { useListKeys } from './use-list-keys.ts';

/** All work that somebody may do, most urgent first. */
export function ListPage(): ReactNode {
  const { t } = useTranslation('inbox');
  return <Frame title={t('title')}>{(user) => <List user={user} />}</Frame>;
}

function useListQuery(): readonly [ListQuery, (next: Partial<ListQuery>) => void] {
  const [params, setParams] = useSearchParams();
  const asked = params.get('view');
  const query: ListQuery = {
    view: views.find((view) => view === asked) ?? 'unit',
    q: params.get('q') ?? '',
    after: params.get('after') ?? '',
  };
  const change = (next: Partial<ListQuery>): void => {
    const { view, q, after } = { ...query, after: '', ...next };
    setParams({ view, ...(q ? { q } : {}), ...(after ? { after } : {}) });
  };
  useEffect(() => keepListPlace({ ...listPlace(), search: params.toString() }), [params]);
  return [query, change];
}

function List({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation('inbox');
  const [query, change] = useListQuery();
  const { data, error, refetch, isPlaceholderData } = useTasks(query);
  const keys = useListKeys();
  return (
    <div className="stack">
      <div className="row row-apart">
        <h1>{t('title')}</h1>
        <span className="soft">{user.agencyName}</span>
      </div>
      <Search query={query} onChange={change} />
      {error && (
        <Notice kind="bad" title={t('failed')}>
          <p>{error.message}</p>
          <Button onClick={() => void refetch()}>{t('ui:retry')}</Button>
        </Notice>
      )}
      <Tabs
        label={t('tabs.label')}
        selected={query.view}
        onSelect={(view) => change({ view: view as View })}
        tabs={views.map((view) => ({ id: view, title: t(`tabs.${view}`), ...(data ? { count: data.counts[view] } : {}) }))}
      >
        <div aria-busy={isPlaceholderData}>
          {data ? <Rows list={data} query={query} onChange={change} /> : !error && <p className="soft">{t('ui:loading')}</p>}
        </div>
      </Tabs>
      <NewTasks list={data} query={query} />
      <p className="row soft small no-print">
        <span>{keys.on ? t('keys.on') : t('keys.off')}</span>
        <Button small aria-pressed={keys.on} onClick={keys.flip}>
          {keys.on ? t('keys.turnOff') : t('keys.turnOn')}
        </Button>
      </p>
    </div>
  );
}

interface PartProps {
  readonly query: ListQuery;
  readonly onChange: (next: Partial<ListQuery>) => void;
}

function Search({ query, onChange }: PartProps): ReactNode {
  const { t } = useTranslation('inbox');
  const search = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onChange({ q: String(new FormData(event.currentTarget).get('q')).trim() });
  };
  return (
    <form role="search" className="stack-small" onSubmit={search}>
      <div className="inbox-search">
        <label htmlFor="inbox-search" className="visually-hidden">
          {t('search.label')}
        </label>
        <input
          key={query.q}
          id="inbox-search"
          name="q"
          type="search"
          className="a-input"
          placeholder={t('search.label')}
          defaultValue={query.q}
        />
        <Button type="submit">{t('search.go')}</Button>
      </div>
      {query.q && (
        <div>
          <button type="button" className="inbox-chip" onClick={() => onChange({ q: '' })}>
            “{query.q}” <span aria-hidden="true">×</span>
            <span className="visually-hidden">{t('search.clear')}</span>
          </button>
        </div>
      )}
    </form>
  );
}

function Rows({ list, query, onChange }: PartProps & { readonly list: TaskList }): ReactNode {
  const { t } = useTranslation('inbox');
  if (list.items.length === 0) {
    return (
      <EmptyState
        title={query.q ? t('empty.search') : t(`empty.${query.view}`)}
        text={query.q ? t('empty.searchText') : t(`empty.${query.view}Text`)}
      >
        {query.q && <Button onClick={() => onChange({ q: '' })}>{t('search.clear')}</Button>}
      </EmptyState>
    );
  }
  const more = list.endCursor && list.totalItems > list.items.length;
  return (
    <div className="stack">
      <TaskTable tasks={list.items} caption={t(`tabs.${query.view}`)} />
      <div className="row row-apart">
        <span className="soft small">{t('shown', { shown: list.items.length, total: list.totalItems })}</span>
        <span className="row">
          {query.after && <Button onClick={() => onChange({ after: '' })}>{t('first')}</Button>}
          {more && <Button onClick={() => onChange({ after: list.endCursor ?? '' })}>{t('next')}</Button>}
        </span>
      </div>
    </div>
  );
}

/** Says that new tasks came, without moving anything or anybody. */
function NewTasks({ list, query }: { readonly list: TaskList | undefined; readonly query: ListQuery }): ReactNode {
  const { t } = useTranslation('inbox');
  const known = useRef<{ readonly where: string; readonly keys: ReadonlySet<string> }>(undefined);
  const [words, setWords] = useState('');
  const where = JSON.stringify(query);
  useEffect(() => {
    if (!list) return;
    const keys = new Set(list.items.map((task) => task.userTaskKey));
    const before = known.current;
    known.current = { where, keys };
    const fresh = before?.where === where ? [...keys].filter((key) => !before.keys.has(key)).length : 0;
    if (fresh > 0) setWords(t('newTasks', { count: fresh }));
  }, [list, where, t]);
  return (
    <div role="status" className="visually-hidden">
      {words}
    </div>
  );
}
