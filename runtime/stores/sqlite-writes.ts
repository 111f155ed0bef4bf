/** What the port's writing calls ask of the writer. Everything that can go wrong with a call itself goes wrong here, before it shares a transaction with others. */
import type { SQLInputValue } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { Collection, Row } from '../collections.ts';
import type { Commit, LeaseRequest, RowChange, StoredEffect } from '../ports.ts';
import { searchPlan } from './search-plan.ts';
import type { Order, Step, Text } from './sqlite-order.ts';
import { changeStep, claimStep, keyOfText } from './sqlite-rows.ts';
import { KEY } from './sqlite-schema.ts';
import { bound, conditionSql, decodeRow, limited, selection } from './sqlite-search.ts';
import { numberOf, putText, step } from './sqlite-texts.ts';

const texts = {
  numbers: {
    sql: `INSERT INTO "_counters" VALUES ('numbers', ?1 + 1) ON CONFLICT (name) DO UPDATE SET value = value + ?1 RETURNING value`,
  },
  instance: putText('_instances', ['key', 'version', 'ended']),
  history: putText('_history', ['key', 'version', 'audit', 'events'], 'INSERT'),
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
  for (const change of wanted.rows) steps.push(changeStep(change));
  for (const { id, kind, payload } of wanted.effects) steps.push(step(texts.effect, id, key, version, kind, JSON.stringify(payload)));
  return { version: [key, wanted.expected], ...(wanted.lease && { held: leasedStep(wanted.lease) }), ...freeOf(wanted.claims), steps };
}

function leasedStep({ jobKey, token }: NonNullable<Commit['lease']>): Step {
  return step(onJobs(`SELECT 1 FROM "jobs" WHERE "leaseToken" = ? AND ${KEY} = ?`, 'row'), token, keyOfText(jobKey));
}

export function writeOrder(changes: readonly RowChange[], ifAbsent: Commit['claims']): Order {
  return { ...freeOf(ifAbsent), steps: changes.map(changeStep) };
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

/** Its next lease is possible at the deadline: `availableAt` says so, so that leased jobs need no scan. */
const LEASE = `UPDATE "jobs" SET "worker" = ?, "deadline" = ?, "availableAt" = ?, "leaseToken" = ?, "attempt" = CASE WHEN "attempt" < X'FF' THEN "attempt" + 1 ELSE 1 END, "unreported" = "leaseToken" < X'FF' WHERE`;

/** Answers rows as `selection` has them: read them with `leasedRows`. */
export function leaseOrder(request: LeaseRequest): Order {
  const { worker, deadline, leaseToken, type, now, max, jobKey } = request;
  const jobs: Collection = collections.jobs;
  const scope = conditionSql('jobs', searchPlan(jobs, request.scope === undefined ? {} : { scope: request.scope }).condition);
  const free = `"type" = ? AND "open" = 1 AND "availableAt" <= ? AND "retries" > 0 AND "retries" < X'FF' AND "suspended" <> 1 AND ${scope.text}`;
  const wanted: SQLInputValue[] = [type, now, ...scope.values];
  const lease: SQLInputValue[] = [worker, deadline, deadline, leaseToken ?? bound(null)];
  const visible = request.ownWorker === true ? ({ visible: true } as const) : {};
  const returning = `RETURNING ${selection(jobs)}`;
  if (jobKey !== undefined)
    return { ...visible, find: step(onJobs(`${LEASE} ${KEY} = ? AND ${free} ${returning}`), ...lease, keyOfText(jobKey), ...wanted) };
  return {
    ...visible,
    find: step(onJobs(`SELECT ${KEY} FROM "jobs" WHERE ${free} ORDER BY "priority" DESC, "availableAt" ${limited(max)}`), ...wanted),
    each: [numberOf(onJobs(`${LEASE} ${KEY} = ? ${returning}`)), lease],
  };
}

function onJobs(sql: string, of?: 'row'): Text {
  return { sql, table: 'jobs', ...(of && { of }) };
}

export function leasedRows(rows: readonly (readonly unknown[])[]): readonly Row[] {
  return rows.map((values) => decodeRow(collections.jobs, values));
}
