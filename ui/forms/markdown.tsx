import type { ReactNode } from 'react';
import { shown } from './as-written.ts';

/**
 * A small part of Markdown: headings, paragraphs, lists, **strong**, *emphasis*, `code`, [links](https://...).
 * Never raw HTML: everything becomes React text, so nothing from a form can bring markup or script with it.
 */
export function Markdown({ text }: { readonly text: string }): ReactNode {
  return text
    .replace(/\r/g, '')
    .split(/\n{2,}/)
    .map((block, at) => <Block key={at} block={block.trim()} />);
}

function Block({ block }: { readonly block: string }): ReactNode {
  if (block === '') return null;
  const heading = /^(#{1,4})\s+(.*)$/.exec(block);
  // A page has one h1, and the form stands right below it: headings of an author start at h2.
  if (heading) return (heading[1]?.length ?? 1) <= 3 ? <h2>{inline(heading[2] ?? '')}</h2> : <h3>{inline(heading[2] ?? '')}</h3>;
  const lines = block.split('\n');
  if (lines.every((line) => /^\s*[-*]\s+/.test(line))) return <ul>{items(lines, /^\s*[-*]\s+/)}</ul>;
  if (lines.every((line) => /^\s*\d+[.)]\s+/.test(line))) return <ol>{items(lines, /^\s*\d+[.)]\s+/)}</ol>;
  return (
    <p>
      {lines.map((line, at) => (
        <span key={at}>
          {at > 0 && <br />}
          {inline(line.replace(/^#+\s+/, ''))}
        </span>
      ))}
    </p>
  );
}

function items(lines: readonly string[], mark: RegExp): ReactNode {
  return lines.map((line, at) => <li key={at}>{inline(line.replace(mark, ''))}</li>);
}

function inline(text: string): ReactNode {
  return text.split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*|`[^`]+`|\[[^\]]+\]\([^)\s]+\))/).map((part, at) => <Inline key={at} part={part} />);
}

function Inline({ part }: { readonly part: string }): ReactNode {
  if (/^\*\*.+\*\*$/.test(part)) return <strong>{shown(part.slice(2, -2))}</strong>;
  if (/^\*.+\*$/.test(part)) return <em>{shown(part.slice(1, -1))}</em>;
  if (/^`.+`$/.test(part)) return <code>{shown(part.slice(1, -1))}</code>;
  const [, words = '', to = ''] = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part) ?? [];
  // DANGER: only these schemes become links; anything else (javascript:, data:) stays text.
  if (/^(https?:\/\/|mailto:|tel:|\/(?!\/))/.test(shown(to))) return <a href={shown(to)}>{shown(words)}</a>;
  return shown(part);
}

/** HTML of an author as plain text blocks: tags fall away, block ends become paragraphs. */
export function textOfHtml(html: string): string {
  return html
    .replace(/<(script|style)[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<li[^>]*>/gi, '\n- ')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(p|div|h[1-6]|ul|ol|section|tr)>/gi, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&')
    .trim();
}
