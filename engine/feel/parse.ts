import { Cursor, NameTable } from './cursor.ts';
import { SyntaxProblem } from './ast.ts';
import type { ComparisonOperator, Iterator, Node } from './ast.ts';
import { parseType } from './parse-type.ts';
import { readTemporal } from './temporal-text.ts';
import type { FeelType } from './values.ts';

export interface ParseOptions {
  readonly names: NameTable;
  readonly types: ReadonlyMap<string, FeelType>;
}

const NEST_LIMIT = 250;
const COMPARISONS: readonly ComparisonOperator[] = ['!=', '<=', '>=', '=', '<', '>'];
const RESERVED = new Set(['and', 'or', 'in', 'between', 'then', 'else', 'return', 'satisfies', 'if', 'for', 'some', 'every', 'true', 'false', 'null']);
const NAME_CHARS = `[^\\s:,(){}\\[\\]"=<>!;@\`]`;
const KEY = new RegExp(`((?!\\d)${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*)\\s*(?=:)`, 'y');
const PARAMETER = new RegExp(`((?!\\d)${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*?)\\s*(?=[:,)])`, 'y');
const ARGUMENT = new RegExp(`((?![\\d\`])${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*?)\\s*:`, 'y');
const VARIABLE = new RegExp(`((?!\\d)${NAME_CHARS}+(?:\\s+${NAME_CHARS}+)*?)\\s+in(?![\\p{L}\\p{N}_])`, 'uy');

/** Parses a whole expression. Throws SyntaxProblem. */
export function parseExpression(text: string, options: ParseOptions): Node {
  const parser = new Parser(text, options);
  const node = parser.expression();
  if (!parser.done) parser.fail('the end of the expression');
  return node;
}

/** Parses the cell of a decision table. Throws SyntaxProblem. */
export function parseUnaryTests(text: string, options: ParseOptions): Node {
  const parser = new Parser(text, options);
  const node = parser.unaryTests();
  if (!parser.done) parser.fail('the end of the tests');
  return node;
}

const normal = (name: string): string => name.replace(/\s+/g, ' ');

/** Recursive descent, one method per rule of the grammar (DMN 10.3.1.2), lowest precedence first. */
class Parser extends Cursor {
  private readonly names: NameTable;
  private readonly types: ReadonlyMap<string, FeelType>;
  private nest = 0;
  /** Two rules look ahead by trying; nested, that could double the work at each level. */
  private work = 0;

  constructor(text: string, options: ParseOptions) {
    super(text);
    this.names = options.names.copy();
    this.types = options.types;
  }

  expression(): Node {
    if (++this.work > this.text.length + 1000) throw new SyntaxProblem('Expected a simpler expression, but this one takes too long to read.', this.pos);
    if (++this.nest > NEST_LIMIT) throw new SyntaxProblem(`Expected at most ${NEST_LIMIT} nested expressions, but there are more.`, this.pos);
    const node = this.textual();
    this.nest--;
    return node;
  }

  unaryTests(): Node {
    if (this.sees('-')) {
      const start = this.pos;
      this.take('-');
      if (this.done) return { t: 'any' };
      this.pos = start;
    }
    const start = this.pos;
    if (this.takeWord('not') && this.take('(')) {
      const tests = this.testList();
      if (this.take(')') && this.done) return { t: 'unary-tests', negated: true, tests };
    }
    this.pos = start;
    return { t: 'unary-tests', negated: false, tests: this.testList() };
  }

  private testList(): Node[] {
    const tests = [this.unaryTest()];
    while (this.take(',')) tests.push(this.unaryTest());
    return tests;
  }

  private unaryTest(): Node {
    const op = this.takeComparison();
    return op ? { t: 'test', op, of: this.additive() } : this.expression();
  }

  private takeComparison(): ComparisonOperator | null {
    for (const op of COMPARISONS) if (this.take(op)) return op;
    return null;
  }

  private textual(): Node {
    const word = this.peekWord();
    if (word === 'if' && this.takeWord('if')) return this.conditional();
    if (word === 'for' && this.takeWord('for')) return this.iteration();
    if ((word === 'some' || word === 'every') && this.takeWord(word)) return this.quantified(word === 'every');
    return this.disjunction();
  }

  private conditional(): Node {
    const condition = this.expression();
    this.needWord('then');
    const then = this.expression();
    this.needWord('else');
    return { t: 'if', condition, then, otherwise: this.expression() };
  }

  private iteration(): Node {
    const iterators = this.iterators();
    this.needWord('return');
    return { t: 'for', iterators, body: this.expression() };
  }

  private quantified(every: boolean): Node {
    const iterators = this.iterators();
    this.needWord('satisfies');
    return { t: 'quantified', every, iterators, body: this.expression() };
  }

