/**
 * What happens to cases after their end: kept whole for their time, then archived (archive.ts), then gone. In slices, by the one that schedules.
 *
 * LAW: nothing leaves the lists before its file is in the store and its seal in the audit. A crash in between leaves the case where it was, or
 *      beside its file: then it is taken out of the lists with the next look. Doing it twice changes nothing more.
 * LAW: a case under legal hold stays as it is, whatever its time.
 */
import { addDuration, retentionOf } from '../engine/index.ts';
import type { Lifetime, Retention } from '../engine/index.ts';
import { makeArchive } from './archive.ts';
import { appendRecord, HOUSE } from './audit-log.ts';
import type { CollectionName, Row } from './collections.ts';
import { forgetUnlessHeld } from './forget.ts';
import { announceDeletion, deletionOver, isHeld } from './legal-hold.ts';
import type { Filter, RuntimeClock, Store } from './ports.ts';
import { ARCHIVE_ENDED, ARCHIVED, FORGOTTEN, recordOf } from './retention-records.ts';
import type { Definitions } from './runtime.ts';
import { everyRow } from './every-row.ts';

export const KEEP_ALL: Retention = { history: 'never', archive: 'never' };

export interface Retaining {
  /** it is time for another slice */
  due(): boolean;
  /** does a slice of what is due; bounded */
  slice(): Promise<void>;
}

