/** How long a case is kept, who holds it, and what was made of those whose time is over. */
import { z } from 'zod';
import { lifetimeText } from '../../engine/index.ts';
import type { Key } from '../../engine/index.ts';
import type { Row } from '../../runtime/collections.ts';
import { endOf } from '../../runtime/retention.ts';
import { audit } from '../audit.ts';
import { readableCase } from '../case-reads.ts';
import { ownsCase } from '../case-sight.ts';
import { keyParam, parseBody } from '../input.ts';
import { caseScope, holdsCases, staff } from '../policy.ts';
import { accepted, Problem } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import type { SearchTable } from '../search.ts';
import { iso } from '../v2/show.ts';

interface Kept {
  /** of archives, or of processInstances */
  readonly row: Row;
  readonly archive: Row | undefined;
}

/** The outermost case, in the lists or as a file; NOT_FOUND for those who may not know that it exists. */
async function keptCase(asked: Asked): Promise<Kept> {
  const key = keyParam(asked, 'processInstanceKey');
  const archive = await archiveOf(asked, key);
  if (archive !== undefined) return { row: archive, archive };
  const row = await readableCase(asked, key);
  const root = String(row['rootProcessInstanceKey'] ?? key);
  return root === key ? { row, archive } : { row: await readableCase(asked, root), archive: await archiveOf(asked, root) };
}

async function archiveOf({ context, reader }: Asked, processInstanceKey: Key): Promise<Row | undefined> {
  const query = { filter: { processInstanceKey }, scope: caseScope(reader), limit: 1 };
  return (await context.runtime.store.search('archives', query)).items[0];
}

async function show(asked: Asked): Promise<Reply> {
  const { runtime } = asked.context;
  const { row, archive } = await keptCase(asked);
  const retention = runtime.retention(String(row['processDefinitionId']));
  const hold = await runtime.store.get('legalHolds', String(row['processInstanceKey']));
  const over = (lifetime: typeof retention.history) => {
    const at = row['endDate'] === undefined ? Number.NaN : endOf(Number(row['endDate']), lifetime);
    return Number.isFinite(at) ? iso(at) : null;
  };
  return ok({
    processInstanceKey: row['processInstanceKey'],
    historyTimeToLive: lifetimeText(retention.history),
    archiveTimeToLive: lifetimeText(retention.archive),
    wholeUntil: over(retention.history),
    archivedUntil: over(retention.archive),
    legalHold: hold === undefined ? null : holdOf(asked, row, hold),
    archive: archive === undefined ? null : shown(archive),
    mayHold: ownsCase(asked.reader, row) && holdsCases.holds(asked.reader),
  });
}

/** The reason is for those who answer for the case. */
function holdOf({ reader }: Asked, row: Row, hold: Row): object {
  const owns = ownsCase(reader, row);
  return {
    placedAt: iso(hold['placedAt']),
    placedBy: owns ? (hold['placedBy'] ?? null) : null,
    reason: owns ? (hold['reason'] ?? null) : null,
  };
}

function shown(row: Row): Row {
  const { blob: _blob, startedBy: _startedBy, agencies: _agencies, businessId, ...rest } = row;
  return {
    ...rest,
    businessId: businessId ?? null,
    startDate: iso(row['startDate']),
    endDate: iso(row['endDate']),
    archivedAt: iso(row['archivedAt']),
  };
}

/** For those who answer for the case. */
async function ownCase(asked: Asked): Promise<Kept> {
  const kept = await keptCase(asked);
  if (!ownsCase(asked.reader, kept.row))
    throw new Problem('FORBIDDEN', 'Expected a case that your agency owns, but another one answers for it');
  return kept;
}

const reasonBody = z.object({ reason: z.string().trim().min(1).max(1_000) });

async function hold(asked: Asked): Promise<Reply> {
  const { reason } = parseBody(asked, reasonBody);
  const { row } = await ownCase(asked);
  accepted(await asked.context.runtime.placeHold(String(row['processInstanceKey']), reason, actorOf(asked.reader)));
  return noContent();
}

async function lift(asked: Asked): Promise<Reply> {
  const { reason } = parseBody(asked, reasonBody);
  const { row } = await ownCase(asked);
  accepted(await asked.context.runtime.liftHold(String(row['processInstanceKey']), reason, actorOf(asked.reader)));
  return noContent();
}

/** Everything that was known of the case leaves in it: never without a line in the audit. */
async function file(asked: Asked): Promise<Reply> {
  const { archive } = await ownCase(asked);
  const bytes = archive && (await asked.context.runtime.store.getBlob(String(archive['blob'])));
  const key = keyParam(asked, 'processInstanceKey');
  if (archive === undefined || bytes === undefined) throw new Problem('NOT_FOUND', `Expected case ${key} to be archived, but it is not`);
  await audit(asked.context, asked.reader, { action: 'read', subject: `archive ${key}`, outcome: 'done' });
  const disposition = `attachment; filename="${key}.alur-archive.gz"`;
  return { status: 200, bytes, headers: { 'content-type': 'application/gzip', 'content-disposition': disposition } };
}

const archives: SearchTable = {
  collection: 'archives',
  filters: {
    processInstanceKey: 'key',
    processDefinitionId: 'text',
    businessId: 'text',
    state: 'text',
    startDate: 'time',
    endDate: 'time',
    archivedAt: 'time',
  },
  sorts: ['endDate', 'archivedAt', 'startDate', 'businessId'],
  show: shown,
};

const at = '/api/v1/cases/:processInstanceKey';
export const retentionRoutes: readonly Route[] = [
  {
    method: 'get',
    path: `${at}/retention`,
    allow: staff,
    summary: 'How long a case is kept, its archive and its legal hold',
    handler: show,
  },
  {
    method: 'post',
    path: `${at}/legal-hold`,
    creates: true,
    allow: holdsCases,
    body: reasonBody,
    summary: 'Nobody and nothing deletes or archives the case',
    handler: hold,
  },
  { method: 'post', path: `${at}/legal-hold-lifting`, allow: holdsCases, body: reasonBody, summary: 'Lifts the legal hold', handler: lift },
  { method: 'get', path: `${at}/archive`, allow: holdsCases, summary: 'The sealed file of an archived case', handler: file },
  {
    method: 'post',
    path: '/api/v1/archives/search',
    allow: staff,
    searches: archives,
    summary: 'Cases that are archived',
    handler: (asked) => search(asked, archives, { scope: caseScope(asked.reader) }),
  },
];
