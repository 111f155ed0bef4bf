/** Renders forms without a browser, in either language. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { Answers } from '../../ui/forms/answers.tsx';
import { FormView } from '../../ui/forms/form-view.tsx';
import type { FieldError, FormComponent, Lang, Values } from '../../ui/forms/schema.ts';
import en from '../../ui/locales/en/forms.json' with { type: 'json' };
import id from '../../ui/locales/id/forms.json' with { type: 'json' };

interface Shown {
  readonly values?: Values;
  readonly errors?: readonly FieldError[];
  readonly data?: Values;
  readonly lang?: Lang;
  readonly readOnly?: boolean;
}

async function speak(lang: Lang): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next
      .use(initReactI18next)
      .init({ lng: lang, resources: { id: { forms: id }, en: { forms: en } }, interpolation: { escapeValue: false } });
  }
  await i18next.changeLanguage(lang);
}

/** The form's markup. */
export async function render(components: readonly FormComponent[], { values = {}, lang = 'id', ...rest }: Shown = {}): Promise<string> {
  await speak(lang);
  return renderToStaticMarkup(createElement(FormView, { schema: { components }, values, onChange: () => undefined, ...rest }));
}

/** The markup of "check your answers". */
export async function renderAnswers(components: readonly FormComponent[], values: Values, lang: Lang = 'id'): Promise<string> {
  await speak(lang);
  return renderToStaticMarkup(createElement(Answers, { schema: { components }, values }));
}
