/**
 * Regular expressions of the XPath / Java-like subset that runs in linear time: classes, quantifiers, groups, anchors, alternation.
 * Backreferences and lookaround cannot, so they are refused by name. Source: XQuery and XPath functions 5.6.1; design law 9.
 */

export type CharTest = (code: number) => boolean;

export type PatternNode =
  | { readonly t: 'char'; readonly test: CharTest }
  | { readonly t: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly t: 'repeat'; readonly of: PatternNode; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly t: 'group'; readonly of: PatternNode; readonly number: number }
  | { readonly t: 'start' | 'end' | 'boundary' | 'no-boundary' };

/** Thrown while a pattern is read; `compilePattern` turns it into a sentence. */
export class PatternProblem extends Error {}

const REPEAT_LIMIT = 1000;
const NEST_LIMIT = 100;
const LINE_ENDS = new Set([10, 13]);

const isDigit: CharTest = (code) => code >= 48 && code <= 57;
const isSpace: CharTest = (code) =>
  code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029;
export const isWordChar: CharTest = (code) =>
  isDigit(code) ||
  code === 95 ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  (code > 127 && /[\p{L}\p{N}]/u.test(String.fromCodePoint(code)));
const isNameStart: CharTest = (code) => code === 58 || code === 95 || /\p{L}/u.test(String.fromCodePoint(code));
const isNameChar: CharTest = (code) => isWordChar(code) || code === 58 || code === 45 || code === 46;

const CLASSES: ReadonlyMap<string, CharTest> = new Map([
  ['d', isDigit],
  ['s', isSpace],
  ['w', isWordChar],
  ['i', isNameStart],
  ['c', isNameChar],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
]);

export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly extended: boolean;
}

export class PatternParser {
  groups = 0;
  private readonly chars: readonly string[];
  private readonly flags: Flags;
  private at = 0;
  private nest = 0;

  constructor(source: string, flags: Flags) {
    this.chars = flags.extended ? withoutSpaces(source) : [...source];
    this.flags = flags;
  }

  parse(): PatternNode {
    const node = this.choice();
    if (this.at < this.chars.length)
      throw new PatternProblem(`Expected the regular expression to end at position ${this.at}, but there is "${this.peek()}".`);
    return node;
  }

  private peek(ahead = 0): string {
    return this.chars[this.at + ahead] ?? '';
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }

  private choice(): PatternNode {
    if (++this.nest > NEST_LIMIT)
      throw new PatternProblem(`Expected at most ${NEST_LIMIT} nested groups in a regular expression, but there are more.`);
    const parts = [this.sequence()];
    while (this.take('|')) parts.push(this.sequence());
    this.nest--;
    return parts.length === 1 && parts[0] ? parts[0] : { t: 'choice', parts };
  }