  private iterators(): Iterator[] {
    const made: Iterator[] = [];
    do {
      const name = this.takePattern(VARIABLE)?.[1];
      if (name === undefined) this.fail('a name and "in"');
      this.space();
      const from = this.expression();
      const to = this.take('..') ? this.expression() : null;
      this.names.add(normal(name));
      made.push({ name: normal(name), from, to });
    } while (this.take(','));
    return made;
  }

  private disjunction(): Node {
    let left = this.conjunction();
    while (this.takeWord('or')) left = { t: 'or', left, right: this.conjunction() };
    return left;
  }

  private conjunction(): Node {
    let left = this.comparison();
    while (this.takeWord('and')) left = { t: 'and', left, right: this.comparison() };
    return left;
  }

  private comparison(): Node {
    let left = this.additive();
    for (;;) {
      const op = this.takeComparison();
      if (op) left = { t: 'compare', op, left, right: this.additive() };
      else if (this.takeWord('between')) left = this.between(left);
      else if (this.takeWord('in')) left = this.membership(left);
      else return left;
    }
  }

  private between(of: Node): Node {
    const low = this.additive();
    this.needWord('and');
    return { t: 'between', of, low, high: this.additive() };
  }

  private membership(of: Node): Node {
    const start = this.pos;
    if (this.take('(')) {
      const list = this.attempt(() => {
        const tests = this.testList();
        this.need(')');
        return tests;
      });
      if (list) return { t: 'in', of, tests: list };
      this.pos = start;
    }
    const op = this.takeComparison();
    return { t: 'in', of, tests: [op ? { t: 'test', op, of: this.additive() } : this.additive()] };
  }

  /** Runs a rule; when it fails, the position is where it was and the answer is null. */
  private attempt<T>(rule: () => T): T | null {
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

  private additive(): Node {
    let left = this.multiplicative();
    for (;;) {
      if (this.take('+')) left = { t: 'arithmetic', op: '+', left, right: this.multiplicative() };
      else if (this.take('-')) left = { t: 'arithmetic', op: '-', left, right: this.multiplicative() };
      else return left;
    }
  }

  private multiplicative(): Node {
    let left = this.power();
    for (;;) {
      if (!this.sees('**') && this.take('*')) left = { t: 'arithmetic', op: '*', left, right: this.power() };
      else if (this.take('/')) left = { t: 'arithmetic', op: '/', left, right: this.power() };
      else return left;
    }
  }

  private power(): Node {
    let left = this.negation();
    while (this.take('**')) left = { t: 'arithmetic', op: '**', left, right: this.negation() };
    return left;
  }

  private negation(): Node {
    let minus = 0;
    while (this.take('-')) if (++minus > NEST_LIMIT) this.fail('fewer signs');
    let node = this.instance();
    for (; minus > 0; minus--) node = { t: 'negate', of: node };
    return node;
  }

  private instance(): Node {
    let node = this.postfix();
    while (this.seesWord('instance')) {
      this.takeWord('instance');
      this.needWord('of');
      node = { t: 'instance', of: node, type: parseType(this, this.types) };
    }
    return node;
  }

  private postfix(): Node {
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
  private filterBody(): Node | null {
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

  private inRange = false;

  private free<T>(rule: () => T): T {
    const before = this.inRange;
    this.inRange = false;
    const made = rule();
    this.inRange = before;
    return made;
  }

  private call(callee: Node): Node {
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
  private argument(): Node {
    const op = this.takeComparison();
    return op ? { t: 'test', op, of: this.additive() } : this.expression();
  }

  private primary(): Node {
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

  private temporal(): Node {
    this.pos++;
    if (!this.sees('"')) this.fail('a quoted date, time or duration');
    return { t: 'literal', value: readTemporal(this.takeString()) };
  }

  private parenthesis(): Node {
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

  private bracket(): Node {
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

  private range(startIncluded: boolean): Node {
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

  private context(): Node {
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

  private contextKey(): string {
    if (this.sees('"')) return this.takeString();
    if (this.sees('`')) return this.takeName(this.names) ?? '';
    const found = this.takePattern(KEY)?.[1];
    if (found === undefined) this.fail('the name of an entry');
    this.space();
    return normal(found);
  }

  private named(): Node {
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

  private functionLiteral(): Node | null {
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

  private parameter(): { name: string; type?: FeelType } {
    const found = this.takePattern(PARAMETER)?.[1];
    if (found === undefined) this.fail('the name of a parameter');
    this.space();
    const name = normal(found);
    this.names.add(name);
    const type = this.take(':') ? parseType(this, this.types) : null;
    return type ? { name, type } : { name };
  }
}
