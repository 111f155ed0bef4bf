/** What keeps a set of the conformance command from passing because less was looked at. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demandBar } from '../../scripts/conformance/dmn-tck.ts';
import { judge } from '../../scripts/conformance/feelin.ts';
import { newTally } from '../../scripts/conformance/tally.ts';

describe('feelin and we', () => {
  const same = { id: 'same', text: '0.1 + n', inputs: { n: 0.2 } };
  const other = { id: 'other', text: '1[true]', inputs: {} };
  test.each([
    ['alike, and not named', same, {}, [1, 0, 0]],
    ['different, and named', other, { other: 'a reason' }, [0, 0, 1]],
    ['different, and not named', other, {}, [0, 1, 0]],
    ['alike, but named', same, { same: 'a reason' }, [0, 1, 0]],
  ])('[CF6] %s', (_what, one, named, expected) => {
    const tally = newTally();
    judge(tally, one, new Map(Object.entries(named)));
    expect([tally.passed.length, tally.failed.length, tally.notApplicable.length]).toEqual(expected);
  });
});

describe('what is not there', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alur-conformance-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const command = (where: string) => {
    const script = resolve(import.meta.dirname, '../../scripts/conformance.ts');
    const { status, stderr } = spawnSync(process.execPath, [script, where, '--only=dmn-tck'], { encoding: 'utf8' });
    return { status, stderr };
  };

  test('[CF7] a case that Camunda passes and that was not run is failed; one that was run is not', () => {
    const file = join(folder, 'verdicts.csv');
    writeFileSync(file, 'dir,test,id,verdict\na,t,1,SUCCESS\na,t,2,SUCCESS\na,t,3,ERROR\n');
    const tally = newTally();
    tally.passed.push('a/t/1');
    demandBar(tally, file);
    expect(tally.failed).toMatchObject([{ id: 'a/t/2' }]);
  });

  test.each([
    ['the list of what Camunda passes', 'verdicts.csv', true, 1],
    ['the folder of a set', 'Expected the set in', false, 1],
  ])('[CF7] without %s the command fails and says so', (_what, said, withCases, status) => {
    if (withCases) mkdirSync(join(folder, 'dmn-tck', 'TestCases'), { recursive: true });
    const answer = command(folder);
    expect(answer).toMatchObject({ status, stderr: expect.stringContaining(said) });
    expect(answer.stderr).toContain('Expected');
  });

  test('[CF7] without any folder the command fails and says so', () => {
    const gone = join(folder, 'gone');
    expect(command(gone)).toMatchObject({ status: 2, stderr: expect.stringContaining(`Expected the conformance data in ${gone}`) });
  });
});