  private sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (;;) {
      const char = this.peek();
      if (char === '' || char === '|' || char === ')') return { t: 'sequence', parts };
      parts.push(this.quantified(this.atom()));
    }
  }

  private quantified(of: PatternNode): PatternNode {
    let node = of;
    for (;;) {
      const bounds = this.bounds();
      if (!bounds) return node;
      const greedy = !this.take('?');
      if (greedy && this.peek() === '+')
        throw new PatternProblem('Expected no possessive quantifier such as "++" in a regular expression, but there is one.');
      node = { t: 'repeat', of: node, min: bounds[0], max: bounds[1], greedy };
    }
  }

  private bounds(): readonly [number, number] | null {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    if (this.peek() !== '{') return null;
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.chars.slice(this.at, this.at + 20).join(''));
    if (!found) throw new PatternProblem('Expected a quantifier such as {2,3} after "{" in a regular expression, but it is none.');
    this.at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === '' ? Infinity : Number(found[3]);
    if (min > REPEAT_LIMIT || (max !== Infinity && max > REPEAT_LIMIT) || max < min) {
      throw new PatternProblem(
        `Expected repetitions of at most ${REPEAT_LIMIT} in rising order in a regular expression, but got ${found[0]}.`,
      );
    }
    return [min, max];
  }

  private atom(): PatternNode {
    const char = this.peek();
    this.at++;
    switch (char) {
      case '(':
        return this.group();
      case '[':
        return this.char(this.charClass());
      case '.':
        return this.char(this.flags.dotAll ? () => true : (code) => !LINE_ENDS.has(code));
      case '^':
        return { t: 'start' };
      case '$':
        return { t: 'end' };
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new PatternProblem(`Expected something to repeat before "${char}" in a regular expression, but there is nothing.`);
      default:
        return this.literal(char.codePointAt(0) ?? 0);
    }
  }

  private char(test: CharTest): PatternNode {
    return { t: 'char', test };
  }

  private literal(code: number): PatternNode {
    return this.char(this.flags.ignoreCase ? anyCase((other) => other === code) : (other) => other === code);
  }

  private group(): PatternNode {
    if (this.take('?')) {
      if (!this.take(':')) this.refuseGroup();
      return this.closed(this.choice());
    }
    const number = ++this.groups;
    return { t: 'group', of: this.closed(this.choice()), number };
  }

  private refuseGroup(): never {
    const look = ['=', '!'].includes(this.peek()) || (this.peek() === '<' && ['=', '!'].includes(this.peek(1)));
    const what = look ? 'lookaround' : 'a special group';
    throw new PatternProblem(
      `Expected a regular expression without ${what}, but it uses "(?${this.peek()}"; it could not be guaranteed to run in linear time.`,
    );
  }

  private closed(node: PatternNode): PatternNode {
    if (!this.take(')')) throw new PatternProblem('Expected a closing ")" in a regular expression, but there is none.');
    return node;
  }

  private escape(): PatternNode {
    const char = this.peek();
    if (/^[1-9k]$/.test(char))
      throw new PatternProblem(
        `Expected a regular expression without backreferences, but it uses "\\${char}"; it could not be guaranteed to run in linear time.`,
      );
    if (char === 'b' || char === 'B') {
      this.at++;
      return { t: char === 'b' ? 'boundary' : 'no-boundary' };
    }
    const test = this.escapedClass();
    return test ? this.char(test) : this.literal(this.escapedChar());
  }

  /** `\d`, `\P{Lu}` and the like; null when the escape is a single character. */
  private escapedClass(): CharTest | null {
    const char = this.peek();
    const known = CLASSES.get(char.toLowerCase());
    if (known) {
      this.at++;
      return char === char.toLowerCase() ? known : (code) => !known(code);
    }
    if (char !== 'p' && char !== 'P') return null;
    const found = /^\{([A-Za-z0-9_=-]+)\}/.exec(this.chars.slice(this.at + 1, this.at + 60).join(''));
    const test = found && property(found[1] ?? '', char === 'P');
    if (!found || !test)
      throw new PatternProblem(`Expected the name of a character property after "\\${char}" in a regular expression, but nobody knows it.`);
    this.at += 1 + found[0].length;
    return test;
  }

  private escapedChar(): number {
    const char = this.peek();
    if (char === '') throw new PatternProblem('Expected a character after the last "\\" of a regular expression, but there is none.');
    this.at++;
    if (char === 'u' || char === 'x') {
      const digits = this.chars.slice(this.at, this.at + (char === 'u' ? 4 : 2)).join('');
      if (/^[0-9a-fA-F]+$/.test(digits)) {
        this.at += digits.length;
        return parseInt(digits, 16);
      }
    }
    if (/^[a-zA-Z0-9]$/.test(char) && !CONTROLS.has(char))
      throw new PatternProblem(`Expected an escape that regular expressions know, but got "\\${char}".`);
    return CONTROLS.get(char) ?? char.codePointAt(0) ?? 0;
  }

  private charClass(): CharTest {
    const negated = this.take('^');
    const tests: CharTest[] = [];
    let without: CharTest | null = null;
    let first = true;
    while (first || this.peek() !== ']') {
      first = false;
      if (this.peek() === '') throw new PatternProblem('Expected a closing "]" in a regular expression, but there is none.');
      if (this.peek() === '-' && this.peek(1) === '[') {
        this.at += 2;
        without = this.charClass();
      } else tests.push(this.classItem());
    }
    this.at++;
    const any: CharTest = (code) => tests.some((test) => test(code));
    const cased = this.flags.ignoreCase ? anyCase(any) : any;
    const minus = without;
    return (code) => cased(code) !== negated && !minus?.(code);
  }

  private classItem(): CharTest {
    if (this.take('\\')) {
      const test = this.escapedClass();
      if (test) return test;
      return this.classRange(this.escapedChar());
    }
    const code = this.peek().codePointAt(0) ?? 0;
    this.at++;
    return this.classRange(code);
  }

  private classRange(from: number): CharTest {
    if (this.peek() !== '-' || [']', '[', ''].includes(this.peek(1))) return (code) => code === from;
    this.at++;
    let to = this.peek().codePointAt(0) ?? 0;
    this.at++;
    if (to === 92) to = this.escapedChar();
    if (to < from) throw new PatternProblem('Expected the range of a character class in rising order, but it falls.');
    return (code) => code >= from && code <= to;
  }
}

/** Flag x: spaces outside of character classes do not count. */
function withoutSpaces(source: string): string[] {
  let depth = 0;
  let escaped = false;
  return [...source].filter((char) => {
    if (depth === 0 && /\s/.test(char)) return false;
    if (!escaped && char === '[') depth++;
    if (!escaped && char === ']') depth--;
    escaped = !escaped && char === '\\';
    return true;
  });
}

function anyCase(test: CharTest): CharTest {
  return (code) => {
    if (test(code)) return true;
    const char = String.fromCodePoint(code);
    return test(char.toLowerCase().codePointAt(0) ?? 0) || test(char.toUpperCase().codePointAt(0) ?? 0);
  };
}

/** The name comes from the model, but only letters get here, and the pattern looks at one character: it cannot run away. */
const BLOCKS: ReadonlyMap<string, CharTest> = new Map([
  ['IsBasicLatin', (code) => code < 0x80],
  ['IsLatin-1Supplement', (code) => code >= 0x80 && code < 0x100],
]);

function property(name: string, negated: boolean): CharTest | null {
  const block = BLOCKS.get(name);
  if (block) return (code) => block(code) !== negated;
  const alias: Readonly<Record<string, string>> = {
    IsAlphabetic: 'Alphabetic',
    Alpha: 'Alphabetic',
    IsLetter: 'L',
    Lower: 'Ll',
    Upper: 'Lu',
    Digit: 'Nd',
    Punct: 'P',
  };
  try {
    const pattern = new RegExp(`^\\p{${Object.hasOwn(alias, name) ? alias[name] : name}}$`, 'u');
    return (code) => pattern.test(String.fromCodePoint(code)) !== negated;
  } catch {
    return null;
  }
}
