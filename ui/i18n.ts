/**
 * The words of the screens: Indonesian first, English beside it. One namespace per app (`ui/locales/<language>/<app>.json`)
 * and `ui` for what the apps share. The choice is kept in localStorage; `<html lang>` always says what is shown.
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './locales/en/ui.json' with { type: 'json' };
import id from './locales/id/ui.json' with { type: 'json' };

export type Language = 'id' | 'en';
export const languages: readonly Language[] = ['id', 'en'];
/** A namespace file: keys with words, grouped as deep as needed. */
export interface Words {
  readonly [key: string]: string | Words;
}

const keptUnder = 'alur-language';

function keptLanguage(): Language {
  try {
    return localStorage.getItem(keptUnder) === 'en' ? 'en' : 'id';
  } catch {
    return 'id'; // storage can be forbidden; the default language still works
  }
}

/** Starts the translations of one app. Call once, before rendering. */
export function startI18n(app: string, words: { readonly id: Words; readonly en: Words }): void {
  void i18next.use(initReactI18next).init({
    lng: keptLanguage(),
    fallbackLng: 'id',
    ns: ['ui', app],
    defaultNS: app,
    resources: { id: { ui: id, [app]: words.id }, en: { ui: en, [app]: words.en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = language();
}

/** Adds one more namespace, for a part that several apps show (`forms`). */
export function addWords(namespace: string, words: { readonly id: Words; readonly en: Words }): void {
  for (const each of languages) i18next.addResourceBundle(each, namespace, words[each]);
}

/** What is shown now. */
export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'id';
}

/** Switches every screen at once and keeps the choice for the next visit. */
export async function changeLanguage(next: Language): Promise<void> {
  await i18next.changeLanguage(next);
  document.documentElement.lang = next;
  try {
    localStorage.setItem(keptUnder, next);
  } catch {
    // storage is forbidden: the choice holds until the page is closed
  }
}

/** Content that comes in two languages: the one for now, or the Indonesian one when the English is missing. */
export function inLanguage(textId: string | null | undefined, textEn: string | null | undefined): string {
  return (language() === 'en' ? textEn || textId : textId) ?? '';
}
