/** Whole processes from practice, with their decisions: each deploys and runs to its end. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Variables } from '../../engine/terms.ts';
import { findFiles } from './find-files.ts';
import { judgeDiagram } from './judge-diagram.ts';
import type { Playbook } from './judge-diagram.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet } from './tally.ts';

function processes(name: string, bookOf: (root: string) => Playbook): ConformanceSet {
  return async (folder) => {
    const root = join(folder, name);
    const files = findFiles(root, /\.bpmn$/);
    if (files === null) return null;
    const tally = newTally();
    const book = bookOf(join(root, 'src/main/resources'));
    for (const id of files) await judgeDiagram(tally, { id, path: join(root, id), file: basename(id) }, book);
    return tally;
  };
}

export const onboarding = processes('berndruecker+customer-onboarding-camunda-8-springboot-extended', () => ({
  usual: {
    variables: { customerRegionScore: 60, monthlyPayment: 10, paymentType: 'invoice', scoringRequestId: 'scoring-1', scoringRetryCount: 0 },
    companions: ['automatic-processing-applicability.dmn'],
  },
  plays: {
    'customer-onboarding-extended.bpmn': { companions: ['automatic-processing-applicability.dmn', 'customer-scoring.bpmn'] },
  },
}));

/** The file's decision is called benchmark-decision-2x10; who runs the load renames it. */
const DECISION = { decisions: { 'benchmark-decision': 'yes' } };

export const benchmark = processes('camunda-community-hub+camunda-8-benchmark', (resources) => {
  const payload = JSON.parse(readFileSync(join(resources, 'bpmn/typical_payload.json'), 'utf8')) as Variables;
  return {
    usual: { variables: { ...payload, benchmark_starter_id: 'starter', listItem: 'a' } },
    plays: {
      'complex_process.bpmn': { companions: ['complex_subprocess.bpmn', 'complex_decision.dmn'], mocks: DECISION },
      'complex_subprocess.bpmn': { companions: ['complex_decision.dmn'], mocks: DECISION },
      'msg_process.bpmn': {
        variables: { orderId: 'Order-1', items: ['Product-1-1', 'Product-2-1'] },
        messages: ['DELIVERED', 'INTRANSIT'],
      },
    },
    notApplicable: { 'seq-2tasks-msg-start-no-job-types.bpmn': 'its tasks have no job types until the load starter writes them in' },
  };
});
