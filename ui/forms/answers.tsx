import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerText } from './answer-text.ts';
import { conditionsNow } from './check.ts';
import { nameOf } from './localize.ts';
import { optionsOf } from './options.ts';
import { pathOf, valueAt } from './paths.ts';
import type { FormComponent, FormSchema, Lang, Path, Values } from './schema.ts';

interface Props {
  readonly schema: FormSchema;
  readonly values: Values;
  readonly data?: Values;
}

interface Answer {
  readonly pointer: string;
  readonly question: string;
  readonly answer: string;
}

const asked = new Set(['textfield', 'textarea', 'number', 'checkbox', 'checklist', 'taglist', 'radio', 'select', 'datetime']);

/** "Check your answers": questions and answers for reading, in the form's order; hidden questions are left out. */
export function Answers({ schema, values, data }: Props): ReactNode {
  const { t, i18n } = useTranslation('forms');
  const lang: Lang = i18n.language.startsWith('en') ? 'en' : 'id';
  const all = { ...data, ...values };
  const { isHidden, evaluate } = conditionsNow(all);
  const list = (component: FormComponent, parent: Path): Answer[] => {
    if (isHidden(component, parent)) return [];
    const path = pathOf(component, parent);
    if (component.type === 'dynamiclist')
      return rowsOf(valueAt(all, path)).flatMap((_row, at) => inside(component, [...path, at], list, `${at + 1}. `));
    if (component.type === 'group') return inside(component, path, list, '');
    if (!asked.has(component.type) || component.key === undefined) return [];
    const options = optionsOf(component, all, (expression) => evaluate(expression, parent));
    return [
      {
        pointer: path.join('/'),
        question: nameOf(component, lang),
        answer: answerText(component, valueAt(all, path), { lang, t, options }),
      },
    ];
  };
  return (
    <dl className="form-answers">
      {schema.components
        .flatMap((component) => list(component, []))
        .map(({ pointer, question, answer }) => (
          <div key={pointer}>
            <dt>{question}</dt>
            <dd>{answer}</dd>
          </div>
        ))}
    </dl>
  );
}

const rowsOf = (found: unknown): readonly unknown[] => (Array.isArray(found) ? found : []);

function inside(component: FormComponent, path: Path, list: (child: FormComponent, parent: Path) => Answer[], mark: string): Answer[] {
  return (component.components ?? []).flatMap((child) => list(child, path)).map((one) => ({ ...one, question: mark + one.question }));
}
