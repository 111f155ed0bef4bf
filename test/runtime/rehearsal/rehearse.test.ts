import { describe, expect, test } from '@jest/globals';
import { rehearse } from '../../../runtime/rehearsal/rehearse.ts';
import type { Rehearsal, Scenario } from '../../../runtime/rehearsal/rehearsal.ts';
import { compare } from '../../../runtime/rehearsal/compare.ts';
import { draw, drawXml } from '../../engine/analysis/draw.ts';

const run = (lines: string, scenario: Scenario = {}): Promise<Rehearsal> => rehearse(drawXml(lines), scenario);
const agreed = async (lines: string, scenario: Scenario = {}): Promise<readonly string[]> => {
  const result = await run(lines, scenario);
  if (!result.comparable) throw new Error(result.reasons.join(' | '));
  expect(result.findings).toEqual([]);
  return result.traces.theirs.completed;
};

const LOOP = `
  start s
  user a
  xor x
  script c n = n + 1
  service b
  and p
  and q
  manual m
  task k
  end e
  s -> a
  a -> x
  x -> b : n > 3
  x -> c : default
  c -> a
  b -> p
  p -> m
  p -> k
  m -> q
  k -> q
  q -> e`;

describe('both implementations agree', () => {
  test('[SO1] on conditions, scripts, a loop and a parallel block', async () => {
    const passed = await agreed(LOOP, { variables: { n: 2 }, answers: { a: {}, b: {} } });
    expect(passed.filter((id) => id === 'c')).toHaveLength(2);
    expect(passed.at(-1)).toBe('e');
  });

  test('[SO1] on timers, messages, an event-based gateway and an error that leaves a sub-process', async () => {
    const lines = `
      start s
      sub p {
        start i
        service b
        end j error E1
        i -> b
        b -> j
      }
      boundary t on p error E1
      catch c message M
      throw th message X
      events g
      catch d timer duration PT1H
      catch r message R
      end e
      end f
      s -> p
      p -> e
      t -> c
      c -> th
      th -> g
      g -> d
      g -> r
      d -> f
      r -> e`;
    const until: Scenario['steps'] = [
      { do: 'complete', elementId: 'b' },
      { do: 'receive', elementId: 'c' },
      { do: 'complete', elementId: 'th' },
    ];
    expect(await agreed(lines, { steps: [...until, { do: 'fire', elementId: 'd' }] })).toContain('f');
    expect(await agreed(lines, { steps: [...until, { do: 'receive', elementId: 'r' }] })).toContain('e');
  });

  test('[SO1] on boundary events: a timer that interrupts, one that does not, an error with its code', async () => {
    const lines = `
      start s
      user a
      boundary r on a non-interrupting timer duration PT1H
      service reminder
      boundary t on a timer duration PT2H
      service b
      boundary x on b error E1
      end e
      end f
      end g
      end h
      s -> a
      a -> b
      b -> e
      x -> f
      t -> g
      r -> reminder
      reminder -> h`;
    expect(
      await agreed(lines, {
        steps: [
          { do: 'fire', elementId: 'r' },
          { do: 'complete', elementId: 'reminder' },
          { do: 'complete', elementId: 'a' },
          { do: 'error', elementId: 'b', code: 'E1' },
        ],
      }),
    ).toContain('f');
    expect(await agreed(lines, { steps: [{ do: 'fire', elementId: 't' }] })).toContain('g');
  });

  test('[SO1] on what waits, and on an error that nobody catches', async () => {
    const lines = 'start s\nservice b\nend e\ns -> b\nb -> e';
    expect(await run(lines)).toMatchObject({ agree: true, traces: { theirs: { ended: 'waiting', at: ['b'] } } });
    expect(await run(lines, { steps: [{ do: 'error', elementId: 'b', code: 'E1' }] })).toMatchObject({
      agree: true,
      traces: { theirs: { ended: 'failed', at: ['b'] } },
    });
  });

  test('[SO2] mappings, decisions and inner scopes decide the same way', async () => {
    const lines = `
      start s
      sub p {
        start i
        service b
        end j
        i -> b
        b -> j
      }
      xor x
      end e
      end f
      s -> p
      p -> x
      x -> e : good
      x -> f : default
      input p local = a + 1
      output p good = found and local = 3
      output b found = answer = "yes"`;
    expect(await agreed(lines, { variables: { a: 2 }, answers: { b: { answer: 'yes' } } })).toContain('e');
    expect(await agreed(lines, { variables: { a: 2 }, answers: { b: { answer: 'no' } } })).toContain('f');
  });
});

