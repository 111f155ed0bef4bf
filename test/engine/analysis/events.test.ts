import { describe, expect, test } from '@jest/globals';
import { analyse } from '../../../engine/analysis/analyse.ts';
import type { AnalysisOptions, Finding } from '../../../engine/analysis/finding.ts';
import { draw } from './draw.ts';

const check = async (lines: string, options?: AnalysisOptions): Promise<readonly Finding[]> => analyse(await draw(lines), options).findings;
const codes = async (lines: string, options?: AnalysisOptions): Promise<string[]> => (await check(lines, options)).map(({ code }) => code);

describe('messages', () => {
  const sender = `
    start s
    throw t message Paid
    end e
    s -> t
    t -> e`;
  const receiver = (name: string): string => `
    start s
    catch c message ${name}
    end e
    s -> c
    c -> e`;

  test('[AN8] a message that no process waits for is reported with its name', async () => {
    const others = [await draw(receiver('Other'), 'q')];
    expect(await check(sender, { others })).toMatchObject([
      { code: 'message-never-received', severity: 'warning', elementId: 't', values: { name: 'Paid' } },
    ]);
  });

  test('[AN8] it is only worth a look while nobody else is known, and fine when somebody waits', async () => {
    expect(await check(sender)).toMatchObject([{ code: 'message-never-received', severity: 'info' }]);
    expect(await codes(sender, { others: [await draw(receiver('Paid'), 'q')] })).toEqual([]);
  });

  test('[AN8] a message whose name only its job knows is not judged', async () => {
    expect(await codes(sender.replace('message Paid', 'message'))).toEqual([]);
  });

  test('[AN8] a message that nobody here sends is worth a look only', async () => {
    expect(await check(receiver('Paid'), { others: [await draw(receiver('Paid'), 'q')] })).toMatchObject([
      { code: 'message-never-sent', severity: 'info' },
    ]);
    expect(await codes(receiver('Paid'))).toEqual([]);
  });
});

describe('errors', () => {
  const sub = (inner: string, boundary: string): string => `
    start s
    sub p {
      start i
      ${inner}
    }
    boundary b on p ${boundary}
    end e
    s -> p
    p -> e
    b -> e`;
  const throwing = (code: string): string => `user x\nend f error ${code}\ni -> x\nx -> f`;

  test('[AN9] a boundary event for an error that nothing inside throws', async () => {
    const inner = 'user x\nend f\ni -> x\nx -> f';
    expect(await check(sub(inner, 'error E1'))).toMatchObject([
      { code: 'error-never-thrown', elementIds: ['b', 'p'], values: { code: 'E1' } },
    ]);
    expect(await codes(sub(inner, 'error'))).toEqual(['error-never-thrown']);
  });

  test('[AN9] an error end event, a job or a called process may throw it', async () => {
    const mixed = (kind: string): string => sub(`${kind}\nend f\ni -> x\nx -> f`, 'error E1');
    expect(await codes(mixed('service x'))).toEqual([]);
    expect(await codes(mixed('call x other'))).toEqual([]);
    expect(
      await codes(sub(`xor g\n${throwing('E1').replace('i -> x', 'g -> x : q')}\nend h\ni -> g\ng -> h : default`, 'error E1')),
    ).toEqual([]);
  });

  test('[AN10] an error code that nobody catches, unless another process calls this one', async () => {
    const lines = sub(
      `xor g\n${throwing('E2').replace('i -> x', 'g -> x : q')}\nservice h\nend k\ni -> g\ng -> h : default\nh -> k`,
      'error E1',
    );
    expect(await check(lines)).toMatchObject([{ code: 'error-never-caught', severity: 'warning', elementId: 'f' }]);
    const caller = await draw('start s\ncall c process\nend e\ns -> c\nc -> e', 'caller');
    expect(await codes(lines, { others: [caller] })).toEqual([]);
  });

  test('[AN10] an event sub-process catches the error of its scope', async () => {
    const lines = `
      start s
      user a
      end e error E1
      s -> a
      a -> e
      event-sub h {
        starting i error E1
        end g
        i -> g
      }`;
    expect(await codes(lines)).toEqual([]);
    expect(await codes(lines.replace('starting i error E1', 'starting i error E2'))).toEqual(['error-never-thrown', 'error-never-caught']);
  });

  test('[AN10] an escalation that nobody catches is worth a look only', async () => {
    expect(await check('start s\nend e escalation X\ns -> e')).toMatchObject([{ code: 'escalation-never-caught', severity: 'info' }]);
  });

  test('[AN9] a sub-process that ends only by an error completes by its boundary event', async () => {
    const lines = sub(throwing('E1'), 'error E1').replace(/p -> e$/m, 'p -> d\nend d');
    expect(await check(lines)).toMatchObject([{ code: 'dead-element', elementId: 'd' }]);
  });
});

