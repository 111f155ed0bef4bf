import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ProblemError, request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { checkAnswers, fieldErrorsOf } from '../ui/forms/check.ts';
import { DraftStatus } from '../ui/forms/draft-status.tsx';
import { ErrorSummary } from '../ui/forms/error-summary.tsx';
import { FormView } from '../ui/forms/form-view.tsx';
import { initialValues } from '../ui/forms/initial-values.ts';
import { normalise } from '../ui/forms/normalise.ts';
import type { FieldError, FormSchema, Values } from '../ui/forms/schema.ts';
import { useDraft } from '../ui/forms/use-draft.ts';
import { language } from '../ui/i18n.ts';
import type { User } from '../ui/session.tsx';
import { listPlace } from './list-place.ts';
import type { TaskDetail } from './queries.ts';

interface Props {
  readonly detail: TaskDetail;
  readonly user: User;
  /** the task is open and this clerk has it */
  readonly mayFill: boolean;
  readonly onCompleted: () => void;
}

const noQuestions: FormSchema = { components: [] };

/** The task's form: for reading until it is claimed; what was typed is kept as a draft and never taken from the screen. */
export function TaskForm(props: Props): ReactNode {
  const { detail, mayFill } = props;
  const { t } = useTranslation('inbox');
  const form = detail.form ?? noQuestions;
  const initial = useMemo(() => initialValues(form, detail.variables), [form, detail.variables]);
  // Once somebody could type here, the typed answers stay visible, whatever happens to the task meanwhile.
  const [opened, setOpened] = useState(mayFill);
  if (mayFill && !opened) setOpened(true);
  if (opened) return <Fillable {...props} form={form} initial={initial} />;
  return (
    <section className="card stack" aria-label={t('task.form')}>
      {detail.form ? (
        <FormView schema={form} values={initial} onChange={() => undefined} data={detail.variables} readOnly />
      ) : (
        <p className="soft">{t('task.noForm')}</p>
      )}
    </section>
  );
}

function Fillable({
  detail,
  user,
  mayFill,
  onCompleted,
  form,
  initial,
}: Props & { readonly form: FormSchema; readonly initial: Values }): ReactNode {
  const { t } = useTranslation(['inbox', 'ui']);
  const draft = useDraft(`task-${detail.task.userTaskKey}`, user.username, initial);
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const { busy, problem, complete } = useCompletion(detail.task.userTaskKey, setErrors);
  if (!draft.values) return <p className="soft">{t('ui:loading')}</p>;
  const submit = async (): Promise<void> => {
    const tidy = normalise(form, draft.values ?? {}, language());
    const { values, errors: wrong } = checkAnswers(form, tidy, detail.variables);
    setErrors(wrong);
    if (wrong.length > 0 || !(await complete(values))) return;
    onCompleted();
    await draft.discard();
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (mayFill) void submit();
      }}
    >
      <ErrorSummary schema={form} errors={errors} />
      <section className="card stack" aria-label={t('task.form')}>
        {detail.form ? (
          <FormView
            schema={form}
            values={draft.values}
            onChange={draft.change}
            errors={errors}
            data={detail.variables}
            readOnly={!mayFill}
          />
        ) : (
          <p>{t('task.noForm')}</p>
        )}
      </section>
      {problem && <NotCompleted {...problem} />}
      {mayFill && !problem?.over && (
        <div className="inbox-actions">
          <Button kind="primary" type="submit" busy={busy}>
            {busy ? t('task.completing') : t('task.complete')}
          </Button>
          <DraftStatus state={draft.state} />
        </div>
      )}
    </form>
  );
}

interface Refusal {
  readonly title: string;
  readonly text: string;
  /** the task is over: trying again cannot help, going on can */
  readonly over: boolean;
}

function NotCompleted({ title, text, over }: Refusal): ReactNode {
  const { t } = useTranslation('inbox');
  return (
    <Notice kind="bad" title={title}>
      <p>{text}</p>
      {over && (
        <Link className="a-button inbox-on" to={{ pathname: '/', search: listPlace().search }}>
          {t('backToList')}
        </Link>
      )}
    </Notice>
  );
}

function useCompletion(key: string, onRefused: (errors: readonly FieldError[]) => void) {
  const { t } = useTranslation('inbox');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const client = useQueryClient();
  const complete = async (variables: Values): Promise<boolean> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await request(`/v2/user-tasks/${key}/completion`, { method: 'POST', body: { variables } });
      return true;
    } catch (error) {
      const wrong = fieldErrorsOf(error);
      if (wrong.length > 0) onRefused(wrong);
      else if (error instanceof ProblemError && [404, 409].includes(error.status)) {
        setProblem({ title: t('task.doneByOther'), text: t('task.conflict'), over: true });
        await client.invalidateQueries();
      } else setProblem({ title: t('task.notCompleted'), text: error instanceof Error ? error.message : t('failed'), over: false });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, complete };
}
