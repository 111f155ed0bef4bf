import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/components/badge.tsx';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Table } from '../ui/components/table.tsx';
import { dateTime } from '../ui/time.ts';
import { useSending } from './agencies-data.ts';
import type { Registration } from './agencies-data.ts';
import { HookForm } from './hook-form.tsx';
import { hooksOf, useDeliveries, useHooks } from './hooks-data.ts';
import type { Delivery, Hook } from './hooks-data.ts';
import { Refused } from './refused.tsx';

const kindOf = ({ outcome }: Delivery) => (outcome === 'refused' ? 'bad' : outcome === 'correlated' ? 'good' : 'normal');

/** What came and what became of it. */
function Deliveries({ agencyId, hook }: { readonly agencyId: string; readonly hook: Hook }): ReactNode {
  const { t } = useTranslation();
  const { data, error } = useDeliveries(agencyId, hook.hookId);
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!data) return <p className="soft">{t('ui:loading')}</p>;
  if (data.items.length === 0) return <p className="soft">{t('hooks.nothingYet')}</p>;
  return (
    <Table
      caption={t('hooks.deliveriesOf', { name: hook.name })}
      hideCaption
      rows={data.items}
      rowKey={(row) => `${row.at} ${row.outcome} ${row.detail}`}
      columns={[
        { key: 'at', title: t('hooks.at'), cell: (row) => dateTime(row.at) },
        {
          key: 'outcome',
          title: t('hooks.outcome'),
          cell: (row) => <Badge kind={kindOf(row)}>{t(`hooks.outcomes.${row.outcome}`, row.outcome)}</Badge>,
        },
        { key: 'count', title: t('hooks.count'), number: true, cell: (row) => row.count },
        { key: 'detail', title: t('hooks.detail'), cell: (row) => <span className="c-long">{row.detail ?? '–'}</span> },
      ]}
    />
  );
}

interface CardProps {
  readonly agencyId: string;
  readonly hook: Hook;
  readonly onEdit: () => void;
}

function HookCard({ agencyId, hook, onEdit }: CardProps): ReactNode {
  const { t } = useTranslation();
  const { busy, refusal, send } = useSending();
  const remove = (): void => {
    if (window.confirm(t('hooks.removeConfirm', { name: hook.name })))
      void send(hooksOf(agencyId, `/${encodeURIComponent(hook.hookId)}`), 'DELETE');
  };
  return (
    <section className="card stack" aria-label={hook.name}>
      <div className="row">
        <h2>{hook.name}</h2>
        <Badge kind={hook.active ? 'good' : 'warn'}>{t(hook.active ? 'hooks.active' : 'hooks.closed')}</Badge>
      </div>
      <p className="c-long">
        {t('hooks.address')} <span className="mono">POST {hook.address}</span>
      </p>
      <p className="soft c-long">{t('hooks.becomes', { message: hook.messageName, key: hook.mapping.correlationKey })}</p>
      <Deliveries agencyId={agencyId} hook={hook} />
      <Refused refusal={refusal} />
      <div className="row">
        <Button small onClick={onEdit}>
          {t('hooks.edit')}
          <span className="visually-hidden"> {hook.name}</span>
        </Button>
        <Button small kind="danger" busy={busy} onClick={remove}>
          {t('hooks.remove')}
          <span className="visually-hidden"> {hook.name}</span>
        </Button>
      </div>
    </section>
  );
}

/** Where the agency tells news by itself, and which message each becomes. */
export function HooksPanel({ agency }: { readonly agency: Registration }): ReactNode {
  const { t } = useTranslation();
  const { agencyId } = agency;
  const { data, error } = useHooks(agencyId);
  const [editing, setEditing] = useState<Hook | 'new'>();
  const [made, setMade] = useState<Hook>();
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!data) return <p className="soft">{t('ui:loading')}</p>;
  const done = (hook: Hook): void => {
    setEditing(undefined);
    setMade(hook);
  };
  return (
    <div className="stack">
      <p className="soft">{t('hooks.what')}</p>
      {made?.secret && (
        <Notice kind="good" title={t('hooks.secretOnce')}>
          <span className="mono c-long">{made.secret}</span>
        </Notice>
      )}
      {made && !made.secret && <Notice kind="good">{t('hooks.saved')}</Notice>}
      {data.items.map((hook) => (
        <HookCard key={hook.hookId} agencyId={agencyId} hook={hook} onEdit={() => setEditing(hook)} />
      ))}
      {editing === undefined ? (
        <div>
          <Button kind="primary" onClick={() => setEditing('new')}>
            {t('hooks.add')}
          </Button>
        </div>
      ) : (
        <HookForm
          key={editing === 'new' ? 'new' : editing.hookId}
          agencyId={agencyId}
          known={editing === 'new' ? undefined : editing}
          onDone={done}
          onCancel={() => setEditing(undefined)}
        />
      )}
    </div>
  );
}
