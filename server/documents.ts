/** Documents as their readers get them: within their scope, as files to save, and never without a line in the audit. */
import type { Row } from '../runtime/collections.ts';
import { HOUSE } from '../runtime/audit-log.ts';
import { audit } from './audit.ts';
import type { Audited } from './audit.ts';
import { textParam } from './input.ts';
import { documentScope } from './policy.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './route.ts';

/** The document that the address names, or NOT_FOUND for those who may not know that it exists. */
export async function readableDocument(asked: Asked): Promise<Row> {
  const { store } = asked.context.runtime;
  const documentId = textParam(asked, 'documentId');
  const found = await store.search('documents', { filter: { documentId }, scope: documentScope(asked.reader), limit: 1 });
  const row = found.items[0];
  if (row !== undefined && !isOver(asked, row)) return row;
  const hidden = row === undefined ? await store.get('documents', documentId) : undefined;
  if (hidden !== undefined) await told(asked, hidden, { outcome: 'denied', reason: 'not visible to the reader' });
  throw new Problem('NOT_FOUND', 'Expected a document that you may open, but there is none with this id');
}

/** past the time that its sender gave it */
export function isOver({ context }: Asked, row: Row): boolean {
  return typeof row['expiresAt'] === 'number' && row['expiresAt'] <= context.now();
}

/** The file itself. A stranger's file never runs in our pages: it is saved, not shown. */
export async function handedOut(asked: Asked, row: Row, reason?: string): Promise<Reply> {
  const bytes = await asked.context.runtime.store.getBlob(String(row['documentId']));
  if (bytes === undefined) throw new Problem('NOT_FOUND', 'Expected a document that you may open, but there is none with this id');
  await told(asked, row, { outcome: 'done', ...(reason === undefined ? {} : { reason }) });
  const name = String(row['name'] ?? 'document');
  const disposition = `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
  return {
    status: 200,
    bytes,
    headers: {
      'content-type': String(row['contentType'] ?? 'application/octet-stream'),
      'content-disposition': disposition,
      'content-security-policy': "default-src 'none'; sandbox",
    },
  };
}

/** One line in the audit of the document's case, or of the house. */
export function told(
  asked: Asked,
  row: Row,
  more: Pick<Audited, 'outcome' | 'reason'> & { readonly action?: Audited['action'] },
): Promise<void> {
  const chain = typeof row['processInstanceKey'] === 'string' ? row['processInstanceKey'] : HOUSE;
  return audit(asked.context, asked.reader, {
    action: 'read',
    subject: `documents ${String(row['documentId'])}`.slice(0, 300),
    chain,
    ...more,
  });
}
