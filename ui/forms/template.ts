import { asWritten } from './as-written.ts';

/**
 * Texts with data in them: a whole text that is a FEEL expression (`=name`), or `{{name}}` inside a text.
 * What the data says stays as it was written: it becomes neither a heading nor a link. Block tags of form-js' template language (`{{#if ...}}`) are left out; unknown data leaves nothing behind.
 */
export function fillTemplate(text: string, evaluate: (expression: string) => unknown): string {
  if (text.startsWith('=')) return asText(evaluate(text));
  return text.replace(/\{\{([^{}]*)\}\}/g, (_whole, inside: string) =>
    /^\s*[#/]/.test(inside) ? '' : asWritten(asText(evaluate(inside.trim()))),
  );
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
