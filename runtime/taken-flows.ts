import type { Row } from './collections.ts';

/**
 * Rows of `sequenceFlows` → one row per instance and flow that was taken at least once, with `elementId` = the flow's id.
 * The store keeps one row per commit, which lists the flows that it took: to keep one per flow cost a third of what a commit writes.
 * Files of an earlier time have one row per flow; they are told as they are.
 */
export function takenFlows(rows: readonly Row[]): readonly Row[] {
  const told = new Map<string, Row>();
  for (const { flows, ...shared } of rows)
    for (const flow of (flows as readonly string[] | undefined) ?? [String(shared['elementId'])]) {
      const sequenceFlowId = `${String(shared['processInstanceKey'])}_${flow}`;
      told.set(sequenceFlowId, { ...shared, elementId: flow, sequenceFlowId });
    }
  return [...told.values()];
}
