import type { FeelValue, Runtime } from '../feel/index.ts';
import { EvaluationFailure } from '../feel/runtime.ts';
import { arithmetic } from '../feel/arithmetic.ts';
import { equals, order } from '../feel/operators.ts';
import { contextOf } from '../feel/values.ts';
import { Names } from './model.ts';
import type { Boxed, Model } from './model.ts';
import { childOf, childrenOf, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';

export interface NamedValue {
  readonly id: string;
  readonly name: string;
  readonly value: FeelValue;
}
export interface MatchedRule {
  readonly ruleId: string;
  /** from 1 */
  readonly ruleIndex: number;
  readonly outputs: readonly NamedValue[];
}
export interface TableResult {
  readonly output: FeelValue;
  readonly inputs: readonly NamedValue[];
  readonly matched: readonly MatchedRule[];
}

interface Input {
  readonly id: string;
  readonly name: string;
  readonly value: Boxed;
}
interface Output {
  readonly id: string;
  readonly name: string;
  /** the allowed values in order of priority, when listed */
  readonly priorities: Boxed | null;
  readonly fallback: Boxed | null;
}
interface Rule {
  readonly id: string;
  readonly tests: readonly Boxed[];
  readonly outputs: readonly Boxed[];
}
interface Table {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly rules: readonly Rule[];
  readonly hitPolicy: string;
  readonly aggregation: string | undefined;
}

/** A decision table (DMN chapter 8). */
export function compileTable(model: Model, element: Element): (runtime: Runtime) => TableResult {
  const table: Table = {
    inputs: childrenOf(element, 'input').map((input) => compileInput(model, input)),
    outputs: childrenOf(element, 'output').map((output) => compileOutput(model, output)),
    rules: childrenOf(element, 'rule').map((rule) => compileRule(model, rule)),
    hitPolicy: textOf(element, 'hitPolicy') ?? 'UNIQUE',
    aggregation: textOf(element, 'aggregation'),
  };
  const faulty = table.rules.findIndex((rule) => rule.tests.length !== table.inputs.length || rule.outputs.length !== table.outputs.length);
  if (faulty >= 0 || table.outputs.length === 0) {
    model.broken(element, {
      code: 'INVALID_TABLE',
      message: `Expected every rule to have one cell per column, but rule ${faulty + 1} does not.`,
      hint: 'Open and save the table in the modeler.',
    });
  }
  return (runtime) => evaluateTable(table, runtime);
}

function compileInput(model: Model, input: Element): Input {
  const expression = childOf(input, 'inputExpression');
  const text = textOf(expression, 'text') ?? '';
  // The declared type is not enforced: modelers write "string" for every new column, and a column that then silently matches
  // nothing would help nobody. A comparison of different kinds is null anyway.
  const value = model.expression(text, input);
  return { id: textOf(input, 'id') ?? '', name: textOf(input, 'label') ?? text, value };
}

function compileOutput(model: Model, output: Element): Output {
  const values = textOf(childOf(output, 'outputValues'), 'text');
  const fallback = textOf(childOf(output, 'defaultOutputEntry'), 'text');
  return {
    id: textOf(output, 'id') ?? '',
    name: textOf(output, 'name') ?? '',
    priorities: values === undefined || values.trim() === '' ? null : model.expression(`[${values}]`, output),
    fallback: fallback === undefined || fallback.trim() === '' ? null : model.expression(fallback, output),
  };
}

function compileRule(model: Model, rule: Element): Rule {
  const tests = childrenOf(rule, 'inputEntry').map((entry): Boxed => {
    const text = textOf(entry, 'text') ?? '';
    return text.trim() === '' || text.trim() === '-' ? () => true : model.unaryTests(text, entry);
  });
  const outputs = childrenOf(rule, 'outputEntry').map((entry): Boxed => {
    const text = textOf(entry, 'text') ?? '';
    return text.trim() === '' ? () => null : model.expression(text, entry);
  });
  return { id: textOf(rule, 'id') ?? '', tests, outputs };
}

function evaluateTable(table: Table, runtime: Runtime): TableResult {
  const inputs = table.inputs.map(({ id, name, value }) => ({ id, name, value: value(runtime) }));
  const scopes = inputs.map((input) => runtime.within(new Names(runtime.scope, [['?', input.value]])));
  const matched: MatchedRule[] = [];
  for (const [at, rule] of table.rules.entries()) {
    runtime.spend(1);
    if (!rule.tests.every((test, column) => test(scopes[column] ?? runtime) === true)) continue;
    const outputs = table.outputs.map((output, column) => ({
      id: output.id,
      name: output.name,
      value: rule.outputs[column]?.(runtime) ?? null,
    }));
    matched.push({ ruleId: rule.id, ruleIndex: at + 1, outputs });
    if (table.hitPolicy === 'FIRST') break;
  }
  if (matched.length === 0) return { output: fallbackOf(table, runtime), inputs, matched };
  return { ...hit(table, matched, runtime), inputs };
}

function fallbackOf(table: Table, runtime: Runtime): FeelValue {
  if (!table.outputs.some((output) => output.fallback)) return table.aggregation === 'COUNT' ? 0 : null;
  const values = table.outputs.map((output): [string, FeelValue] => [output.name, output.fallback?.(runtime) ?? null]);
  return table.outputs.length === 1 ? (values[0]?.[1] ?? null) : contextOf(values);
}

const resultOf = (rule: MatchedRule): FeelValue =>
  rule.outputs.length === 1 ? (rule.outputs[0]?.value ?? null) : contextOf(rule.outputs.map((output) => [output.name, output.value]));

type Hit = Pick<TableResult, 'output' | 'matched'>;

function hit(table: Table, matched: readonly MatchedRule[], runtime: Runtime): Hit {
  const [first] = matched;
  if (!first) return { output: null, matched };
  switch (table.hitPolicy) {
    case 'UNIQUE':
      if (matched.length > 1) throw violated('UNIQUE', `rules ${matched.map((rule) => rule.ruleIndex).join(', ')} match together`);
      return { output: resultOf(first), matched };
    case 'ANY':
      if (matched.some((rule) => equals(resultOf(rule), resultOf(first)) !== true))
        throw violated('ANY', 'the matching rules have different outputs');
      return { output: resultOf(first), matched };
    case 'FIRST':
      return { output: resultOf(first), matched };
    case 'PRIORITY': {
      const [best] = byPriority(table, matched, runtime);
      return best ? { output: resultOf(best), matched: [best] } : { output: null, matched };
    }
    case 'OUTPUT ORDER': {
      const sorted = byPriority(table, matched, runtime);
      return { output: sorted.map(resultOf), matched: sorted };
    }
    case 'RULE ORDER':
      return { output: matched.map(resultOf), matched };
    default:
      return { output: collect(table, matched), matched };
  }
}

function violated(policy: string, but: string): EvaluationFailure {
  return new EvaluationFailure('type', `Expected the hit policy ${policy} to hold, but ${but}.`);
}

/** Listed output values earlier in the list win; the first output column decides first (DMN 8.2.10). */
function byPriority(table: Table, matched: readonly MatchedRule[], runtime: Runtime): readonly MatchedRule[] {
  const lists = table.outputs.map((output) => output.priorities?.(runtime) ?? null);
  const rank = (rule: MatchedRule, column: number): number => {
    const listed = lists[column];
    if (!Array.isArray(listed)) return 0;
    const at = (listed as readonly FeelValue[]).findIndex((value) => equals(value, rule.outputs[column]?.value ?? null) === true);
    return at < 0 ? listed.length : at;
  };
  return [...matched].sort((a, b) => {
    for (const column of table.outputs.keys()) {
      const difference = rank(a, column) - rank(b, column);
      if (difference !== 0) return difference;
    }
    return a.ruleIndex - b.ruleIndex;
  });
}

function collect(table: Table, matched: readonly MatchedRule[]): FeelValue {
  const values = matched.map(resultOf);
  switch (table.aggregation) {
    case 'COUNT':
      return values.length;
    case 'SUM':
      return values.reduce<FeelValue>((sum, value) => arithmetic('+', sum, value) ?? null, 0);
    case 'MIN':
      return values.reduce((best, value) => (order(value, best) === -1 ? value : best));
    case 'MAX':
      return values.reduce((best, value) => (order(value, best) === 1 ? value : best));
    default:
      return values;
  }
}
