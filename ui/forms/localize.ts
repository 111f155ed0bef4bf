import type { FormComponent, FormOption, Lang } from './schema.ts';

type TextName = 'label' | 'description' | 'text' | 'content' | 'alt' | 'dateLabel' | 'timeLabel';

/** A text of a component in the reader's language; English falls back to the form's own language. */
export function textOf(component: FormComponent, name: TextName, lang: Lang): string {
  const { properties } = component;
  // A text block has no label of its own, so authors also write its translation as "label.en".
  const translated = lang === 'en' ? (properties?.[`${name}.en`] ?? (name === 'text' ? properties?.['label.en'] : undefined)) : undefined;
  return typeof translated === 'string' && translated !== '' ? translated : (component[name] ?? '');
}

/** What a person calls this field: its label, or its key when the author gave none. */
export function nameOf(component: FormComponent, lang: Lang): string {
  const label = textOf(component, 'label', lang) || textOf(component, 'dateLabel', lang) || textOf(component, 'timeLabel', lang);
  return label || (component.key ?? component.id ?? '');
}

/** The words of one choice. */
export function optionText(option: FormOption, lang: Lang): string {
  const translated = lang === 'en' ? option['label.en'] : undefined;
  return translated || option.label || String(option.value);
}
