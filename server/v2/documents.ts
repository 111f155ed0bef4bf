/**
 * Documents that programs and staff file. A document of a case is its owner's and the filing agency's; any other is the filing agency's alone.
 * What was issued (permits) is evidence and cannot be removed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { createLanes } from '../../runtime/lanes.ts';
import { MAX_DOCUMENTS } from '../body.ts';
import { readableCase } from '../case-reads.ts';
import { LONGEST_LINK, linkTo } from '../document-links.ts';
import { handedOut, readableDocument, told } from '../documents.ts';
import { json, key, parseBody } from '../input.ts';
import { keepsDocuments, leadsUnit, staff } from '../policy.ts';
import { Problem, problemOf } from '../problem.ts';
import { problemCodes } from '../problem-codes.ts';
import { isCityWide } from '../reader.ts';
import { created, noContent } from '../reply.ts';
import type { Asked, Route, Upload } from '../route.ts';
import { iso } from './show.ts';

const STORE = 'alur';
const lanes = createLanes();
const metadataBody = z.object({
  contentType: z.string().max(200).nullish(),
  fileName: z.string().trim().min(1).max(255).nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  processDefinitionId: z.string().max(1024).nullish(),
  processInstanceKey: key.nullish(),
  customProperties: z.record(z.string().max(256), json).nullish(),
});
type Metadata = z.infer<typeof metadataBody>;
interface Filing {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly contentType?: string;
  readonly metadata: unknown;
}

async function create(asked: Asked) {
  refuseOtherStore(asked);
  const [filing, ...more] = filingsOf(asked, 'file', 'metadata');
  if (filing === undefined || more.length > 0)
    throw new Problem('INVALID_ARGUMENT', 'Expected one file in the field "file", but there are none or more');
  return created(await filed(asked, filing, asked.query['documentId']));
}

async function createMany(asked: Asked) {
  refuseOtherStore(asked);
  const filings = filingsOf(asked, 'files', 'metadataList');
  if (filings.length === 0 || filings.length > MAX_DOCUMENTS)
    throw new Problem('INVALID_ARGUMENT', `Expected 1 to ${MAX_DOCUMENTS} files in the field "files", but there are ${filings.length}`);
  const createdDocuments: object[] = [];
  const failedDocuments: object[] = [];
  for (const filing of filings) {
    try {
      createdDocuments.push(await filed(asked, filing));
    } catch (error) {
      const { code, message } = problemOf(error, (cause) => asked.context.log('error', `documents: ${String(cause)}`));
      failedDocuments.push({ fileName: filing.name, status: problemCodes[code].status, title: code, detail: message });
    }
  }
  return { status: failedDocuments.length === 0 ? 201 : 207, body: { createdDocuments, failedDocuments } };
}

function refuseOtherStore({ query }: Asked): void {
  if (query['storeId'] !== undefined && query['storeId'] !== STORE)
    throw new Problem('INVALID_ARGUMENT', `Expected the only store ${STORE}, but storeId names another`);
}

/** Files and their descriptions by place. Clients send either as a part with a file's name or as plain text. */
function filingsOf(asked: Asked, fileField: string, metadataField: string): readonly Filing[] {
  const parts = [...asked.files.map((file) => ({ ...file, field: file.field ?? '' })), ...texts(asked.body)];
  const odd = parts.find(({ field }) => field !== fileField && field !== metadataField);
  if (odd !== undefined)
    throw new Problem('INVALID_ARGUMENT', `Expected the fields "${fileField}" and "${metadataField}", but there is another`);
  const files = parts.filter(({ field }) => field === fileField);
  const described = parts.filter(({ field }) => field === metadataField).flatMap(({ bytes }) => parsed(bytes, metadataField));
  if (described.length > 0 && described.length !== files.length)
    throw new Problem('INVALID_ARGUMENT', `Expected as many descriptions as files (${files.length}), but there are ${described.length}`);
  return files.map(({ bytes, name, contentType }, index) => ({
    bytes,
    name,
    ...(contentType === undefined ? {} : { contentType }),
    metadata: described[index] ?? {},
  }));
}

function texts(body: unknown): readonly (Upload & { readonly field: string })[] {
  return Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([field, value]) =>
    [value].flat().map((text) => ({ field, name: '', bytes: Buffer.from(String(text)) })),
  );
}

function parsed(bytes: Uint8Array, field: string): readonly unknown[] {
  try {
    return [JSON.parse(Buffer.from(bytes).toString()) as unknown].flat();
  } catch {
    throw new Problem('MALFORMED_JSON', `Expected "${field}" to be JSON, but it cannot be read as such`);
  }
}

async function filed(asked: Asked, { bytes, name, contentType, metadata }: Filing, wanted?: string): Promise<object> {
  const given: Metadata = parseBody({ ...asked, body: metadata }, metadataBody);
  const own = given.processInstanceKey ? await readableCase(asked, given.processInstanceKey) : undefined;
  const { context, reader } = asked;
  if (given.expiresAt && Date.parse(given.expiresAt) <= context.now())
    throw new Problem('INVALID_ARGUMENT', 'Expected expiresAt to lie ahead, but it is over already');
  const agencies = [own?.['ownerAgency'], isCityWide(reader) ? undefined : reader.agency].filter(
    (agency) => typeof agency === 'string' && agency !== '',
  );
  const custom = {
    processDefinitionId: given.processDefinitionId ?? own?.['processDefinitionId'] ?? null,
    customProperties: given.customProperties ?? {},
  };
  const row: Row = {
    documentId: documentIdOf(wanted),
    name: given.fileName ?? (name === '' ? 'document' : name),
    contentType: typeOf(given.contentType ?? contentType),
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    createdAt: context.now(),
    createdBy: reader.actingAs ?? reader.username,
    agencies: [...new Set(agencies)],
    // NEVER AT THE TOP: what a permit is verified by stands there, and nobody may write that but the house
    metadata: custom,
    ...(given.expiresAt ? { expiresAt: Date.parse(given.expiresAt) } : {}),
    ...(own === undefined ? {} : { processInstanceKey: given.processInstanceKey }),
  };
  await keep(asked, row, bytes);
  await told(asked, row, { action: 'call', outcome: 'done', reason: 'filed' });
  return reference(row);
}

