/** What the port's writing calls ask of the writer. Everything that can go wrong with a call itself goes wrong here, before it shares a transaction with others. */
import { collections } from '../collections.ts';
import type { Row } from '../collections.ts';
import type { Commit, LeaseRequest, RowChange, StoredEffect } from '../ports.ts';
import { searchPlan } from './search-plan.ts';
import type { Order, Step, Text } from './sqlite-order.ts';
import { claimStep, keyOfText, rowsOf } from './sqlite-rows.ts';
import { KEY } from './sqlite-columns.ts';
import { bound, conditionSql, decodeRow, limited, selection } from './sqlite-search.ts';
import { putText, step } from './sqlite-texts.ts';

const texts = {
  numbers: {
    sql: `INSERT INTO "_counters" VALUES ('numbers', ?1 + 1) ON CONFLICT (name) DO UPDATE SET value = value + ?1 RETURNING value`,
  },
  instance: putText('_instances', ['key', 'version', 'ended']),
  // FAIL: the transaction is given up as a whole, so that SQLite need not keep what the statement has changed
  history: putText('_history', ['key', 'version', 'audit', 'events'], 'INSERT OR FAIL'),
  snapshot: putText('_snapshots', ['key', 'version', 'state']),
  noSnapshot: { sql: 'DELETE FROM "_snapshots" WHERE key = ?', table: '_snapshots', of: 'row' },
  effect: putText('_effects', ['id', 'key', 'seq', 'kind', 'payload'], 'INSERT OR IGNORE'),
  effectDone: { sql: 'DELETE FROM "_effects" WHERE id = ?', table: '_effects', of: 'row' },
  blob: { sql: 'INSERT OR REPLACE INTO "_blobs" VALUES (?, ?)' },
  noBlob: { sql: 'DELETE FROM "_blobs" WHERE id = ?' },
} as const satisfies Record<string, Text>;

export function reserveOrder(count: number): Order {
  return { find: step(texts.numbers, count) };
}

export function commitOrder(wanted: Commit): Order {
  const key = keyOfText(wanted.instanceKey);
  const version = wanted.expected + 1;
  const steps: Step[] = [
    step(texts.instance, key, version, wanted.ended ? 1 : 0),
    step(texts.history, key, version, JSON.stringify(wanted.audit), wanted.eventsJson ?? JSON.stringify(wanted.events)),
  ];
  if (wanted.snapshot !== undefined && !wanted.ended) steps.push(step(texts.snapshot, key, version, wanted.snapshot));
  if (wanted.ended && wanted.expected > 0) steps.push(step(texts.noSnapshot, key));
  for (const { id, kind, payload } of wanted.effects) steps.push(step(texts.effect, id, key, version, kind, JSON.stringify(payload)));
  return {
    version: [key, wanted.expected],
    ...(wanted.lease && { held: leasedStep(wanted.lease) }),
    ...freeOf(wanted.claims),
    steps,
    rows: rowsOf(wanted.rows),
  };
}

function leasedStep({ jobKey, token }: NonNullable<Commit['lease']>): Step {
  return step(onJobs(`SELECT 1 FROM "jobs" WHERE "leaseToken" = ? AND ${KEY} = ?`, 'row'), token, keyOfText(jobKey));
}

export function writeOrder(changes: readonly RowChange[], ifAbsent: Commit['claims']): Order {
  return { ...freeOf(ifAbsent), rows: rowsOf(changes) };
}

function freeOf(claims: Commit['claims'] = []): Pick<Order, 'free'> {
  return claims.length === 0 ? {} : { free: claims.map(claimStep) };
}

export function doneOrder(effects: readonly StoredEffect[]): Order {
  return { steps: effects.map(({ id }) => step(texts.effectDone, id)) };
}

export function blobOrder(id: string, bytes: Uint8Array): Order {
  return { steps: [step(texts.blob, id, bytes)] };
}

export function noBlobOrder(id: string): Order {
  return { steps: [step(texts.noBlob, id)] };
}

/** The instance last: what is left of one that has not ended stays whole. */
export function forgetOrder(instanceKey: string): Order {
  const key = keyOfText(instanceKey);
  const ended = 'key = ?1 AND EXISTS (SELECT 1 FROM "_instances" WHERE key = ?1 AND ended = 1)';
  const tables = ['_history', '_snapshots', '_effects', '_instances'];
  return { steps: tables.map((table) => step({ sql: `DELETE FROM "${table}" WHERE ${ended}`, table }, key)) };
}

/** Finds the rows as they are before; `leasedRows` tells them as they are then. */
export function leaseOrder(request: LeaseRequest): Order {
  const { type, now, max, jobKey } = request;
  const scope =
    request.scope === undefined ? undefined : conditionSql('jobs', searchPlan(collections.jobs, { scope: request.scope }).condition);
  const only = jobKey === undefined ? `ORDER BY "priority" DESC, "availableAt" ${limited(max)}` : `AND ${KEY} = ?`;
  const condition = scope === undefined ? FREE : `${FREE} AND ${scope.text}`;
  const values = [type, now, ...(scope?.values ?? []), ...(jobKey === undefined ? [] : [keyOfText(jobKey)])];
  const { worker, deadline, availableAt, leaseToken } = leaseOf(request);
  return {
    ...(request.ownWorker === true && { visible: true }),
    find: step(onJobs(`SELECT ${selection(collections.jobs)} FROM "jobs" WHERE ${condition} ${only}`), ...values),
    each: step(onJobs(LEASE, 'row'), worker, deadline, availableAt, leaseToken ?? bound(null)),
  };
}

const FREE = `"type" = ? AND "open" = 1 AND "availableAt" <= ? AND "retries" > 0 AND "retries" < X'FF' AND "suspended" <> 1`;

const LEASE = `UPDATE "jobs" SET "worker" = ?, "deadline" = ?, "availableAt" = ?, "leaseToken" = ?, "attempt" = CASE WHEN "attempt" < X'FF' THEN "attempt" + 1 ELSE 1 END, "unreported" = "leaseToken" < X'FF' WHERE ${KEY} = ?`;

/** Its next lease is possible at the deadline: `availableAt` says so, so that leased jobs need no scan. */
function leaseOf({ worker, deadline, leaseToken }: LeaseRequest) {
  return { worker, deadline, availableAt: deadline, leaseToken };
}

export function leasedRows(request: LeaseRequest, rows: readonly (readonly unknown[])[]): readonly Row[] {
  return rows.map((values) => {
    const { leaseToken: before, attempt = 0, ...row } = decodeRow(collections.jobs, values);
    const { leaseToken, ...lease } = leaseOf(request);
    return {
      ...row,
      ...lease,
      ...(leaseToken !== undefined && { leaseToken }),
      attempt: Number(attempt) + 1,
      unreported: before !== undefined,
    };
  });
}

function onJobs(sql: string, of?: 'row'): Text {
  return { sql, table: 'jobs', ...(of && { of }) };
}
