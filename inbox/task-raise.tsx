import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { TextArea } from '../ui/components/field.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { inLanguage } from '../ui/i18n.ts';
import type { Raisable, TaskDetail } from './queries.ts';

/** What the diagram offers beside completing the task: an error or escalation with a reason. Nothing where it offers nothing. */
export function TaskRaise({ detail, onRaised }: { readonly detail: TaskDetail; readonly onRaised: (name: string) => void }): ReactNode {
  const { t } = useTranslation('inbox');
  const [asked, setAsked] = useState<Raisable>();
  if (detail.raises.length === 0) return null;
  return (
    <section className="card stack-small" aria-label={t('raise.title')}>
      <h2>{t('raise.title')}</h2>
      {detail.raises.map((way) => (
        <div className="stack-small" key={`${way.kind} ${way.code}`}>
          <Button onClick={() => setAsked(way)}>{wordsOf(way)}</Button>
          <span className="soft">{t(way.interrupting ? 'raise.ends' : 'raise.stays')}</span>
        </div>
      ))}
      {asked && <AskReason way={asked} task={detail.task.userTaskKey} onDone={onRaised} onClose={() => setAsked(undefined)} />}
    </section>
  );
}

function wordsOf({ name, nameEn }: Raisable): string {
  return inLanguage(name, nameEn);
}

interface AskProps {
  readonly way: Raisable;
  readonly task: string;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

function AskReason({ way, task, onDone, onClose }: AskProps): ReactNode {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    if (reason.trim() === '') return setMissing(true);
    setBusy(true);
    try {
      const body = { [way.kind === 'error' ? 'errorCode' : 'escalationCode']: way.code, message: reason.trim() };
      await request(`/api/v1/tasks/${task}/${way.kind}`, { method: 'POST', body });
      onDone(wordsOf(way));
      onClose();
      await client.invalidateQueries();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : t('failed'));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={wordsOf(way)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button kind={way.interrupting ? 'danger' : 'primary'} busy={busy} onClick={() => void send()}>
            {t('raise.send')}
          </Button>
        </>
      }
    >
      <p>{t(way.interrupting ? 'raise.ends' : 'raise.stays')}</p>
      <TextArea
        label={t('raise.reason')}
        rows={4}
        maxLength={2000}
        value={reason}
        {...(missing && reason.trim() === '' ? { error: t('raise.reasonMissing') } : {})}
        onChange={(event) => setReason(event.target.value)}
      />
      {problem && <Notice kind="bad">{problem}</Notice>}
    </Dialog>
  );
}
