import type { FeelType, FeelValue } from './values.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**';
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface Iterator {
  readonly name: string;
  readonly from: Node;
  /** set for `from .. to` */
  readonly to: Node | null;
}

/** What the parser yields and `generate` turns into closures. */
export type Node =
  | { readonly t: 'literal'; readonly value: FeelValue }
  | { readonly t: 'name'; readonly name: string }
  | { readonly t: 'list'; readonly items: readonly Node[] }
  | { readonly t: 'context'; readonly entries: readonly { readonly key: string; readonly value: Node }[] }
  | { readonly t: 'path'; readonly of: Node; readonly name: string }
  | { readonly t: 'filter'; readonly of: Node; readonly by: Node }
  | { readonly t: 'call'; readonly callee: Node; readonly args: readonly Node[]; readonly names: readonly string[] | null }
  | { readonly t: 'arithmetic'; readonly op: ArithmeticOperator; readonly left: Node; readonly right: Node }
  | { readonly t: 'compare'; readonly op: ComparisonOperator; readonly left: Node; readonly right: Node }
  | { readonly t: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly t: 'negate'; readonly of: Node }
  | { readonly t: 'between'; readonly of: Node; readonly low: Node; readonly high: Node }
  | { readonly t: 'in'; readonly of: Node; readonly tests: readonly Node[] }
  /** `> 5` as a unary test; as a value it is a range */
  | { readonly t: 'test'; readonly op: ComparisonOperator; readonly of: Node }
  | { readonly t: 'range'; readonly start: Node; readonly end: Node; readonly startIncluded: boolean; readonly endIncluded: boolean }
  | { readonly t: 'if'; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly t: 'for'; readonly iterators: readonly Iterator[]; readonly body: Node }
  | { readonly t: 'quantified'; readonly every: boolean; readonly iterators: readonly Iterator[]; readonly body: Node }
  | { readonly t: 'instance'; readonly of: Node; readonly type: FeelType | null }
  | { readonly t: 'function'; readonly params: readonly { readonly name: string; readonly type?: FeelType }[]; readonly body: Node | null }
  | { readonly t: 'unary-tests'; readonly negated: boolean; readonly tests: readonly Node[] }
  | { readonly t: 'any' };

/** Thrown by the parser and the generator only; `compileExpression` turns it into a problem. */
export class SyntaxProblem extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}