export interface RetentionParts {
  readonly store: Store;
  readonly book: Pick<Definitions, 'all' | 'latest'>;
  readonly clock: RuntimeClock;
  /** of processes that say nothing */
  readonly otherwise: Retention;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** Cases of one slice, and how long it may take; milliseconds. What is left is done with the next look of the sweeper. */
const [MOST, LONGEST] = [100, 500];
/** milliseconds between two looks when nothing was left */
const LOOK_EVERY = 3_600_000;
/** months differ in length: so much may be due although the same time before now says it is not; milliseconds */
const SLACK = 3 * 24 * 3_600_000;

export function createRetention(parts: RetentionParts): Retaining {
  let last = Number.NEGATIVE_INFINITY;
  return {
    // a clock that was moved counts as time that has passed
    due: () => Math.abs(parts.clock.now() - last) >= LOOK_EVERY,
    slice: async () => {
      const now = parts.clock.now();
      const { done, more } = await workOff(parts, now);
      if (done > 0) parts.log('info', `retention: ${done} cases or archives whose time was over`);
      if (!more) last = now;
    },
  };
}

/** How long a process's cases are kept: its newest version says so for all of them; what that leaves open, the installation. */
export function retentionFor({ book, otherwise }: Pick<RetentionParts, 'book' | 'otherwise'>, processDefinitionId: string): Retention {
  return { ...otherwise, ...retentionOf(book.latest(processDefinitionId)?.properties ?? new Map()) };
}

/** When a lifetime that began at `from` is over; milliseconds. Infinity: never. */
export function endOf(from: number, lifetime: Lifetime): number {
  return lifetime === 'never' ? Number.POSITIVE_INFINITY : addDuration(from, lifetime);
}

async function workOff(parts: RetentionParts, now: number): Promise<{ readonly done: number; readonly more: boolean }> {
  const until = performance.now() + LONGEST;
  let done = 0;
  for (const overdue of [overdueCases(parts, now), overdueArchives(parts, now)])
    for await (const end of overdue) {
      if (done >= MOST || performance.now() >= until) return { done, more: true };
      await end();
      done += 1;
    }
  return { done, more: false };
}

type End = () => Promise<void>;

async function* overdueCases(parts: RetentionParts, now: number): AsyncGenerator<End> {
  const { store, book } = parts;
  const dated = book
    .all()
    .map(({ row }) => ({ definition: row, retention: retentionFor(parts, String(row['processDefinitionId'])) }))
    .filter(({ retention }) => retention.history !== 'never');
  if (dated.length === 0) return;
  // what must still happen elsewhere because of a case is in the outbox, and would go with it
  const busy = new Set((await store.pendingEffects(1_000)).map(({ instanceKey }) => instanceKey));
  for (const { definition, retention } of dated) {
    const filter = { processDefinitionKey: definition['processDefinitionKey'], parentProcessInstanceKey: null };
    for await (const row of over(store, { collection: 'processInstances', filter, lifetime: retention.history, now }))
      if (!busy.has(String(row['processInstanceKey']))) yield async () => await endCase(store, row, { retention, now });
  }
}

async function* overdueArchives(parts: RetentionParts, now: number): AsyncGenerator<End> {
  const { store, book } = parts;
  for (const processDefinitionId of new Set(book.all().map(({ row }) => String(row['processDefinitionId'])))) {
    const { archive } = retentionFor(parts, processDefinitionId);
    for await (const row of over(store, { collection: 'archives', filter: { processDefinitionId }, lifetime: archive, now }))
      yield async () => await endArchive(store, row, now);
  }
}

interface Looking {
  readonly collection: CollectionName & ('processInstances' | 'archives');
  readonly filter: Filter;
  readonly lifetime: Lifetime;
  readonly now: number;
}

/** Rows that ended longer ago than their lifetime, the oldest first, without those under legal hold. */
async function* over(store: Store, { collection, filter, lifetime, now }: Looking): AsyncGenerator<Row> {
  if (lifetime === 'never') return;
  const latest = addDuration(now, { months: -lifetime.months, milliseconds: -lifetime.milliseconds }) + (lifetime.months > 0 ? SLACK : 0);
  const query = { filter: { ...filter, endDate: { $lte: latest } }, sort: [{ field: 'endDate' }] };
  for await (const row of everyRow(store, collection, query)) {
    if (endOf(Number(row['endDate']), lifetime) > now) continue;
    if (!(await isHeld(store, String(row['processInstanceKey'])))) yield row;
  }
}

async function endCase(store: Store, row: Row, { retention, now }: { readonly retention: Retention; readonly now: number }): Promise<void> {
  const key = String(row['processInstanceKey']);
  if (endOf(Number(row['endDate']), retention.archive) > now) await archive(store, row, now);
  else await appendRecord(store, HOUSE, { record: recordOf({ action: FORGOTTEN, of: row, at: now }) });
  await forgetUnlessHeld({ store, at: now }, key);
}

/** The bytes, then in one write the row that names them and the record with their seal. Once: a second one would seal what is half taken away already. */
async function archive(store: Store, row: Row, now: number): Promise<void> {
  const key = String(row['processInstanceKey']);
  if ((await store.get('archives', key)) !== undefined) return;
  const { bytes, sha256, cases, records } = await makeArchive(store, key);
  const blob = `archive/${key}/${sha256}`;
  await store.putBlob(blob, bytes);
  const facts = { archivedAt: now, cases, records, size: bytes.length, sha256, blob };
  const first = await appendRecord(store, HOUSE, {
    record: recordOf({ action: ARCHIVED, of: row, sha256, at: now }),
    changes: [{ op: 'put', collection: 'archives', key, row: { ...copied(row), ...facts } }],
    ifAbsent: [{ collection: 'archives', key }],
  });
  // somebody else was first, perhaps with the same bytes under the same name
  if (!first && (await store.get('archives', key))?.['blob'] !== blob) await store.deleteBlob(blob);
}

/** What people look an archived case up by. */
const COPIED = [
  'processInstanceKey',
  'processDefinitionId',
  'processDefinitionName',
  'processDefinitionVersion',
  'processDefinitionKey',
  'businessId',
  'state',
  'startDate',
  'endDate',
  'startedBy',
  'ownerAgency',
  'agencies',
];

function copied(row: Row): Row {
  return Object.fromEntries(COPIED.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));
}

async function endArchive(store: Store, row: Row, now: number): Promise<void> {
  const key = String(row['processInstanceKey']);
  if (!(await announceDeletion({ store, at: now }, key))) return;
  await appendRecord(store, HOUSE, {
    record: recordOf({ action: ARCHIVE_ENDED, of: row, sha256: String(row['sha256']), at: now }),
    changes: [{ op: 'delete', collection: 'archives', key }, deletionOver(key)],
  });
  await store.deleteBlob(String(row['blob']));
}
