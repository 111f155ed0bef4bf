import { useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { ProblemError, request } from '../ui/client.ts';
import { Button } from '../ui/components/button.tsx';
import { Notice } from '../ui/components/notice.tsx';
import { Answers } from '../ui/forms/answers.tsx';
import { checkAnswers, fieldErrorsOf } from '../ui/forms/check.ts';
import { DraftStatus } from '../ui/forms/draft-status.tsx';
import { ErrorSummary } from '../ui/forms/error-summary.tsx';
import { FormView } from '../ui/forms/form-view.tsx';
import { initialValues } from '../ui/forms/initial-values.ts';
import { normalise } from '../ui/forms/normalise.ts';
import type { FieldError, FormSchema } from '../ui/forms/schema.ts';
import { useDraft } from '../ui/forms/use-draft.ts';
import type { Draft } from '../ui/forms/use-draft.ts';
import { inLanguage, language } from '../ui/i18n.ts';
import type { User } from '../ui/session.tsx';
import { CitizenGate } from './citizen-gate.tsx';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { MissingText } from './missing-page.tsx';
import { useService } from './queries.ts';
import type { ServiceWithForm } from './queries.ts';
import { endSubmission, submissionKey } from './submission-key.ts';

/** Fill in, check, submit: one page with two addresses, so that "back" in the browser returns to the answers. */
export function ApplyPage(): ReactNode {
  const { t } = useTranslation('portal');
  const { id = '', '*': step } = useParams();
  const query = useService(id);
  const name = query.data ? inLanguage(query.data.name, query.data.nameEn) : t('services.title');
  const above = step === 'check' ? ([t('check.back'), `/services/${id}/apply`] as const) : ([name, `/services/${id}`] as const);
  return (
    <Frame title={step === 'check' ? t('check.title') : t('apply.title', { name })} above={above}>
      <CitizenGate why={t('apply.signIn')}>
        {(user) => (
          <Loaded query={query}>
            {(service) => (service.form ? <Application service={service} form={service.form} user={user} /> : <MissingText />)}
          </Loaded>
        )}
      </CitizenGate>
    </Frame>
  );
}

interface Props {
  readonly service: ServiceWithForm;
  readonly form: FormSchema;
  readonly user: User;
}

function Application({ service, form, user }: Props): ReactNode {
  const { t } = useTranslation(['portal', 'ui']);
  const { '*': step } = useParams();
  const navigate = useNavigate();
  const id = service.processDefinitionId;
  const initial = useMemo(() => initialValues(form), [form]);
  const draft = useDraft(`service-${id}`, user.username, initial);
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const here = `/services/${encodeURIComponent(id)}/apply`;
  if (!draft.values) return <p className="soft">{t('ui:loading')}</p>;
  const goOn = (): void => {
    const tidy = normalise(form, draft.values ?? {}, language());
    const { errors: wrong } = checkAnswers(form, tidy);
    draft.change(tidy);
    setErrors(wrong);
    if (wrong.length === 0) void navigate(`${here}/check`);
  };
  const refused = (wrong: readonly FieldError[]): void => {
    setErrors(wrong);
    void navigate(here, { replace: true });
  };
  return step === 'check' ? (
    <CheckAnswers service={service} form={form} draft={draft} onRefused={refused} />
  ) : (
    <FillIn service={service} form={form} draft={draft} errors={errors} onContinue={goOn} />
  );
}

interface FillInProps extends Omit<Props, 'user'> {
  readonly draft: Draft;
  readonly errors: readonly FieldError[];
  readonly onContinue: () => void;
}

function FillIn({ service, form, draft, errors, onContinue }: FillInProps): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <form
      className="stack-large portal-narrow"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onContinue();
      }}
    >
      <header className="stack-small">
        <p className="soft">{inLanguage(service.name, service.nameEn)}</p>
        <h1>{t('apply.heading')}</h1>
        <p>{t('apply.intro')}</p>
      </header>
      <ErrorSummary schema={form} errors={errors} />
      <div className="card portal-form">
        <FormView schema={form} values={draft.values ?? {}} onChange={draft.change} errors={errors} />
      </div>
      <div className="stack-small">
        <Button kind="primary" type="submit" className="portal-start">
          {t('apply.continue')}
        </Button>
        <DraftStatus state={draft.state} />
      </div>
    </form>
  );
}

interface CheckProps extends Omit<Props, 'user'> {
  readonly draft: Draft;
  readonly onRefused: (errors: readonly FieldError[]) => void;
}

function CheckAnswers({ service, form, draft, onRefused }: CheckProps): ReactNode {
  const { t } = useTranslation('portal');
  const { busy, problem, submit } = useSubmit({ service, form, draft, onRefused });
  return (
    <div className="stack-large portal-narrow">
      <header className="stack-small">
        <p className="soft">{inLanguage(service.name, service.nameEn)}</p>
        <h1>{t('check.title')}</h1>
        <p>{t('check.intro')}</p>
      </header>
      <div className="card">
        <Answers schema={form} values={draft.values ?? {}} />
      </div>
      {problem && (
        <Notice kind="bad" title={t('check.failed')}>
          {problem}
        </Notice>
      )}
      <div className="stack-small">
        <p>{t('check.declare')}</p>
        <div className="row">
          <Button kind="primary" className="portal-start" busy={busy} onClick={() => void submit()}>
            {busy ? t('check.sending') : t('check.submit')}
          </Button>
          <a className="a-button" href={`/services/${encodeURIComponent(service.processDefinitionId)}/apply`} onClick={goBack}>
            {t('check.change')}
          </a>
        </div>
      </div>
    </div>
  );
}

/** The form is one step back in this tab's history: going there keeps "back" meaning what people expect. */
function goBack(event: { preventDefault: () => void }): void {
  event.preventDefault();
  window.history.back();
}

function useSubmit({ service, form, draft, onRefused }: CheckProps) {
  const { t } = useTranslation('portal');
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const id = service.processDefinitionId;
  const submit = useCallback(async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { values: variables } = checkAnswers(form, normalise(form, draft.values ?? {}, language()));
      const body = { processDefinitionId: id, variables };
      const { reference } = await request<{ reference: string }>('/api/v1/applications', {
        method: 'POST',
        body,
        idempotencyKey: submissionKey(id, variables),
      });
      endSubmission(id);
      await draft.discard();
      await navigate(`/applications/${encodeURIComponent(reference)}/submitted`, { replace: true });
    } catch (error) {
      const wrong = fieldErrorsOf(error);
      if (wrong.length > 0) onRefused(wrong);
      else setProblem(error instanceof ProblemError ? error.message : t('check.failedText'));
    } finally {
      setBusy(false);
    }
  }, [draft, form, id, navigate, onRefused, t]);
  return { busy, problem, submit };
}
