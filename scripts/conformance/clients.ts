/** What the official clients' own tests deploy: each diagram deploys and runs to its end, each decision and form deploys. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openStage, ScenarioFailure } from '../../scenarios/stage.ts';
import { findFiles } from './find-files.ts';
import { judgeDiagram } from './judge-diagram.ts';
import type { Playbook } from './judge-diagram.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

const playbook: Playbook = {
  usual: {
    variables: {
      conditionVariable: true,
      correlationId: 'c-1',
      jobType: 'job',
      none: 'none',
      orderId: 'o-1',
      testMessageCorrelationField: 't-1',
      uniqueId: 'u-1',
    },
  },
  plays: {
    'test-tasks-query.bpmn': { companions: ['form/test-basic-form.form'] },
    'form-test-process.bpmn': { companions: ['sdk-test-form.form'] },
    'start-form-test-process.bpmn': { companions: ['sdk-test-form.form'] },
  },
  refused: { 'BpmnParser.bpmn': 'UNREADABLE_CONTENT', 'Client-BrokenBpmn.bpmn': 'MISSING_JOB_TYPE' },
  notApplicable: { 'modeller7File.bpmn': 'cut off in the middle: no XML' },
};

async function judgeResource(tally: Tally, path: string, id: string): Promise<void> {
  try {
    const stage = await openStage([{ name: basename(id), text: readFileSync(path, 'utf8') }]);
    await stage.close();
    tally.passed.push(id);
  } catch (error) {
    if (!(error instanceof ScenarioFailure)) throw error;
    tally.failed.push({ id, why: error.message });
  }
}

function client(name: string): ConformanceSet {
  return async (folder) => {
    const root = join(folder, name);
    const files = findFiles(root, /\.(?:bpmn|dmn|form)$/);
    if (files === null) return null;
    const tally = newTally();
    for (const id of files) {
      const file = basename(id);
      if (id.endsWith('.bpmn')) await judgeDiagram(tally, { id, path: join(root, id), file }, playbook);
      else await judgeResource(tally, join(root, id), id);
    }
    return tally;
  };
}

export const camunda8JsSdk = client('camunda+camunda-8-js-sdk');
export const orchestrationClusterApi = client('camunda+orchestration-cluster-api-js');
