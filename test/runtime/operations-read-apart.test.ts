import { afterEach, describe, expect, test } from '@jest/globals';
import { createReadApart } from '../../runtime/read-apart.ts';
import type { ReadApart, ReadLimits } from '../../runtime/read-apart.ts';
import { line, serviceTask } from './support/bpmn.ts';

let reader: ReadApart | undefined;
afterEach(async () => await reader?.close());
const open = (limits?: ReadLimits): ReadApart => (reader = limits ? createReadApart(limits) : createReadApart());
const good = line('p', [['stamp', serviceTask('stamp', 'stamp')]]);
/** many elements that an honest diagram would never have */
const large = good.replace(
  '</bpmn:process>',
  `${Array.from({ length: 30_000 }, (_, n) => `<bpmn:textAnnotation id="t${n}"/>`).join('')}</bpmn:process>`,
);
const codes = async (text: string, kind: 'bpmn' | 'dmn' = 'bpmn'): Promise<readonly string[]> =>
  ((await reader?.read(kind, text))?.problems ?? []).map(({ code }) => code);

describe('strangers’ files are read in a thread of their own', () => {
  test('[RT40] a good diagram comes back, and so does the next one', async () => {
    open();
    expect(await Promise.all([reader?.read('bpmn', good), reader?.read('bpmn', good)])).toEqual([
      expect.objectContaining({ ok: true, problems: [] }),
      expect.objectContaining({ ok: true, problems: [] }),
    ]);
  });

  test('[RT40] a broken one is refused with its problems, without the main thread', async () => {
    open();
    expect(await codes(good.replace('targetRef="stamp"', 'targetRef="nowhere"'))).toContain('DANGLING_REFERENCE');
    expect(await codes('<dmn', 'dmn')).toEqual(['INVALID_XML']);
  });

  test('[RT41] one that takes too long ends in a problem that names the limit; the next one is read', async () => {
    open({ timeMs: 1, memoryMb: 256 });
    expect(await codes(large)).toEqual(['TOO_SLOW_TO_READ']);
    open();
    expect(await codes(good)).toEqual([]);
  });

  test('[RT41] one that takes too much memory ends in a problem that names the limit; the next one is read', async () => {
    open({ timeMs: 60_000, memoryMb: 24 });
    const [problem] = (await reader?.read('bpmn', large))?.problems ?? [];
    expect(problem).toMatchObject({ code: 'TOO_LARGE_TO_READ', message: expect.stringContaining('24 megabytes') });
    expect(await codes(good)).toEqual([]);
  });
});
