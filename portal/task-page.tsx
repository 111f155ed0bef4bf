import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import type { Case, OwnTask } from '../ui/case/case.ts';
import { ProblemError, request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { checkAnswers, fieldErrorsOf } from '../ui/forms/check.ts';
import { DraftStatus } from '../ui/forms/draft-status.tsx';
import { ErrorSummary } from '../ui/forms/error-summary.tsx';
import { FormView } from '../ui/forms/form-view.tsx';
import { initialValues } from '../ui/forms/initial-values.ts';
import { normalise } from '../ui/forms/normalise.ts';
import type { FieldError, FormSchema } from '../ui/forms/schema.ts';
import { useDraft } from '../ui/forms/use-draft.ts';
import { inLanguage, language } from '../ui/i18n.ts';
import type { User } from '../ui/session.tsx';
import { CitizenGate } from './citizen-gate.tsx';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useApplication } from './queries.ts';

/** A step of the case that is the citizen's own: a question to answer, something to confirm. */
export function TaskPage(): ReactNode {
  const { t } = useTranslation('portal');
  const { reference = '' } = useParams();
  return (
    <Frame title={t('task.title')} above={[reference, `/applications/${encodeURIComponent(reference)}`]}>
      <CitizenGate why={t('tracking.signIn')}>{(user) => <TaskOf reference={reference} user={user} />}</CitizenGate>
    </Frame>
  );
}

function TaskOf({ reference, user }: { readonly reference: string; readonly user: User }): ReactNode {
  const { taskKey } = useParams();
  const query = useApplication(reference);
  // The task stays as it was opened, even when a refresh says that it is gone: what was typed must not vanish from the screen.
  const [opened, setOpened] = useState<OwnTask>();
  const now = query.data?.tasks?.find((task) => task.userTaskKey === taskKey);
  if (now && opened?.userTaskKey !== now.userTaskKey) setOpened(now);
  const task = opened?.userTaskKey === taskKey ? opened : undefined;
  return (
    <Loaded query={query}>
      {(found) => (task ? <Task found={found} task={task} user={user} gone={!now} /> : <TaskGone reference={reference} />)}
    </Loaded>
  );
}

function TaskGone({ reference }: { readonly reference: string }): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <Notice kind="info" title={t('task.goneTitle')}>
      <p>{t('task.goneText')}</p>
      <Link className="a-button" to={`/applications/${encodeURIComponent(reference)}`}>
        {t('submitted.track')}
      </Link>
    </Notice>
  );
}

interface Props {
  readonly found: Case;
  readonly task: OwnTask;
  readonly user: User;
  readonly gone: boolean;
}

const noQuestions: FormSchema = { components: [] };

function Task({ found, task, user, gone }: Props): ReactNode {
  const { t } = useTranslation(['portal', 'ui']);
  const form = task.form ?? noQuestions;
  const initial = useMemo(() => initialValues(form, task.variables), [form, task.variables]);
  const draft = useDraft(`task-${task.userTaskKey}`, user.username, initial);
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const { busy, problem, send } = useSend({ found, task, onRefused: setErrors });
  if (gone && !busy) return <TaskGone reference={found.reference} />;
  if (!draft.values) return <p className="soft">{t('ui:loading')}</p>;
  const submit = async (): Promise<void> => {
    const tidy = normalise(form, draft.values ?? {}, language());
    const { values, errors: wrong } = checkAnswers(form, tidy, task.variables);
    setErrors(wrong);
    if (wrong.length === 0 && (await send(values))) await draft.discard();
  };
  return (
    <form
      className="stack-large portal-narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <header className="stack-small">
        <p className="soft">
          {inLanguage(found.serviceName, found.serviceNameEn)} · {found.reference}
        </p>
        <h1>{inLanguage(task.name, task.nameEn)}</h1>
      </header>
      <ErrorSummary schema={form} errors={errors} />
      <div className="card portal-form">
        <FormView schema={form} values={draft.values} onChange={draft.change} errors={errors} data={task.variables} />
      </div>
      {problem && <Notice kind="bad">{problem}</Notice>}
      <div className="stack-small">
        <Button kind="primary" type="submit" className="portal-start" busy={busy}>
          {t('task.send')}
        </Button>
        <DraftStatus state={draft.state} />
      </div>
    </form>
  );
}

interface Sending {
  readonly found: Case;
  readonly task: OwnTask;
  readonly onRefused: (errors: readonly FieldError[]) => void;
}

function useSend({ found, task, onRefused }: Sending) {
  const { t } = useTranslation('portal');
  const navigate = useNavigate();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const here = `/applications/${encodeURIComponent(found.reference)}`;
  const send = async (variables: object): Promise<boolean> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await request(`/api/v1${here}/tasks/${task.userTaskKey}/completion`, { method: 'POST', body: { variables } });
      await client.invalidateQueries();
      await navigate(here, { state: { done: true }, replace: true });
      return true;
    } catch (error) {
      const wrong = fieldErrorsOf(error);
      if (wrong.length > 0) onRefused(wrong);
      else if (error instanceof ProblemError && (error.status === 409 || error.status === 404)) setProblem(t('task.goneText'));
      else setProblem(error instanceof ProblemError ? error.message : t('check.failedText'));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, send };
}
