import type { ComparisonOperator, Node } from './ast.ts';
import { Frame } from './generate.ts';
import type { Code, Generator, Layout } from './generate.ts';
import { equals, order, within } from './operators.ts';
import type { Runtime } from './runtime.ts';
import { FeelRange, isList, typeName } from './values.ts';
import type { FeelValue } from './values.ts';

const isNull = (node: Node): boolean => node.t === 'literal' && node.value === null;

/** Evaluates without complaints about what is missing: somebody asks whether it exists. */
export function quietly(code: Code): Code {
  return (runtime, frame) => {
    runtime.meter.quiet++;
    try {
      return code(runtime, frame);
    } finally {
      runtime.meter.quiet--;
    }
  };
}

export function generateCompare(generator: Generator, node: Node & { t: 'compare' }, layout: Layout | null): Code {
  let left = generator.make(node.left, layout);
  let right = generator.make(node.right, layout);
  if (isNull(node.right)) left = quietly(left);
  if (isNull(node.left)) right = quietly(right);
  switch (node.op) {
    case '=':
      return (runtime, frame) => equal(runtime, left(runtime, frame), right(runtime, frame));
    case '!=':
      return (runtime, frame) => {
        const same = equal(runtime, left(runtime, frame), right(runtime, frame));
        return same === null ? null : !same;
      };
    default:
      return generateOrder(node.op, left, right);
  }
}

function generateOrder(op: ComparisonOperator, left: Code, right: Code): Code {
  const below = op === '<' || op === '<=';
  const orEqual = op === '<=' || op === '>=';
  return (runtime, frame) => {
    const a = left(runtime, frame);
    const b = right(runtime, frame);
    if (typeof a === 'number' && typeof b === 'number') return below ? (orEqual ? a <= b : a < b) : orEqual ? a >= b : a > b;
    return compared(op, order(a, b)) ?? unordered(runtime, a, b);
  };
}

function compared(op: ComparisonOperator, at: number | null): boolean | null {
  if (at === null) return null;
  switch (op) {
    case '<':
      return at < 0;
    case '<=':
      return at <= 0;
    case '>':
      return at > 0;
    case '>=':
      return at >= 0;
    case '=':
      return at === 0;
    case '!=':
      return at !== 0;
  }
}

function unordered(runtime: Runtime, a: FeelValue, b: FeelValue): null {
  const [left, right] = [typeName(a), typeName(b)];
  if (left === right && left !== 'null') {
    return runtime.warn(
      'type',
      `Expected two values that can be ordered, but one ${left} has a time zone and the other has none, or their kind has no order.`,
    );
  }
  return runtime.warn('type', `Expected two values that can be ordered, but got ${left} and ${right}.`);
}

function equal(runtime: Runtime, a: FeelValue, b: FeelValue): boolean | null {
  if (typeof a === typeof b && typeof a !== 'object') return a === b;
  if (isList(a)) runtime.spend(a.length);
  const result = equals(a, b);
  return result === null
    ? runtime.warn('type', `Expected two values of the same kind, but got ${typeName(a)} and ${typeName(b)}.`)
    : result;
}

const NOTHING: Code = () => null;

export function generateBetween([of = NOTHING, low = NOTHING, high = NOTHING]: readonly Code[]): Code {
  return (runtime, frame) => {
    const value = of(runtime, frame);
    const from = order(value, low(runtime, frame));
    const to = order(value, high(runtime, frame));
    if (from === null || to === null)
      return runtime.warn('type', `Expected ${typeName(value)} to be comparable with both ends of "between", but it is not.`);
    return from >= 0 && to <= 0;
  };
}

export function generateRange(generator: Generator, node: Node & { t: 'range' }, layout: Layout | null): Code {
  const start = generator.make(node.start, layout);
  const end = generator.make(node.end, layout);
  const { startIncluded, endIncluded } = node;
  return (runtime, frame) => {
    const from = start(runtime, frame);
    const to = end(runtime, frame);
    if (from !== null && to !== null && order(from, to) === null) return unordered(runtime, from, to);
    return new FeelRange({ start: from, end: to, startIncluded, endIncluded });
  };
}

