import { language } from '../../ui/i18n.ts';
import indonesian from './id.json' with { type: 'json' };

const words: ReadonlyMap<string, string> = new Map(Object.entries(indonesian));

/** The words of bpmn-js in the language of the screen. What has no Indonesian entry stays English. */
export function translate(template: string, replacements: Readonly<Record<string, string>> = {}): string {
  const text = (language() === 'id' ? words.get(template) : undefined) ?? template;
  return text.replace(/\{([^}]+)\}/g, (whole, name: string) => replacements[name] ?? whole);
}

/** Replaces bpmn-js's own `translate`. */
export const translateModule = { translate: ['value', translate] };
