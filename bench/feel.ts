/**
 * How fast FEEL is: our compiled closures against feelin, which parses the text at every evaluation. Both in this run and with the same
 * answer, so the ratio does not depend on the machine. Bar: at least 50×.
 *
 *   node bench/feel.ts
 */
import { isDeepStrictEqual } from 'node:util';
import { evaluate } from 'feelin';
import { compileExpression, compileUnaryTests, scopeOf } from '../engine/feel/index.ts';
import { rate, tell } from './measured.ts';
import type { Measured } from './measured.ts';

const CASES: readonly { text: string; context: Record<string, unknown> }[] = [
  { text: 'a > 10 and b = "x"', context: { a: 11, b: 'x' } },
  { text: 'if amount > limit then "manual" else "auto"', context: { amount: 5, limit: 10 } },
  {
    text: 'sum(for line in lines return line.price * line.count)',
    context: { lines: Array.from({ length: 20 }, (_, at) => ({ price: at, count: 2 })) },
  },
  {
    text: 'people[age >= 18 and city = "Malang"].name',
    context: { people: Array.from({ length: 20 }, (_, at) => ({ age: at * 2, city: 'Malang', name: `n${at}` })) },
  },
];
const CLOCK = { now: 0, zone: 'Asia/Jakarta' };

/** Evaluations per second, the best of five rounds. */
function speedOf(run: () => void, milliseconds = 200): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < milliseconds) {
      for (let at = 0; at < 50; at++) run();
      count += 50;
    }
    best = Math.max(best, (count * 1000) / (performance.now() - start));
  }
  return best;
}

function against({ text, context }: (typeof CASES)[number]): Measured {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const scope = scopeOf(context);
  const mine = (): unknown => {
    const result = compiled.expression.evaluate(scope, CLOCK);
    return result.ok ? result.value : result;
  };
  const his = (): unknown => (evaluate(text, context as never) as { readonly value: unknown }).value;
  const [answer, other] = [mine(), his()].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  if (!isDeepStrictEqual(answer, other))
    throw new Error(`Expected both to answer "${text}" alike, but ours is ${JSON.stringify(answer)} and feelin's ${JSON.stringify(other)}`);
  // the results are used, so that the compiler cannot leave the work out
  let sink = 0;
  const ours = speedOf(() => void (sink += mine() === undefined ? 0 : 1));
  if (sink === 0) throw new Error(`Expected "${text}" to have a value, but it has none`);
  const theirs = speedOf(() => void his());
  return {
    name: `FEEL \`${text}\``,
    ours: rate(ours, 'evaluations'),
    raw: `feelin ${rate(theirs, 'evaluations')}`,
    ratio: { value: ours / theirs, bar: 50, kind: 'low' },
    settings: 'compiled once; best of five rounds each',
  };
}

const compiling: Measured = {
  name: 'FEEL: compiling at deployment',
  ours: `${rate(
    speedOf(() => void compileExpression('a > 10 and b = "x"')),
    'expressions',
  )}, ${rate(
    speedOf(() => void compileUnaryTests('[1..5], > 10')),
    'table cells',
  )}`,
};
tell([...CASES.map(against), compiling]);
