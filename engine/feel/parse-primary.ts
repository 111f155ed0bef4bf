import { SyntaxProblem } from './ast.ts';
import type { ComparisonOperator, Node } from './ast.ts';
import { Cursor } from './cursor.ts';
import type { NameTable } from './cursor.ts';
import { parseType } from './parse-type.ts';
import { readTemporal } from './temporal-text.ts';
import type { FeelType } from './values.ts';

export interface ParseOptions {
  readonly names: NameTable;
  readonly types: ReadonlyMap<string, FeelType>;
}

export const NEST_LIMIT = 250;
const COMPARISONS: readonly ComparisonOperator[] = ['!=', '<=', '>=', '=', '<', '>'];
const RESERVED = new Set([
  'and',
  'or',
  'in',
  'between',
  'then',
  'else',
  'return',
  'satisfies',
  'if',
  'for',
  'some',
  'every',
  'true',
  'false',
  'null',
]);
export const NAME_CHARS = `[^\\s:,(){}\\[\\]"=<>!;@\`]`;
const KEY = new RegExp(`((?!\\d)${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*)\\s*(?=:)`, 'y');
const PARAMETER = new RegExp(`((?!\\d)${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*?)\\s*(?=[:,)])`, 'y');
const ARGUMENT = new RegExp(`((?![\\d\`])${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*?)\\s*:`, 'y');

export const normal = (name: string): string => name.replace(/\s+/g, ' ');

/** What an expression is made of: literals, names, lists, contexts, ranges, calls, paths and filters. The operators are in parse.ts. */
export abstract class PrimaryParser extends Cursor {
  protected readonly names: NameTable;
  protected readonly types: ReadonlyMap<string, FeelType>;
  protected nest = 0;
  /** Two rules look ahead by trying; nested, that could double the work at each level. */
  protected work = 0;

  constructor(text: string, options: ParseOptions) {
    super(text);
    this.names = options.names.copy();
    this.types = options.types;
  }

  abstract expression(): Node;
  abstract additive(): Node;

  protected takeComparison(): ComparisonOperator | null {
    for (const op of COMPARISONS) if (this.take(op)) return op;
    return null;
  }

  /** Runs a rule; when it fails, the position is where it was and the answer is null. */
  protected attempt<T>(rule: () => T): T | null {
    const { pos, nest } = this;
    try {
      return rule();
    } catch (problem) {
      if (!(problem instanceof SyntaxProblem) || this.nest > NEST_LIMIT || this.work > this.text.length) throw problem;
      this.pos = pos;
      this.nest = nest;
      return null;
    }
  }

  protected postfix(): Node {
    let node = this.primary();
    for (;;) {
      if (!this.sees('..') && this.take('.')) node = { t: 'path', of: node, name: this.takeName(this.names) ?? this.fail('a name') };
      else if (this.sees('[')) {
        const by = this.filterBody();
        if (!by) return node;
        node = { t: 'filter', of: node, by };
      } else if (this.take('(')) node = this.call(node);
      else return node;
    }
  }

  /** Null when the `[` closes a range, as in `]1..5[`. */
  protected filterBody(): Node | null {
    if (!this.inRange) {
      this.need('[');
      const by = this.free(() => this.expression());
      this.need(']');
      return by;
    }
    const pos = this.pos;
    const by = this.attempt(() => {
      this.need('[');
      const made = this.free(() => this.expression());
      this.need(']');
      return made;
    });
    if (!by) this.pos = pos;
    return by;
  }

  protected inRange = false;

  protected free<T>(rule: () => T): T {
    const before = this.inRange;
    this.inRange = false;
    const made = rule();
    this.inRange = before;
    return made;
  }

  protected call(callee: Node): Node {
    const args: Node[] = [];
    const names: string[] = [];
    if (this.take(')')) return { t: 'call', callee, args, names: null };
    do {
      const name = this.takePattern(ARGUMENT)?.[1];
      if (name !== undefined) names.push(normal(name));
      this.space();
      args.push(this.free(() => this.argument()));
    } while (this.take(','));
    this.need(')');
    if (names.length > 0 && names.length !== args.length) this.fail('either all arguments or none to be named');
    return { t: 'call', callee, args, names: names.length > 0 ? names : null };
  }

