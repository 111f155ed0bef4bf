/** Small executable diagrams of another engine for the same dialect: each deploys and runs to its end. */
import { join } from 'node:path';
import { findFiles } from './find-files.ts';
import { judgeDiagram } from './judge-diagram.ts';
import type { Playbook } from './judge-diagram.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet } from './tally.ts';

const NO_JOB = 'tasks without a job type, which Camunda refuses as well';
const NO_DEFAULT = 'a flow with neither condition nor default mark, which Camunda refuses as well';

const playbook: Playbook = {
  usual: {
    variables: { key: 'key-1', message: 'message-1', price: 1, test: 'test-1', timeoutValue: 'PT1S' },
    answers: {
      msg: [{ foo: 'bar' }],
      TestType: [{ variable_name: 'set' }],
      type: [{ valueFromHandler: 'set' }],
      increaseCounter: [{ counter: 2 }, { counter: 3 }, { counter: 4 }],
      validate: [
        { hasReachedMaxAttempts: false, engineValidationAttempts: 1 },
        { hasReachedMaxAttempts: true, engineValidationAttempts: 2 },
      ],
    },
  },
  plays: {
    'exclusive-gateway-multiple-tasks-no-default.bpmn': { variables: { price: -1 }, incident: 'CONDITION_ERROR at Gateway_01wr5g0' },
    'message-intermediate-timer-event-invalid-expression.bpmn': { incident: 'EXTRACT_VALUE_ERROR at event-based-gateway' },
    'simple-intermediate-message-catch-event-broken.bpmn': { incident: 'IO_MAPPING_ERROR at msg' },
  },
  refused: {
    'message-intermediate-invalid-timer-event.bpmn': 'MISSING_TIMER',
    'service-task-invalid-input.bpmn': 'EXPRESSION_SYNTAX',
    'service-task-invalid-output.bpmn': 'EXPRESSION_SYNTAX',
    'simple-link-event-broken.bpmn': 'DANGLING_LINK',
  },
  notApplicable: {
    'exclusive-gateway-with-condition-and-default.bpmn': NO_DEFAULT,
    'inclusive-gateway-with-condition-and-default.bpmn': NO_DEFAULT,
    'forked-flow.bpmn': NO_JOB,
    'subprocess.bpmn': NO_JOB,
    'subprocess-with-gateways.bpmn': NO_JOB,
  },
};

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, 'nitram509+lib-bpmn-engine', 'test-cases');
  const files = findFiles(root, /\.bpmn$/);
  if (files === null) return null;
  const tally = newTally();
  for (const file of files) await judgeDiagram(tally, { id: file, path: join(root, file), file }, playbook);
  return tally;
};