/** `(> 5)` as a value is a range without an end. */
export function generateTest(generator: Generator, node: Node & { t: 'test' }, layout: Layout | null): Code {
  const of = generator.make(node.of, layout);
  const { op } = node;
  return (runtime, frame) => {
    const value = of(runtime, frame);
    if (op === '!=') return runtime.warn('type', 'Expected a range, but "!=" does not describe one.');
    if (op === '=') return new FeelRange({ start: value, end: value, startIncluded: true, endIncluded: true });
    const included = op === '<=' || op === '>=';
    if (op === '<' || op === '<=') return new FeelRange({ start: null, end: value, startIncluded: false, endIncluded: included });
    return new FeelRange({ start: value, end: null, startIncluded: included, endIncluded: false });
  };
}

// ---------------------------------------------------------------- unary tests and `in`

/** Does the input pass this test? */
type Test = (runtime: Runtime, frame: Frame | null, input: FeelValue) => boolean | null;

const readsInput = (node: unknown): boolean => {
  if (typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some(readsInput);
  const { t, name } = node as { t?: string; name?: string };
  return (t === 'name' && name === '?') || Object.values(node).some(readsInput);
};

function generateOne(generator: Generator, node: Node, layout: Layout | null): Test {
  if (node.t === 'test') {
    const of = generator.make(node.of, layout);
    const { op } = node;
    return (runtime, frame, input) => testWith(op, { input, value: of(runtime, frame) });
  }
  const code = generator.make(node, layout);
  if (readsInput(node)) return (runtime, frame) => asBoolean(code(runtime, frame));
  return (runtime, frame, input) => matchesValue(input, code(runtime, frame));
}

const asBoolean = (value: FeelValue): boolean | null => (typeof value === 'boolean' ? value : null);

function testWith(op: ComparisonOperator, { input, value }: { input: FeelValue; value: FeelValue }): boolean | null {
  if (op === '=' || op === '!=') {
    const same = equals(input, value);
    return same === null ? null : same === (op === '=');
  }
  return compared(op, order(input, value));
}

/** Equal, contained, inside the range; or, for an input that is no boolean, a condition that is true by itself. */
function matchesValue(input: FeelValue, value: FeelValue): boolean | null {
  if (value instanceof FeelRange && !(input instanceof FeelRange)) return within(input, value);
  if (typeof value === 'boolean' && typeof input !== 'boolean') return value;
  if (!isList(value)) return equals(input, value);
  if (equals(input, value) === true) return true;
  return value.some((item) => (item instanceof FeelRange ? within(input, item) : equals(input, item)) === true);
}

function anyPasses(tests: readonly Test[], runtime: Runtime, at: { frame: Frame | null; input: FeelValue }): boolean | null {
  let unknown = false;
  for (const test of tests) {
    const passed = test(runtime, at.frame, at.input);
    if (passed === true) return true;
    if (passed === null) unknown = true;
  }
  return unknown ? null : false;
}

export function generateIn(generator: Generator, node: Node & { t: 'in' }, layout: Layout | null): Code {
  const of = generator.make(node.of, layout);
  const inner: Layout = { up: layout, names: ['?'], item: false };
  const tests = node.tests.map((test) => generateOne(generator, test, inner));
  return (runtime, frame) => {
    const input = of(runtime, frame);
    return anyPasses(tests, runtime, { frame: new Frame(frame, [input]), input });
  };
}

/** The cell of a decision table: reads its input as the variable `?`. Always true or false. */
export function generateUnaryTests(generator: Generator, node: Node & { t: 'unary-tests' }, layout: Layout | null): Code {
  const tests = node.tests.map((test) => generateOne(generator, test, layout));
  const { negated } = node;
  return (runtime, frame) => {
    const input = runtime.scope.get('?') ?? null;
    const passed = anyPasses(tests, runtime, { frame, input });
    return negated ? passed === false : passed === true;
  };
}
