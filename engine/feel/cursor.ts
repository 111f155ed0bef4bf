import { SyntaxProblem } from './ast.ts';

const SPACE = /(?:\s|\u00a0|\ufeff|\/\/[^\n\r]*|\/\*[^]*?\*\/)*/y;
const WORD =
  /[\p{L}_\u0080-\u009f\u00a1-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\u{10000}-\u{10ffff}\uf900-\uffef][\p{L}\p{N}_'\u0080-\u009f\u00a1-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\u{10000}-\u{10ffff}\uf900-\uffef]*/uy;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME_PART = /[\p{L}\p{N}_]/u;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', "'": "'" };

/** Names with spaces or operators in them, longest first per first character, spaces normalised. */
export class NameTable {
  readonly byFirst = new Map<string, string[]>();

  add(name: string): void {
    const normal = name.trim().replace(/\s+/g, ' ');
    if (normal === '' || isPlainWord(normal)) return;
    const first = normal.charAt(0);
    const list = this.byFirst.get(first) ?? [];
    if (list.includes(normal)) return;
    list.push(normal);
    list.sort((a, b) => b.length - a.length);
    this.byFirst.set(first, list);
  }

  candidates(first: string): readonly string[] {
    return this.byFirst.get(first) ?? [];
  }

  /** a table that can grow without changing this one */
  copy(): NameTable {
    const made = new NameTable();
    for (const [first, list] of this.byFirst) made.byFirst.set(first, [...list]);
    return made;
  }
}

function isPlainWord(name: string): boolean {
  WORD.lastIndex = 0;
  return WORD.exec(name)?.[0].length === name.length;
}

/** The text and a position in it. FEEL has no separate lexer: what is a name depends on what names are known. */
export class Cursor {
  readonly text: string;
  pos = 0;

  constructor(text: string) {
    this.text = text;
    this.space();
  }

  space(): void {
    SPACE.lastIndex = this.pos;
    SPACE.exec(this.text);
    this.pos = Math.max(this.pos, SPACE.lastIndex);
  }

  get done(): boolean {
    return this.pos >= this.text.length;
  }

  fail(expected: string): never {
    const found = this.done ? 'the text ends' : `there is "${this.text.slice(this.pos, this.pos + 20)}"`;
    throw new SyntaxProblem(`Expected ${expected} at position ${this.pos}, but ${found}.`, this.pos);
  }

  sees(symbol: string): boolean {
    return this.text.startsWith(symbol, this.pos);
  }

  /** Takes a symbol and the space behind it. */
  take(symbol: string): boolean {
    if (!this.sees(symbol)) return false;
    this.pos += symbol.length;
    this.space();
    return true;
  }

  need(symbol: string): void {
    if (!this.take(symbol)) this.fail(`"${symbol}"`);
  }

  seesWord(word: string): boolean {
    return this.sees(word) && !this.wordGoesOn(this.pos + word.length);
  }

  takeWord(word: string): boolean {
    if (!this.seesWord(word)) return false;
    this.pos += word.length;
    this.space();
    return true;
  }

  needWord(word: string): void {
    if (!this.takeWord(word)) this.fail(`"${word}"`);
  }

  private wordGoesOn(at: number): boolean {
    const char = this.text.charAt(at);
    return char !== '' && NAME_PART.test(char);
  }

  /** One word of letters and digits, without moving. */
  peekWord(): string | null {
    WORD.lastIndex = this.pos;
    return WORD.exec(this.text)?.[0] ?? null;
  }

  /** The longest known name at this position, else one word or a name in backticks; null when there is none. */
  takeName(known: NameTable): string | null {
    if (this.sees('`')) return this.takeQuotedName();
    for (const candidate of known.candidates(this.text.charAt(this.pos))) {
      const end = this.matchKnown(candidate);
      if (end < 0) continue;
      this.pos = end;
      this.space();
      return candidate;
    }
    const word = this.peekWord();
    if (word === null) return null;
    this.pos += word.length;
    this.space();
    return word;
  }

  /** Does a known name of several words begin here? It wins over a keyword, as in `some name`. */
  seesKnown(known: NameTable): boolean {
    return known.candidates(this.text.charAt(this.pos)).some((candidate) => this.matchKnown(candidate) >= 0);
  }

  private takeQuotedName(): string {
    const end = this.text.indexOf('`', this.pos + 1);
    if (end < 0) this.fail('a closing backtick');
    const name = this.text.slice(this.pos + 1, end);
    this.pos = end + 1;
    this.space();
    return name;
  }

  private matchKnown(candidate: string): number {
    let at = this.pos;
    for (const char of candidate) {
      if (char === ' ') {
        const start = at;
        while (/\s/.test(this.text.charAt(at))) at++;
        if (at === start) return -1;
      } else if (this.text.startsWith(char, at)) at += char.length;
      else return -1;
    }
    return NAME_PART.test(candidate.slice(-1)) && this.wordGoesOn(at) ? -1 : at;
  }

  /** Runs a sticky pattern; on a match the position is behind it. */
  takePattern(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.pos;
    const found = pattern.exec(this.text);
    if (found) this.pos = pattern.lastIndex;
    return found;
  }

  takeNumber(): number | null {
    const found = this.takePattern(NUMBER);
    if (!found) return null;
    this.space();
    return Number(found[0]);
  }

  /** A text in double quotes. Unknown escapes stay as they are, because regular expressions need `\d`. */
  takeString(): string {
    let at = this.pos + 1;
    let made = '';
    for (;;) {
      const char = this.text.charAt(at);
      if (char === '') this.fail('a closing quote');
      if (char === '"') break;
      const escape = char === '\\' ? this.escape(at) : null;
      made += escape ? escape.value : char;
      at = escape ? escape.end : at + 1;
    }
    this.pos = at + 1;
    this.space();
    return made;
  }

  private escape(at: number): { value: string; end: number } {
    const next = this.text.charAt(at + 1);
    const plain = ESCAPES[next];
    if (plain !== undefined) return { value: plain, end: at + 2 };
    const digits = next === 'u' ? 4 : next === 'U' ? 6 : 0;
    const hex = this.text.slice(at + 2, at + 2 + digits);
    if (digits > 0 && hex.length === digits && /^[0-9a-fA-F]+$/.test(hex) && parseInt(hex, 16) <= 0x10ffff) {
      return { value: String.fromCodePoint(parseInt(hex, 16)), end: at + 2 + digits };
    }
    return { value: `\\${next}`, end: at + 2 };
  }
}
