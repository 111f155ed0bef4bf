import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Dialog } from '../ui/components/dialog.tsx';
import { Notice } from '../ui/components/notice.tsx';
import type { User } from '../ui/session.tsx';
import type { Task } from './queries.ts';

interface Props {
  readonly task: Task;
  readonly user: User;
}

/** Who has the task, and taking or giving it back. Taking it from somebody asks first: two people must not work on one case unawares. */
export function TaskHolder({ task, user }: Props): ReactNode {
  const { t } = useTranslation('inbox');
  const [asking, setAsking] = useState(false);
  const { busy, problem, claim, giveBack } = useAssignment(task, user);
  const mine = task.assignee === user.username;
  const holder = task.assigneeName ?? task.assignee ?? '';
  return (
    <div className="stack-small">
      <div className="inbox-holder">
        <p role="status">
          {mine ? t('holder.youHaveIt') : task.assignee ? t('holder.otherHasIt', { name: holder }) : t('holder.nobodyHasIt')}
        </p>
        {mine && (
          <Button busy={busy} onClick={() => void giveBack()}>
            {t('holder.giveBack')}
          </Button>
        )}
        {!task.assignee && (
          <Button kind="primary" busy={busy} onClick={() => void claim(false)}>
            {t('holder.claim')}
          </Button>
        )}
        {task.assignee && !mine && (
          <Button busy={busy} onClick={() => setAsking(true)}>
            {t('holder.takeOver')}
          </Button>
        )}
      </div>
      {problem && <Notice kind="warn">{problem}</Notice>}
      {asking && (
        <Dialog
          title={t('holder.takeOverTitle', { name: holder })}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{t('ui:cancel')}</Button>
              <Button kind="danger" onClick={() => (setAsking(false), void claim(true))}>
                {t('holder.takeOver')}
              </Button>
            </>
          }
        >
          <p>{t('holder.takeOverText', { name: holder })}</p>
        </Dialog>
      )}
    </div>
  );
}

function useAssignment(task: Task, user: User) {
  const { t } = useTranslation('inbox');
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const act = async (send: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send();
    } catch (error) {
      const taken = error instanceof ProblemError && error.status === 409;
      setProblem(taken ? t('holder.taken') : error instanceof Error ? error.message : t('failed'));
    } finally {
      await client.invalidateQueries();
      setBusy(false);
    }
  };
  const address = `/v2/user-tasks/${task.userTaskKey}`;
  return {
    busy,
    problem,
    claim: (override: boolean) =>
      act(() =>
        request(`${address}/assignment`, {
          method: 'POST',
          body: { assignee: user.username, allowOverride: override, action: override ? 'take-over' : 'claim' },
        }),
      ),
    giveBack: () => act(() => request(`${address}/assignee`, { method: 'DELETE' })),
  };
}