describe('timers', () => {
  const boundary = (timer: string, more = ''): string => `
    start s
    user a
    boundary b on a ${more} timer ${timer}
    end e
    s -> a
    a -> e
    b -> e`;

  test.each(['cycle R3/PT1H', 'cycle R/PT1H'])('[AN11] %s repeats, but an interrupting boundary event happens only once', async (timer) => {
    const process = await draw(boundary(timer, 'non-interrupting'));
    expect(analyse(process).findings).toEqual([]);
    const element = process.elements.get('b')!;
    const elements = new Map(process.elements).set('b', { ...element, interrupting: true } as typeof element);
    expect(analyse({ ...process, elements }).findings).toMatchObject([{ code: 'timer-cannot-fire', severity: 'warning', elementId: 'b' }]);
  });

  test.each([
    ['duration', 'PT'],
    ['duration', '5 minutes'],
    ['date', '2026-13-01T00:00:00Z'],
    ['cycle', 'R0/PT1H'],
    ['cycle', 'every day'],
  ] as const)('[AN11] a %s of %s never fires', async (timer, text) => {
    const process = await draw(boundary('duration PT1H', 'non-interrupting'));
    const element = process.elements.get('b')!;
    const elements = new Map(process.elements).set('b', {
      ...element,
      trigger: { type: 'timer', timer, value: { fixed: text } },
    } as typeof element);
    expect(analyse({ ...process, elements }).findings).toMatchObject([{ code: 'timer-cannot-fire', severity: 'error' }]);
  });

  test('[AN11] a timer that depends on the case is not judged', async () => {
    expect(await codes(boundary('duration =deadline'))).toEqual([]);
  });
});

describe('data flow', () => {
  const forms = new Map([
    ['apply', ['name', 'area']],
    ['check', ['approved']],
  ]);
  const lines = `
    start s form=apply
    user check form=check
    xor x
    end e
    end f
    s -> check
    check -> x
    x -> e : approved
    x -> f : default`;

  test('[AN12] a variable that nothing before can have written is reported with the way there', async () => {
    const [finding, ...more] = await check(lines.replace(': approved', ': aproved'), { forms });
    expect(more.map(({ code }) => code)).toEqual(['form-field-never-read', 'form-field-never-read', 'form-field-never-read']);
    expect(finding).toMatchObject({
      code: 'variable-never-written',
      elementId: 'x',
      values: { variable: 'aproved' },
      path: ['s', 's-check', 'check', 'check-x', 'x'],
    });
  });

  test('[AN12] what a form, a script, a mapping or a loop writes may be read', async () => {
    expect((await codes(lines, { forms })).includes('variable-never-written')).toBe(false);
    const script = `${lines.replace('s -> check', 's -> calc\ncalc -> check').replace(': approved', ': fee > 3')}\nscript calc fee = area * 2`;
    expect((await codes(script, { forms })).includes('variable-never-written')).toBe(false);
  });

  test('[AN12] it is silent where something unknown came before: no form, a job, a message', async () => {
    const wrong = lines.replace(': approved', ': aproved');
    expect(await codes(wrong)).toEqual([]);
    expect(
      (await codes(`${wrong.replace('s -> check', 's -> job\njob -> check')}\nservice job`, { forms })).includes('variable-never-written'),
    ).toBe(false);
  });

  test('[AN12] what is written only afterwards does not count, what is written beside does', async () => {
    const after = `
      start s form=apply
      xor x
      script late fee = area
      end e
      end f
      s -> x
      x -> late : fee > 1
      x -> f : default
      late -> e`;
    expect((await codes(after, { forms })).includes('variable-never-written')).toBe(true);
    const beside = `
      start s form=apply
      and split
      script w fee = area
      user check form=check
      xor x
      end e
      end f
      end g
      s -> split
      split -> w
      split -> check
      w -> g
      check -> x
      x -> e : fee > 1
      x -> f : default`;
    expect((await codes(beside, { forms })).includes('variable-never-written')).toBe(false);
  });

  test('[AN12] what the cluster has for every process is no variable of the case', async () => {
    const found = async (condition: string) =>
      (await check(lines.replace(': approved', `: ${condition}`), { forms })).filter(({ code }) => code === 'variable-never-written');
    expect(await found('area > camunda.vars.env.LIMIT')).toEqual([]);
    expect(await found('area > camundas.vars.env.LIMIT')).toMatchObject([{ values: { variable: 'camundas' } }]);
  });

  test('[AN12] a read with a default is no fault', async () => {
    expect((await codes(lines.replace(': approved', ': get or else(aproved, false)'), { forms })).includes('variable-never-written')).toBe(
      false,
    );
  });

  test('[AN13] a form field that nobody reads is worth a look', async () => {
    expect((await check(lines, { forms })).map(({ code, severity, values }) => [code, severity, values['field']])).toEqual([
      ['form-field-never-read', 'info', 'name'],
      ['form-field-never-read', 'info', 'area'],
    ]);
    expect(await codes(`${lines.replace('check -> x', 'check -> job\njob -> x')}\nservice job`, { forms })).toEqual([]);
  });
});
