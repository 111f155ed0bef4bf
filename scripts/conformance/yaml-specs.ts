/** The YAML specifications of zeebe-spec and the BPMN TCK that was written in it; and each of their diagrams, run to its end. */
import { basename, dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { findFiles } from './find-files.ts';
import { judgeDiagram } from './judge-diagram.ts';
import type { Playbook } from './judge-diagram.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';
import { readYamlCases } from './yaml-case.ts';
import { runYamlCase } from './yaml-run.ts';

const playbook: Playbook = {
  usual: { variables: { key: 'key-1', x: 8 }, answers: { 'external-worker': [{ x: 9 }] } },
};

/** Cases that show what a failing verification looks like: the instruction (from 1) at which each has to fail. */
const MADE_TO_FAIL: ReadonlyMap<string, number> = new Map([
  ['core/src/test/resources/demo-fail-verification.yaml/fail-verification', 4],
  ['junit-extension/src/test/resources/demo.yaml/has variable from task', 5],
  ['junit-extension/src/test/resources/demo2.yaml/complete process', 7],
]);

/** Diagrams that wait for a token that never comes, as their case says. */
const NEVER_ENDS = new Set(['asymmetric-parallel-gateway.bpmn']);

async function judgeYaml(tally: Tally, root: string, file: string): Promise<void> {
  const { resources, cases } = readYamlCases(join(root, file));
  const folder = join(root, resources === undefined ? dirname(file).replace(/\/specs$/, '') : join(dirname(file), 'workflows'));
  const names = resources ?? findFiles(folder, /\.bpmn$/) ?? [];
  const texts = names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  for (const each of cases) {
    const id = `${file}/${each.name}`;
    const failure = await runYamlCase(texts, each);
    const expected = MADE_TO_FAIL.get(id);
    if (failure?.index === expected) tally.passed.push(id);
    else if (failure === undefined) tally.failed.push({ id, why: `expected instruction ${expected ?? 0} to fail, but all hold` });
    else tally.failed.push({ id, why: `instruction ${failure.index}: ${failure.why}` });
  }
}

function specs(name: string): ConformanceSet {
  return async (folder) => {
    const root = join(folder, name);
    const diagrams = findFiles(root, /\.bpmn$/);
    if (diagrams === null) return null;
    const tally = newTally();
    for (const file of findFiles(root, /\.yaml$/) ?? []) await judgeYaml(tally, root, file);
    for (const path of diagrams) {
      const file = basename(path);
      if (NEVER_ENDS.has(file)) tally.notApplicable.push({ id: path, reason: 'waits for ever by design, which its YAML case verifies' });
      else await judgeDiagram(tally, { id: path, path: join(root, path), file }, playbook);
    }
    return tally;
  };
}

export const zeebeSpec = specs('camunda-community-hub+zeebe-spec');
export const bpmnTck = specs('zeebe-io+bpmn-tck');
