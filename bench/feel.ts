/**
 * How fast FEEL is: our compiled closures against feelin, which parses the text at every evaluation. Both in this run, so the
 * ratio does not depend on the machine. `npx node bench/feel.ts` prints it; goal: at least 50.
 */
import { evaluate } from 'feelin';
import { compileExpression, compileUnaryTests, scopeOf } from '../engine/feel/index.ts';

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
function rate(run: () => void, milliseconds = 200): number {
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

export function benchFeel(): void {
  for (const { text, context } of CASES) {
    const compiled = compileExpression(text);
    if (!compiled.ok) throw new Error(compiled.problem.message);
    const scope = scopeOf(context);
    let sink = 0;
    // the results are used, so that the compiler cannot leave the work out
    const ours = rate(() => {
      const result = compiled.expression.evaluate(scope, CLOCK);
      sink += result.ok && result.value !== null ? 1 : 0;
    });
    if (sink === 0) throw new Error(`Expected "${text}" to have a value, but it has none.`);
    const theirs = rate(() => void evaluate(text, context as never));
    console.log(
      `feel: ${text}: ${Math.round(ours).toLocaleString('en')}/s compiled, ${Math.round(theirs).toLocaleString('en')}/s feelin, ratio ${(ours / theirs).toFixed(0)}`,
    );
  }
  const compile = rate(() => void compileExpression('a > 10 and b = "x"'));
  const cell = rate(() => void compileUnaryTests('[1..5], > 10'));
  console.log(
    `feel: compiling ${Math.round(compile).toLocaleString('en')} expressions/s, ${Math.round(cell).toLocaleString('en')} table cells/s`,
  );
}

if (import.meta.main) benchFeel();