/** Ids that a caller chooses are never such as the house gives: keys of jobs, codes of permits. */
function documentIdOf(wanted: string | undefined): string {
  if (wanted === undefined) return randomUUID();
  if (/^(?=.*[a-z_-])[\w-]{1,100}$/.test(wanted)) return wanted;
  throw new Problem(
    'INVALID_ARGUMENT',
    'Expected documentId to be letters, digits, "-" and "_", with a small letter among them, but it is not',
  );
}

/** only what a header can carry; what it says is never acted upon here */
function typeOf(contentType: string | undefined): string {
  const plain = /^[\w.+-]{1,80}\/[\w.+-]{1,80}(\s*;\s*charset=[\w-]{1,40})?$/.test(contentType ?? '');
  return plain && contentType !== undefined ? contentType : 'application/octet-stream';
}

/** One at a time for each id: the bytes of one never stand beside the row of another. */
async function keep({ context }: Asked, row: Row, bytes: Uint8Array): Promise<void> {
  const { store } = context.runtime;
  const documentId = String(row['documentId']);
  await lanes.run(documentId, async () => {
    const there = await store.get('documents', documentId);
    if (there === undefined) await store.putBlob(documentId, bytes);
    const kept =
      there === undefined &&
      (await store.write([{ op: 'put', collection: 'documents', key: documentId, row }], [{ collection: 'documents', key: documentId }]));
    if (!kept) throw new Problem('ALREADY_EXISTS', 'Expected a documentId that is free, but there is a document with it');
  });
}

function reference(row: Row): object {
  const { processDefinitionId, customProperties } = row['metadata'] as Row;
  return {
    'camunda.document.type': 'camunda',
    storeId: STORE,
    documentId: row['documentId'],
    contentHash: row['sha256'],
    metadata: {
      contentType: row['contentType'],
      fileName: row['name'],
      expiresAt: iso(row['expiresAt']),
      size: row['size'],
      processDefinitionId,
      processInstanceKey: row['processInstanceKey'] ?? null,
      customProperties,
    },
  };
}

/** The document as it was when its reference was made. */
async function readable(asked: Asked): Promise<Row> {
  refuseOtherStore(asked);
  const row = await readableDocument(asked);
  const { contentHash } = asked.query;
  if (contentHash !== undefined && contentHash !== row['sha256'])
    throw new Problem('INVALID_ARGUMENT', "Expected the document's contentHash, but this is another one");
  return row;
}

async function remove(asked: Asked) {
  const row = await readable(asked);
  const { reader, context } = asked;
  if (row['createdBy'] === 'alur')
    throw new Problem('INVALID_STATE', 'Expected a document that was filed, but this one was issued and stays as evidence');
  if (row['createdBy'] !== reader.username && !leadsUnit(reader))
    throw new Problem('FORBIDDEN', 'Expected who filed it or who leads a unit, but you are neither');
  const documentId = String(row['documentId']);
  await lanes.run(documentId, async () => {
    await context.runtime.store.write([{ op: 'delete', collection: 'documents', key: documentId }]);
    // what is removed is gone, not only out of sight
    await context.runtime.store.deleteBlob(documentId);
  });
  await told(asked, row, { action: 'call', outcome: 'done', reason: 'removed' });
  return noContent();
}

const linkBody = z.object({ timeToLive: z.number().int().min(1).max(LONGEST_LINK).nullish() });
async function link(asked: Asked) {
  const { timeToLive } = parseBody(asked, linkBody, {});
  const row = await readable(asked);
  const limit = typeof row['expiresAt'] === 'number' ? row['expiresAt'] : Infinity;
  const expires = Math.min(asked.context.now() + (timeToLive ?? 3_600_000), limit);
  await told(asked, row, { action: 'call', outcome: 'done', reason: `link until ${String(iso(expires))}` });
  return created({ url: linkTo(asked.context, row, expires), expiresAt: iso(expires) });
}

const one = '/v2/documents/:documentId';
const asReferred = ['storeId', 'contentHash'] as const;
export const filedDocumentRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/documents',
    creates: true,
    allow: keepsDocuments,
    reads: 'documents',
    query: ['storeId', 'documentId'],
    handler: create,
  },
  {
    method: 'post',
    path: '/v2/documents/batch',
    creates: true,
    allow: keepsDocuments,
    reads: 'documents',
    query: ['storeId'],
    handler: createMany,
  },
  { method: 'get', path: one, allow: staff, query: asReferred, handler: async (asked) => handedOut(asked, await readable(asked)) },
  { method: 'delete', path: one, allow: keepsDocuments, query: ['storeId'], handler: remove },
  { method: 'post', path: `${one}/links`, allow: keepsDocuments, query: asReferred, body: linkBody, handler: link },
  // as older clients call it
  { method: 'post', path: `${one}/link`, allow: keepsDocuments, query: asReferred, body: linkBody, handler: link },
];
