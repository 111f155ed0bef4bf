/** Which rows belong to a case, and how each is named: for whoever takes a case out of the lists (forget.ts) or into an archive (archive.ts). */
import type { Key } from '../engine/index.ts';
import { collections } from './collections.ts';
import type { Collection, CollectionName, Row } from './collections.ts';
import type { Store } from './ports.ts';
import { everyRow } from './every-row.ts';

/** Collections with a field `processInstanceKey`. */
type OfCases = { [N in CollectionName]: 'processInstanceKey' extends keyof (typeof collections)[N]['fields'] ? N : never }[CollectionName];

/** A name for each row of the case; `stays`: outlives the case's own rows, for the reason that is written here. */
const named: Readonly<Record<OfCases, ((row: Row) => string) | 'stays'>> = {
  // the case itself: taken last, by whoever takes the others
  processInstances: 'stays',
  elementInstances: keyed('elementInstances'),
  sequenceFlows: (row) => String(row['sequenceFlowId']),
  variables: keyed('variables'),
  jobs: keyed('jobs'),
  userTasks: keyed('userTasks'),
  incidents: keyed('incidents'),
  subscriptions: keyed('subscriptions'),
  timers: keyed('timers'),
  decisionInstances: (row) => String(row['decisionEvaluationInstanceKey']),
  exchanges: (row) => String(row['exchangeId']),
  agencyWaits: keyed('agencyWaits'),
  // says that a message has found its process: needed as long as the message lives (forget.ts)
  messageCorrelations: 'stays',
  // belongs to the batch, which tells how each of its items ended
  batchOperationItems: 'stays',
  // whoever holds a permit must be able to prove it
  documents: 'stays',
  archives: 'stays',
  legalHolds: 'stays',
};

function keyed(name: CollectionName): (row: Row) => string {
  const { key }: Collection = collections[name];
  return (row) => String(row[key ?? '']);
}

export interface CaseRows {
  readonly collection: CollectionName;
  readonly keyOf: (row: Row) => string;
}

/** Everything that goes with a case. */
export const caseRows: readonly CaseRows[] = (Object.entries(named) as [OfCases, (typeof named)[OfCases]][]).flatMap(
  ([collection, keyOf]) => (keyOf === 'stays' ? [] : [{ collection, keyOf }]),
);

/** The case with everything that it called, callers first. */
export async function* casesUnder(store: Store, key: Key): AsyncGenerator<Row> {
  const row = await store.get('processInstances', key);
  if (row !== undefined) yield row;
  for await (const child of everyRow(store, 'processInstances', { filter: { parentProcessInstanceKey: key } }))
    yield* casesUnder(store, String(child['processInstanceKey']));
}