  /** `> 5` is allowed as an argument: it is a range */
  protected argument(): Node {
    const op = this.takeComparison();
    return op ? { t: 'test', op, of: this.additive() } : this.expression();
  }

  protected primary(): Node {
    const char = this.text.charAt(this.pos);
    if (char === '"') return { t: 'literal', value: this.takeString() };
    if (char === '@') return this.temporal();
    if (char === '(') return this.parenthesis();
    if (char === '[') return this.bracket();
    if (char === ']') return this.range(false);
    if (char === '{') return this.context();
    if (char === '?' && this.take('?')) return { t: 'name', name: '?' };
    const number = this.takeNumber();
    if (number !== null) return { t: 'literal', value: number };
    return this.named();
  }

  protected temporal(): Node {
    this.pos++;
    if (!this.sees('"')) this.fail('a quoted date, time or duration');
    return { t: 'literal', value: readTemporal(this.takeString()) };
  }

  protected parenthesis(): Node {
    const start = this.pos;
    this.take('(');
    const op = this.takeComparison();
    if (op) {
      const of = this.additive();
      this.need(')');
      return { t: 'test', op, of };
    }
    const node = this.free(() => this.expression());
    if (this.sees('..')) {
      this.pos = start;
      return this.range(false);
    }
    this.need(')');
    return node;
  }

  protected bracket(): Node {
    const start = this.pos;
    this.take('[');
    const items: Node[] = [];
    if (this.take(']')) return { t: 'list', items };
    do {
      items.push(this.free(() => this.argument()));
      if (items.length === 1 && this.sees('..')) {
        this.pos = start;
        return this.range(true);
      }
    } while (this.take(','));
    this.need(']');
    return { t: 'list', items };
  }

  protected range(startIncluded: boolean): Node {
    if (!this.take('[') && !this.take('(')) this.need(']');
    const start = this.additive();
    this.need('..');
    const before = this.inRange;
    this.inRange = true;
    const end = this.additive();
    this.inRange = before;
    const endIncluded = this.take(']');
    if (!endIncluded && !this.take(')') && !this.take('[')) this.fail('the end of a range');
    return { t: 'range', start, end, startIncluded, endIncluded };
  }

  protected context(): Node {
    this.need('{');
    const entries: { key: string; value: Node }[] = [];
    if (this.take('}')) return { t: 'context', entries };
    do {
      const key = this.contextKey();
      this.need(':');
      this.names.add(key);
      entries.push({ key, value: this.free(() => this.expression()) });
    } while (this.take(','));
    this.need('}');
    return { t: 'context', entries };
  }

  protected contextKey(): string {
    if (this.sees('"')) return this.takeString();
    if (this.sees('`')) return this.takeName(this.names) ?? '';
    const found = this.takePattern(KEY)?.[1];
    if (found === undefined) this.fail('the name of an entry');
    this.space();
    return normal(found);
  }

  protected named(): Node {
    const word = this.peekWord();
    if (word === 'function') {
      const literal = this.functionLiteral();
      if (literal) return literal;
    }
    const start = this.pos;
    const name = this.takeName(this.names);
    if (name === null) this.fail('an expression');
    if (this.text.charAt(start) === '`') return { t: 'name', name };
    if (name === 'true' || name === 'false') return { t: 'literal', value: name === 'true' };
    if (name === 'null') return { t: 'literal', value: null };
    if (RESERVED.has(name)) {
      this.pos = start;
      this.fail('an expression');
    }
    return { t: 'name', name };
  }

  protected functionLiteral(): Node | null {
    const start = this.pos;
    this.takeWord('function');
    if (!this.take('(')) {
      this.pos = start;
      return null;
    }
    const params: { name: string; type?: FeelType }[] = [];
    while (!this.take(')')) {
      if (params.length > 0) this.need(',');
      params.push(this.parameter());
    }
    if (!this.takeWord('external')) return { t: 'function', params, body: this.free(() => this.expression()) };
    this.context();
    return { t: 'function', params, body: null };
  }

  protected parameter(): { name: string; type?: FeelType } {
    const found = this.takePattern(PARAMETER)?.[1];
    if (found === undefined) this.fail('the name of a parameter');
    this.space();
    const name = normal(found);
    this.names.add(name);
    const type = this.take(':') ? parseType(this, this.types) : null;
    return type ? { name, type } : { name };
  }
}
