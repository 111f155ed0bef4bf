import { SyntaxProblem } from './ast.ts';
import type { Node } from './ast.ts';
import { arithmetic, negate, numeric } from './arithmetic.ts';
import { generateCall, generateFunction } from './generate-calls.ts';
import { generateFilter, generateFor, generateQuantified } from './generate-loops.ts';
import { generateBetween, generateCompare, generateIn, generateRange, generateTest, generateUnaryTests } from './generate-tests.ts';
import { generateName } from './generate-names.ts';
import { propertyOf } from './properties.ts';
import type { Runtime } from './runtime.ts';
import { isInstance } from './types.ts';
import { Special, entryOf, isContext, isList, typeName } from './values.ts';
import type { FeelValue } from './values.ts';

/** The values of one binding construct at run time: iterator variables, parameters, entries, or the item of a filter. */
export class Frame {
  readonly up: Frame | null;
  readonly values: FeelValue[];
  constructor(up: Frame | null, values: FeelValue[]) {
    this.up = up;
    this.values = values;
  }
}

/** What a node becomes. */
export type Code = (runtime: Runtime, frame: Frame | null) => FeelValue;

/** What the generator knows of a frame. `item`: its first value is the item of a filter, whose entries are names as well. */
export interface Layout {
  readonly up: Layout | null;
  readonly names: string[];
  readonly item: boolean;
}

const DEPTH_LIMIT = 1200;

/** Turns nodes into closures; collects the free names on its way. */
export class Generator {
  readonly variables = new Set<string>();
  private depth = 0;

  make(node: Node, layout: Layout | null): Code {
    if (++this.depth > DEPTH_LIMIT)
      throw new SyntaxProblem(`Expected a chain of at most ${DEPTH_LIMIT} operations, but there are more.`, 0);
    const code = this.dispatch(node, layout);
    this.depth--;
    return code;
  }

  private dispatch(node: Node, layout: Layout | null): Code {
    switch (node.t) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'name':
        return generateName(this, node.name, layout);
      case 'list':
        return generateList(node.items.map((item) => this.make(item, layout)));
      case 'context':
        return generateContext(this, node.entries, layout);
      case 'path':
        return generatePath(this.make(node.of, layout), node.name);
      case 'filter':
        return generateFilter(this, node, layout);
      case 'call':
        return generateCall(this, node, layout);
      case 'arithmetic':
        return generateArithmetic(this, node, layout);
      case 'compare':
        return generateCompare(this, node, layout);
      case 'and':
        return generateAnd(this.make(node.left, layout), this.make(node.right, layout));
      case 'or':
        return generateOr(this.make(node.left, layout), this.make(node.right, layout));
      default:
        return this.dispatchRest(node, layout);
    }
  }

  private dispatchRest(node: Node, layout: Layout | null): Code {
    switch (node.t) {
      case 'negate':
        return generateNegate(this.make(node.of, layout));
      case 'between':
        return generateBetween([node.of, node.low, node.high].map((part) => this.make(part, layout)));
      case 'in':
        return generateIn(this, node, layout);
      case 'test':
        return generateTest(this, node, layout);
      case 'range':
        return generateRange(this, node, layout);
      case 'if':
        return generateIf([node.condition, node.then, node.otherwise].map((part) => this.make(part, layout)));
      case 'for':
        return generateFor(this, node, layout);
      case 'quantified':
        return generateQuantified(this, node, layout);
      case 'instance': {
        const of = this.make(node.of, layout);
        const { type } = node;
        return (runtime, frame) =>
          type
            ? isInstance(of(runtime, frame), type)
            : runtime.warn('type', 'Expected the name of a type after "instance of", but nobody knows this one.');
      }
      case 'function':
        return generateFunction(this, node, layout);
      case 'unary-tests':
        return generateUnaryTests(this, node, layout);
      case 'any':
        return () => true;
      default:
        throw new Error(`Expected a node that the generator knows, but got ${node.t}.`);
    }
  }
}

