import { expect, test } from '@jest/globals';
import { takenFlows } from '../../runtime/taken-flows.ts';

test('[RT100] a flow is told once however many commits took it, and files of an earlier time are told too', () => {
  const rows = [
    { processInstanceKey: '1048576', sequenceFlowId: '1048576_1', flows: ['a', 'b'] },
    { processInstanceKey: '1048576', sequenceFlowId: '1048576_2', flows: ['b', 'c'] },
    { processInstanceKey: '2097152', sequenceFlowId: '2097152_a', elementId: 'a' },
  ];
  expect(takenFlows(rows)).toEqual([
    { processInstanceKey: '1048576', elementId: 'a', sequenceFlowId: '1048576_a' },
    { processInstanceKey: '1048576', elementId: 'b', sequenceFlowId: '1048576_b' },
    { processInstanceKey: '1048576', elementId: 'c', sequenceFlowId: '1048576_c' },
    { processInstanceKey: '2097152', elementId: 'a', sequenceFlowId: '2097152_a' },
  ]);
  expect(takenFlows([])).toEqual([]);
});
