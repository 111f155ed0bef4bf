import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../../engine/analysis/analyse.ts';
import type { AnalysisOptions, Finding } from '../../../engine/analysis/finding.ts';
import { draw } from './draw.ts';

const check = async (lines: string, options?: AnalysisOptions): Promise<readonly Finding[]> => analyse(await draw(lines), options).findings;
const codes = async (lines: string, options?: AnalysisOptions): Promise<string[]> => (await check(lines, options)).map(({ code }) => code);

const PARALLEL = `
  start s
  and split
  user a
  user b
  and join
  end e
  s -> split
  split -> a
  split -> b
  a -> join
  b -> join
  join -> e`;

describe('deadlock', () => {
  test('[AN1] a parallel join behind an exclusive split waits for ever, and the way there is shown', async () => {
    const [finding, ...more] = await check(
      PARALLEL.replace('and split', 'xor split').replace('split -> a', 'split -> a : x').replace('split -> b', 'split -> b : default'),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      code: 'deadlock',
      severity: 'error',
      elementId: 'join',
      path: ['s', 's-split', 'split', 'split-a', 'a', 'a-join'],
    });
    expect(finding!.elementIds).toEqual(['join', 'b-join']);
  });

  test('[AN1] a parallel split and join of the same ways is sound', async () => {
    expect(await codes(PARALLEL)).toEqual([]);
  });

  test('[AN1] a deadlock inside a sub-process is found once, inside', async () => {
    const inner = `
      start s
      sub p {
        start i
        xor x
        and y
        end f
        i -> x
        x -> y : c
        x -> z : default
        task z
        z -> y
        y -> f
      }
      end e
      s -> p
      p -> e`;
    expect((await check(inner)).map(({ code, elementId }) => [code, elementId])).toEqual([['deadlock', 'y']]);
  });

  test('[AN1] a loop back into a parallel join is a deadlock', async () => {
    const lines = `
      start s
      and j
      user a
      xor x
      end e
      s -> j
      j -> a
      a -> x
      x -> j : again
      x -> e : default`;
    expect((await check(lines)).map(({ code, elementId }) => [code, elementId])).toContainEqual(['deadlock', 'j']);
  });
});

describe('missing synchronisation', () => {
  test.each(['xor', 'user'])('[AN2] two parallel ways into one %s run it twice', async (kind) => {
    const [finding, ...more] = await check(PARALLEL.replace('and join', `${kind} join`));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'missing-synchronisation', severity: 'warning', elementIds: ['join', 'split'] });
    expect(finding!.path.slice(0, 3)).toEqual(['s', 's-split', 'split']);
  });

  test('[AN2] an inclusive join of a parallel split is sound', async () => {
    expect(await codes(PARALLEL.replace('and join', 'or join'))).toEqual([]);
  });

  test('[AN2] parallel ways may share an end event', async () => {
    const lines = `
      start s
      and split
      user a
      user b
      end e
      s -> split
      split -> a
      split -> b
      a -> e
      b -> e`;
    expect(await codes(lines)).toEqual([]);
  });

  test('[AN2] exclusive ways inside parallel ones may meet', async () => {
    const lines = `
      start s
      and split
      xor x
      xor y
      user a
      user b
      user c
      and join
      end e
      s -> split
      split -> x
      split -> c
      x -> a : q
      x -> b : default
      a -> y
      b -> y
      y -> join
      c -> join
      join -> e`;
    expect(await codes(lines)).toEqual([]);
  });

  test('[AN2] a non-interrupting boundary event that leads back into the main way runs it twice', async () => {
    const lines = (target: string): string => `
      start s
      user a
      user b
      boundary t on a non-interrupting timer duration PT1H
      end e
      s -> a
      a -> b
      b -> e
      t -> ${target}`;
    expect(await codes(lines('b'))).toEqual(['missing-synchronisation']);
    expect(await codes(lines('e'))).toEqual([]);
  });

  test('[AN2] a reminder in a correction loop is sound', async () => {
    const lines = `
      start s
      xor again
      user a
      service remind
      boundary t on a non-interrupting timer cycle R3/PT1H
      end f
      xor ok
      end e
      s -> again
      again -> a
      a -> ok
      ok -> again : missing
      ok -> e : default
      t -> remind
      remind -> f`;
    expect(await codes(lines)).toEqual([]);
  });
});

describe('several starts', () => {
  test('[AN2] none start events begin together, so they need a join', async () => {
    const lines = (join: string): string => `
      start s
      start t
      ${join} j
      end e
      s -> j
      t -> j
      j -> e`;
    expect(await codes(lines('user'))).toEqual(['missing-synchronisation']);
    expect(await codes(lines('and'))).toEqual([]);
  });
});

describe('inclusive gateways', () => {
  const lines = (join: string): string => `
    start s
    or split
    user a
    user b
    user c
    ${join} join
    end e
    s -> split
    split -> a : x
    split -> b : y
    split -> c : default
    a -> join
    b -> join
    c -> join
    join -> e`;

  test('[AN3] an inclusive join takes every choice of the split', async () => {
    expect(await codes(lines('or'))).toEqual([]);
  });

  test('[AN1] a parallel join of an inclusive split is a deadlock', async () => {
    expect((await check(lines('and'))).map(({ code, elementId }) => [code, elementId])).toEqual([['deadlock', 'join']]);
  });

  test('[AN2] an exclusive join of an inclusive split runs twice', async () => {
    expect(await codes(lines('xor'))).toEqual(['missing-synchronisation']);
  });
});