describe('mappings', () => {
  test('[SO2] every element maps its result outwards once: jobs, tasks, messages, timers, starts, throwing events', async () => {
    const lines = `
      start s
      service b
      user u
      catch c message M
      catch d timer duration PT1H
      throw t message X
      script g k = 1
      xor x
      end e
      end f
      s -> b
      b -> u
      u -> c
      c -> d
      d -> t
      t -> g
      g -> x
      x -> e : n = 8
      x -> f : default
      output s n = 1
      ${['b', 'u', 'c', 'd', 't', 'g', 'x'].map((id) => `output ${id} n = n + 1`).join('\n')}`;
    const steps: Scenario['steps'] = [
      { do: 'complete', elementId: 'b' },
      { do: 'complete', elementId: 'u' },
      { do: 'publish', name: 'M' },
      { do: 'advance', milliseconds: 3_600_000 },
      { do: 'complete', elementId: 't' },
    ];
    const passed = await agreed(lines.replace('output x n = n + 1', '').replace('n = 8', 'n = 7'), { variables: { n: 0 }, steps });
    expect(passed).toContain('e');
  });
});

describe('differences and limits', () => {
  test('[SO3] a difference names the element and both paths', async () => {
    const process = await draw(LOOP);
    const trace = { completed: ['s', 'a'], flows: ['s-a'], ended: 'waiting', at: ['a'] } as const;
    expect(compare(process, trace, { ...trace, completed: ['s', 'a', 'a'], ended: 'completed', at: [] })).toEqual([
      { elementId: 'a', ours: 'completed 1 times', theirs: 'completed 2 times' },
      { elementId: 'process', ours: 'waiting at a', theirs: 'completed' },
    ]);
    expect(compare(process, { ...trace, completed: ['a', 's'] }, trace)).toEqual([{ elementId: 's-a', ours: 'a → s', theirs: 's → a' }]);
  });

  test('[SO3] parallel branches may interleave', async () => {
    const process = await draw(LOOP);
    const trace = { completed: ['p', 'm', 'k', 'q'], flows: [], ended: 'completed', at: [] } as const;
    expect(compare(process, trace, { ...trace, completed: ['p', 'k', 'm', 'q'] })).toEqual([]);
  });

  test('[SO4] what only one of them can run is not compared, by name', async () => {
    const lines = 'start s\nor g\nservice b\nservice c\nor j\nend e\ns -> g\ng -> b : true\ng -> c : true\nb -> j\nc -> j\nj -> e';
    const result = await run(lines, { answers: { b: {}, c: {} } });
    expect(result).toMatchObject({ comparable: false, reasons: [expect.stringContaining("'j'")] });
  });

  test('[SO4] a step that does not fit and a diagram that is refused are reasons', async () => {
    expect(await run('start s\nservice b\nend e\ns -> b\nb -> e', { steps: [{ do: 'complete', elementId: 'c' }] })).toEqual({
      comparable: false,
      reasons: ["Step 1: Expected something to complete at 'c', but nothing of the kind waits there."],
    });
    expect(await rehearse('no diagram')).toMatchObject({ comparable: false });
  });

  test('[SO5] no JavaScript of a model runs', async () => {
    const touched = globalThis as { touched?: boolean };
    const xml = drawXml('start s\nxor x\nservice b\nend e\nend f\ns -> x\nx -> b : n = 1\nx -> f : default\nb -> e').replace(
      /<bpmn:conditionExpression [^>]*>=n = 1</,
      '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="javascript">globalThis.touched = true; next(null, true)<',
    );
    const result = await rehearse(xml, { variables: { n: 1 }, answers: { b: {} } });
    expect(touched.touched).toBeUndefined();
    if (result.comparable) expect(result.traces.theirs.completed).not.toContain('b');
    const templated = drawXml('start s\nservice b\nend e\ns -> b\nb -> e').replace(
      '<bpmn:serviceTask id="b"',
      '<bpmn:serviceTask id="b" implementation="${environment.services.run}"',
    );
    expect(await rehearse(templated, { answers: { b: {} } })).toMatchObject({ agree: true });
  });

  test('[SO4] a run that the data stops is not compared, and the incident says why', async () => {
    expect(await run('start s\nxor x\nend e\nend f\ns -> x\nx -> e : missing > 1\nx -> f : default')).toMatchObject({
      comparable: false,
      reasons: [expect.stringContaining("'missing'")],
    });
  });

  test('[SO4] message flows to a pool without a process are no hindrance', async () => {
    const xml = drawXml('start s\nservice b\nend e\ns -> b\nb -> e').replace(
      '<bpmn:process',
      '<bpmn:collaboration id="c"><bpmn:participant id="us" processRef="process" /><bpmn:participant id="them" /><bpmn:messageFlow id="m" name="a &gt; b" sourceRef="b" targetRef="them" /></bpmn:collaboration><bpmn:process',
    );
    expect(await rehearse(xml, { answers: { b: {} } })).toMatchObject({ comparable: true, agree: true });
  });

  test('[SO5] a loop in which nothing waits is stopped by our limit and never given to the other side', async () => {
    const lines =
      'start s\nxor again\nscript a n = n + 1\nxor x\nend e\ns -> again\nagain -> a\na -> x\nx -> again : n > 0\nx -> e : default';
    expect(await run(lines, { variables: { n: 1 } })).toMatchObject({
      comparable: false,
      reasons: [expect.stringContaining('within 100000 steps')],
    });
  }, 60_000);
});