function generateList(items: readonly Code[]): Code {
  return (runtime, frame) => {
    runtime.spend(items.length);
    return items.map((item) => item(runtime, frame));
  };
}

/** Each entry sees the entries before it. */
function generateContext(
  generator: Generator,
  entries: readonly { readonly key: string; readonly value: Node }[],
  layout: Layout | null,
): Code {
  const inner: Layout = { up: layout, names: [], item: false };
  const keys = entries.map((entry) => entry.key);
  const repeated = new Set(keys).size < keys.length;
  const codes = entries.map((entry) => {
    // a function may call itself; anything else that bears the name of its entry means the one outside, as in {name: name}
    if (entry.value.t === 'function') inner.names.push(entry.key);
    const code = generator.make(entry.value, inner);
    if (entry.value.t !== 'function') inner.names.push(entry.key);
    return code;
  });
  return (runtime, frame) => {
    if (repeated) return runtime.warn('type', 'Expected every entry of a context to have its own name, but one is there twice.');
    runtime.spend(keys.length);
    const made = Object.create(null) as Record<string, FeelValue>;
    const own = new Frame(frame, []);
    for (let at = 0; at < codes.length; at++) {
      const value = codes[at]?.(runtime, own) ?? null;
      own.values.push(value);
      made[keys[at] ?? ''] = value;
    }
    return made;
  };
}

function generatePath(of: Code, name: string): Code {
  return (runtime, frame) => pathOf(runtime, of(runtime, frame), name);
}

/** `value.name`; on a list the name is taken of every item. */
export function pathOf(runtime: Runtime, value: FeelValue, name: string): FeelValue {
  if (value === null) return null;
  if (isList(value)) {
    runtime.spend(value.length);
    return value.map((item) => pathOf(runtime, item, name));
  }
  const found = isContext(value) ? entryOf(value, name) : value instanceof Special ? propertyOf(value, name) : undefined;
  if (found !== undefined) return found;
  return runtime.warn('missing-entry', `Expected the ${typeName(value)} to have "${name}", but it does not.`, name);
}

function generateArithmetic(generator: Generator, node: Node & { t: 'arithmetic' }, layout: Layout | null): Code {
  const left = generator.make(node.left, layout);
  const right = generator.make(node.right, layout);
  const { op } = node;
  return (runtime, frame) => {
    const a = left(runtime, frame);
    const b = right(runtime, frame);
    if (typeof a === 'number' && typeof b === 'number')
      return numeric(op, a, b) ?? runtime.warn('type', `Expected ${a} ${op} ${b} to have a result, but it has none.`);
    const result = arithmetic(op, a, b);
    if (typeof result === 'string') return runtime.grown(result);
    return result ?? runtime.warn('type', `Expected values that "${op}" can take, but got ${typeName(a)} and ${typeName(b)}.`);
  };
}

function generateNegate(of: Code): Code {
  return (runtime, frame) => {
    const value = of(runtime, frame);
    return negate(value) ?? runtime.warn('type', `Expected a number or a duration after "-", but got ${typeName(value)}.`);
  };
}

/** Three-valued: false wins over null. The right side is not evaluated when the left one decides. */
function generateAnd(left: Code, right: Code): Code {
  return (runtime, frame) => {
    const a = left(runtime, frame);
    if (a === false) return false;
    const b = right(runtime, frame);
    if (b === false) return false;
    return a === true && b === true ? true : null;
  };
}

function generateOr(left: Code, right: Code): Code {
  return (runtime, frame) => {
    const a = left(runtime, frame);
    if (a === true) return true;
    const b = right(runtime, frame);
    if (b === true) return true;
    return a === false && b === false ? false : null;
  };
}

const NOTHING: Code = () => null;

function generateIf([condition = NOTHING, then = NOTHING, otherwise = NOTHING]: readonly Code[]): Code {
  return (runtime, frame) => (condition(runtime, frame) === true ? then(runtime, frame) : otherwise(runtime, frame));
}
