/** Every scenario of every shipped service, on both implementations. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compileDecisions } from '../../../engine/dmn/index.ts';
import { compile } from '../../../engine/index.ts';
import type { Library } from '../../../engine/index.ts';
import { deployedDecision } from '../../../runtime/deployed-decision.ts';
import { fromTestCase } from '../../../runtime/rehearsal/from-test-case.ts';
import type { Instruction } from '../../../runtime/rehearsal/from-test-case.ts';
import { rehearse } from '../../../runtime/rehearsal/rehearse.ts';

const top = join(import.meta.dirname, '../../..');
const cases = globSync('processes/*/scenarios/*.test.json', { cwd: top }).flatMap((file) => {
  const { testCases } = JSON.parse(readFileSync(join(top, file), 'utf8')) as { testCases: { name: string; instructions: Instruction[] }[] };
  return testCases.map(({ name, instructions }) => ({ file, name, instructions }));
});

/** Instructions about failures and incidents move no token; a path can only be compared without them. */
const COMPARABLE = cases.filter(
  ({ instructions }) =>
    !instructions.some(({ type }) => ['ALUR_FAIL_JOB', 'RESOLVE_INCIDENT', 'UPDATE_VARIABLES', 'SET_TIME'].includes(type)),
);

async function libraryOf(folder: string): Promise<Library> {
  const decisions = new Map<string, ReturnType<typeof deployedDecision>>();
  for (const file of globSync('*.dmn', { cwd: join(top, folder) })) {
    const compiled = await compileDecisions(readFileSync(join(top, folder, file), 'utf8'));
    if (!compiled.ok) throw new Error(`Expected ${file} to compile.`);
    for (const decision of compiled.decisions.values()) decisions.set(decision.id, deployedDecision('9', decision));
  }
  return { decision: (id) => decisions.get(id), form: () => ({ key: '3' }), process: () => ({ key: '4' }) };
}

describe('shipped services', () => {
  test('[SO8] most scenarios can be compared', () => {
    expect(COMPARABLE.length).toBeGreaterThan(cases.length / 2);
  });

  test.each(COMPARABLE)('[SO8] $file: $name', async ({ file, instructions }) => {
    const folder = dirname(dirname(file));
    const started = instructions.find(({ type }) => type === 'CREATE_PROCESS_INSTANCE')?.processDefinitionSelector?.processDefinitionId;
    for (const diagram of globSync('*.bpmn', { cwd: join(top, folder) })) {
      const xml = readFileSync(join(top, folder, diagram), 'utf8');
      const compiled = await compile(xml);
      const process = compiled.ok ? compiled.processes.find(({ id }) => id === started) : undefined;
      if (process === undefined) continue;
      const made = fromTestCase(process, instructions);
      if (!made.ok) throw new Error(made.reason);
      const result = await rehearse(xml, made.scenario, await libraryOf(folder));
      expect(result.comparable ? result.findings : result.reasons).toEqual([]);
      expect(result.comparable && result.traces.theirs.ended).toBe(result.comparable && result.traces.ours.ended);
    }
  });
});
