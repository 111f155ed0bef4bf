import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showDate } from '../ui/forms/dates.ts';
import { showNumber } from '../ui/forms/numbers.ts';
import { answerText } from '../ui/forms/answer-text.ts';
import type { FormComponent, FormSchema } from '../ui/forms/schema.ts';
import { nameOf } from '../ui/forms/localize.ts';
import { language } from '../ui/i18n.ts';
import { useServiceForm } from './queries.ts';
import type { TaskDetail } from './queries.ts';

/** Every question of these forms by the variable that it fills; groups without a path lie open. */
function questionsOf(forms: readonly (FormSchema | null | undefined)[]): ReadonlyMap<string, FormComponent> {
  const found = new Map<string, FormComponent>();
  const visit = (component: FormComponent): void => {
    if (component.key && !component.key.includes('.')) found.set(component.key, component);
    else if (component.type === 'group' && !component.path) component.components?.forEach(visit);
  };
  for (const form of forms) form?.components.forEach(visit);
  return found;
}

/** The case's data as far as this agency may see it: first what the applicant answered, in the words of the form, then the rest. */
export function CaseData({ detail }: { readonly detail: TaskDetail }): ReactNode {
  const { t } = useTranslation(['inbox', 'forms']);
  const service = useServiceForm(detail.case.processDefinitionId);
  const questions = questionsOf([detail.form, service.data?.form]);
  const entries = Object.entries(detail.variables).filter(([, value]) => value !== null && value !== '');
  const answered = [...questions].flatMap(([name, question]) =>
    entries.filter(([key]) => key === name).map(([, value]) => ({ name, question, value })),
  );
  const rest = entries.filter(([name]) => !questions.has(name));
  if (entries.length === 0) return <p className="soft">{t('context.noData')}</p>;
  return (
    <>
      <dl className="form-answers">
        {answered.map(({ name, question, value }) => (
          <div key={name}>
            <dt>{nameOf(question, language())}</dt>
            <dd>{answerText(question, value, { lang: language(), t, options: question.values ?? [] })}</dd>
          </div>
        ))}
      </dl>
      {rest.length > 0 && (
        <details>
          <summary>{t('context.otherData')}</summary>
          <dl className="form-answers">
            {rest.map(([name, value]) => (
              <div key={name}>
                <dt>{readable(name)}</dt>
                <dd>
                  <Datum value={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** `namaPemohon` and `nama_pemohon` become "Nama pemohon". */
function readable(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return /^(nik|kk|rt|rw|pbg|npwp)$/.test(words) ? words.toUpperCase() : words.charAt(0).toUpperCase() + words.slice(1);
}

function Datum({ value }: { readonly value: unknown }): ReactNode {
  const { t } = useTranslation('forms');
  if (value === null || value === undefined || value === '') return <span className="soft">{t('noAnswer')}</span>;
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return showNumber(value, language());
  if (Array.isArray(value)) {
    return (
      <ul className="inbox-values">
        {value.map((one, at) => (
          <li key={at}>
            <Datum value={one} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value !== 'object') return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? showDate(value) : String(value);
  return (
    <ul className="inbox-values">
      {Object.entries(value).map(([name, inside]) => (
        <li key={name}>
          <span className="soft">{readable(name)}: </span>
          <Datum value={inside} />
        </li>
      ))}
    </ul>
  );
}