describe('dead elements and completion', () => {
  test('[AN4] what no way leads to is reported once, with what follows', async () => {
    const lines = `
      start s
      end e
      user a
      user b
      end f
      s -> e
      a -> b
      b -> f`;
    const [finding, ...more] = await check(lines);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'dead-element', elementIds: ['a', 'b', 'f'] });
  });

  test('[AN4] what follows a deadlock is not reported again', async () => {
    const lines = PARALLEL.replace('and split', 'xor split')
      .replace('split -> a', 'split -> a : x')
      .replace('split -> b', 'split -> b : default');
    expect(await codes(lines)).toEqual(['deadlock']);
  });

  test('[AN5] a loop of tasks without a way out has no option to complete', async () => {
    const lines = `
      start s
      xor again
      user a
      user b
      s -> again
      again -> a
      a -> b
      b -> again`;
    const [finding] = await check(lines);
    expect(finding).toMatchObject({ code: 'no-option-to-complete', severity: 'warning' });
    expect(finding!.path.slice(0, 2)).toEqual(['s', 's-again']);
  });

  test('[AN5] a watcher that another way terminates can complete', async () => {
    const lines = `
      start s
      and split
      xor again
      service poll
      catch wait timer duration PT1H
      user a
      end e terminate
      s -> split
      split -> again
      split -> a
      again -> poll
      poll -> wait
      wait -> again
      a -> e`;
    expect(await codes(lines)).toEqual([]);
  });

  test('[AN5] a loop in a sub-process that a timer interrupts can complete', async () => {
    const lines = `
      start s
      sub p {
        start i
        xor again
        user a
        i -> again
        again -> a
        a -> again
      }
      boundary t on p timer duration PT1H
      end e
      s -> p
      t -> e`;
    expect(await codes(lines)).toEqual([]);
  });
});

describe('endless loops', () => {
  const loop = (body: string, condition: string): string => `
    start s
    xor again
    ${body}
    xor x
    end e
    s -> again
    again -> a
    a -> x
    x -> again : ${condition}
    x -> e : default`;

  test('[AN6] a loop of gateways and scripts alone that has no way out', async () => {
    const lines = `
      start s
      xor again
      script a n = 1
      s -> again
      again -> a
      a -> again`;
    expect(await check(lines)).toMatchObject([{ code: 'endless-loop', severity: 'error' }]);
  });

  test('[AN6] a loop whose way out nothing in it changes', async () => {
    expect(await check(loop('script a m = 1', 'n > 1'))).toMatchObject([{ code: 'endless-loop', severity: 'warning' }]);
  });

  test('[AN6] a counter, a task or a timer in the loop makes it sound', async () => {
    expect(await codes(loop('script a n = n + 1', 'n < 5'))).toEqual([]);
    expect(await codes(loop('user a', 'n < 5'))).toEqual([]);
    expect(await codes(loop('catch a timer duration PT1M', 'n < 5'))).toEqual([]);
  });
});

describe('verdict', () => {
  test('[AN7] the verdict is bounded when the limit is hit, and nothing is claimed beyond it', async () => {
    const process = await draw(
      PARALLEL.replace('and split', 'xor split').replace('split -> a', 'split -> a : x').replace('split -> b', 'split -> b : default'),
    );
    expect(analyse(process, { maxStates: 1 })).toMatchObject({ verdict: 'bounded', findings: [] });
    expect(analyse(process)).toMatchObject({ verdict: 'complete' });
  });

  test('[AN7] twelve parallel branches with choices need few states', async () => {
    const branches = Array.from(
      { length: 12 },
      (_, i) => `
      xor x${i}
      user a${i}
      user b${i}
      xor y${i}
      split -> x${i}
      x${i} -> a${i} : q
      x${i} -> b${i} : default
      a${i} -> y${i}
      b${i} -> y${i}
      y${i} -> join`,
    );
    const process = await draw(`start s\nand split\nand join\nend e\ns -> split\njoin -> e\n${branches.join('\n')}`);
    const { verdict, states, findings } = analyse(process);
    expect({ verdict, findings }).toEqual({ verdict: 'complete', findings: [] });
    expect(states).toBeLessThan(100);
  });

  test('[AN17] thousands of elements, branches and levels end in a verdict', async () => {
    const ids = Array.from({ length: 1500 }, (_, i) => `n${i}`);
    const chain = [
      'start s',
      'end e',
      ...ids.map((id) => `user ${id}`),
      ...ids.map((id, i) => `${ids[i - 1] ?? 's'} -> ${id}`),
      `${ids.at(-1)} -> e`,
    ];
    expect(analyse(await draw(chain.join('\n')))).toMatchObject({ verdict: 'complete', findings: [] });
    const wide = [
      'start s',
      'and p',
      'and q',
      'end e',
      's -> p',
      'q -> e',
      ...ids.flatMap((id) => [`user ${id}`, `p -> ${id}`, `${id} -> q`]),
    ];
    expect(analyse(await draw(wide.join('\n'))).findings).toEqual([]);
    const deep = 60;
    const open = Array.from(
      { length: deep },
      (_, i) =>
        `sub d${i} {\nstart b${i}\nend f${i}\nb${i} -> ${i + 1 < deep ? `d${i + 1}` : 't'}\n${i + 1 < deep ? `d${i + 1}` : 't'} -> f${i}`,
    );
    const nested = ['start s', 'end e', 's -> d0', 'd0 -> e', ...open, 'user t', ...open.map(() => '}')];
    expect(analyse(await draw(nested.join('\n')))).toMatchObject({ verdict: 'complete', findings: [] });
  }, 60_000);
});
