import { SyntaxProblem } from './ast.ts';
import type { Iterator, Node } from './ast.ts';
import { NAME_CHARS, NEST_LIMIT, PrimaryParser, normal } from './parse-primary.ts';
import type { ParseOptions } from './parse-primary.ts';
import { parseType } from './parse-type.ts';

const TEXTUAL = new Set(['if', 'for', 'some', 'every']);
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

/** Recursive descent, one method per rule of the grammar (DMN 10.3.1.2), lowest precedence first. */
class Parser extends PrimaryParser {
  override expression(): Node {
    if (++this.work > this.text.length + 1000)
      throw new SyntaxProblem('Expected a simpler expression, but this one takes too long to read.', this.pos);
    if (++this.nest > NEST_LIMIT)
      throw new SyntaxProblem(`Expected at most ${NEST_LIMIT} nested expressions, but there are more.`, this.pos);
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

  private textual(): Node {
    const word = this.peekWord();
    if (word === null || !TEXTUAL.has(word) || this.seesKnown(this.names)) return this.disjunction();
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

  override additive(): Node {
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
}
