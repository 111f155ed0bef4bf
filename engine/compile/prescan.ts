/**
 * Looks at the text before any parser does: what would make a parser slow, deep or dangerous is refused here, in one linear pass.
 * Limits: 2 MB of text, 50 namespace declarations, 64 levels, 200,000 tags; no DOCTYPE.
 */
import type { Problem } from '../problem.ts';

export const LIMITS = Object.freeze({ characters: 2_000_000, namespaces: 50, depth: 64, tags: 200_000, elements: 10_000 });

export function prescan(xml: string): Problem | undefined {
  if (xml.length >= LIMITS.characters) {
    return problem(
      'DIAGRAM_TOO_LARGE',
      `Expected a diagram of less than ${LIMITS.characters} characters, but it has ${xml.length}.`,
      'Split it into several processes and connect them with call activities.',
    );
  }
  if (xml.trim() === '')
    return problem('MALFORMED_XML', 'Expected a BPMN diagram, but the text is empty.', 'Export the diagram again from the modeler.');
  return scanTags(xml);
}

function scanTags(xml: string): Problem | undefined {
  const seen = { depth: 0, tags: 0, namespaces: 0 };
  for (const [tag, at] of tagsOf(xml)) {
    if (tag === DOCTYPE) {
      return problem(
        'DOCTYPE_REFUSED',
        `Expected a diagram without DOCTYPE, but line ${lineOf(xml, at)} has one.`,
        'Remove the DOCTYPE; BPMN needs none, and it can make a reader fetch or expand things.',
      );
    }
    const wrong = countTag(tag, seen);
    if (wrong) return { ...wrong, message: `${wrong.message.slice(0, -1)} (line ${lineOf(xml, at)}).` };
  }
  return undefined;
}

/** The line where the text is nested deeper than `levels`; undefined: it is nowhere. One linear pass, nothing is parsed. */
export function deeperThan(xml: string, levels: number): number | undefined {
  let depth = 0;
  for (const [tag, at] of tagsOf(xml)) {
    if (tag.startsWith('</')) depth--;
    else if (!tag.endsWith('/>') && ++depth > levels) return lineOf(xml, at);
  }
  return undefined;
}

const DOCTYPE = '<!';

/** Tags with their places, a document type as `<!`; comments, CDATA and processing instructions are left out. */
function* tagsOf(xml: string): Generator<readonly [tag: string, at: number]> {
  for (let at = xml.indexOf('<'); at >= 0;) {
    const skip = skipped(xml, at);
    const end = skip === undefined ? tagEnd(xml, at) : skip === 'doctype' ? at + DOCTYPE.length : skip;
    if (skip === undefined) yield [xml.slice(at, end), at];
    if (skip === 'doctype') yield [DOCTYPE, at];
    at = xml.indexOf('<', Math.max(end, at + 1));
  }
}

/** End of a comment, CDATA section or processing instruction that begins here; undefined for a tag. */
function skipped(xml: string, at: number): number | 'doctype' | undefined {
  const after = (end: string) => {
    const found = xml.indexOf(end, at);
    return found < 0 ? xml.length : found + end.length;
  };
  if (xml.startsWith('<!--', at)) return after('-->');
  if (xml.startsWith('<![CDATA[', at)) return after(']]>');
  if (xml.startsWith('<?', at)) return after('?>');
  return xml.startsWith('<!', at) ? 'doctype' : undefined;
}

/** Index after the `>` that closes the tag; a `>` inside quotes does not count. */
function tagEnd(xml: string, start: number): number {
  let quote = '';
  for (let at = start; at < xml.length; at++) {
    const character = xml[at] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return xml.length;
}

function countTag(tag: string, seen: { depth: number; tags: number; namespaces: number }): Problem | undefined {
  if (tag.startsWith('</')) {
    seen.depth--;
    return undefined;
  }
  seen.tags++;
  if (!tag.endsWith('/>')) seen.depth++;
  if (tag.includes('xmlns')) seen.namespaces += tag.split('xmlns').length - 1;
  if (seen.tags > LIMITS.tags)
    return problem(
      'TOO_MANY_ELEMENTS',
      `Expected at most ${LIMITS.tags} tags, but there are more.`,
      'Split the diagram into several processes.',
    );
  if (seen.depth > LIMITS.depth)
    return problem(
      'NESTED_TOO_DEEP',
      `Expected at most ${LIMITS.depth} levels of nesting, but there are more.`,
      'Move inner sub-processes into processes of their own.',
    );
  if (seen.namespaces > LIMITS.namespaces) {
    return problem(
      'TOO_MANY_NAMESPACES',
      `Expected at most ${LIMITS.namespaces} namespace declarations, but there are more.`,
      'Remove the xmlns declarations that nothing uses.',
    );
  }
  if (/["'\s](?:__proto__|constructor|prototype)["'=\s]/.test(tag)) {
    return problem(
      'RESERVED_NAME',
      'Expected names that are free to use, but `__proto__`, `constructor` and `prototype` are reserved.',
      'Choose another id or name.',
    );
  }
  return undefined;
}

function lineOf(xml: string, at: number): number {
  let line = 1;
  for (let next = xml.indexOf('\n'); next >= 0 && next < at; next = xml.indexOf('\n', next + 1)) line++;
  return line;
}

function problem(code: string, message: string, hint: string): Problem {
  return { code, message, hint, severity: 'error' };
}
