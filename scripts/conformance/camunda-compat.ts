/**
 * Camunda's compatibility linter: pairs of diagrams, one valid and one `-errors`.
 * Valid ones deploy (a process that begins nowhere is given a start event first); of the others, what we refuse, we refuse by name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../engine/index.ts';
import { findFiles } from './find-files.ts';
import { errorsOf, isIncomplete, told, unnamed, withStarts } from './refusal.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

const ROOT = 'camunda+bpmnlint-plugin-camunda-compat';

/** Not named `-errors`, but broken all the same. */
const BROKEN = /-errors\.bpmn$|broken-diagram/;

async function judge(tally: Tally, path: string, id: string): Promise<void> {
  const xml = readFileSync(path, 'utf8');
  const { problems: first } = await compile(xml);
  const result = await compile(withStarts(xml, first));
  const nameless = unnamed([...first, ...result.problems]);
  if (nameless !== undefined)
    return void tally.failed.push({ id, why: `refused without an element or a hint: ${nameless.code} ${nameless.message}` });
  if (result.ok || BROKEN.test(id)) return void tally.passed.push(id);
  if (isIncomplete(result.problems))
    return void tally.notApplicable.push({ id, reason: 'fragments with parts that Camunda refuses to deploy as well' });
  const why = errorsOf(result.problems).filter((problem) => !isIncomplete([problem]));
  tally.failed.push({ id, why: told(why) });
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, ROOT);
  const files = findFiles(root, /\.bpmn$/);
  if (files === null) return null;
  const tally = newTally();
  for (const id of files) await judge(tally, join(root, id), id);
  return tally;
};
