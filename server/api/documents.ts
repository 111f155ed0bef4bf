import { textParam } from '../input.ts';
import { anyone, documentScope, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

async function download(asked: Asked) {
  const { store } = asked.context.runtime;
  const documentId = textParam(asked, 'documentId');
  const found = await store.search('documents', { filter: { documentId }, scope: documentScope(asked.reader), limit: 1 });
  const row = found.items[0];
  const bytes = row && (await store.getBlob(documentId));
  if (bytes === undefined) throw new Problem('NOT_FOUND', 'Expected a document that you may open, but there is none with this id');
  const name = String(row?.['name'] ?? 'document');
  const disposition = `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`;
  return {
    status: 200,
    bytes,
    headers: { 'content-type': String(row?.['contentType'] ?? 'application/octet-stream'), 'content-disposition': disposition },
  };
}

/** `/verify/{code}`: is this permit ours? A permit's document is kept under its code, which nobody can guess. */
async function verify(asked: Asked) {
  const code = textParam(asked, 'code').toUpperCase().replace(/[\s-]/g, '');
  const row = /^[0-9A-Z]{8,64}$/.test(code) ? await asked.context.runtime.store.get('documents', code) : undefined;
  const metadata = (row?.['metadata'] ?? {}) as Record<string, unknown>;
  if (row === undefined || metadata['code'] !== code) return ok({ valid: false });
  const { number, title, holder, issuedAt } = metadata;
  return ok({ valid: true, number, service: title, holder: masked(String(holder ?? '')), issuedAt, sha256: row['sha256'] });
}

/** Siti Rahmawati → S*** R********: enough to compare with a paper in hand, too little to learn a name */
function masked(name: string): string {
  return name.replace(/(\p{L})(\p{L}*)/gu, (_word, first: string, rest: string) => first + '*'.repeat(rest.length));
}

export const documentRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/documents/:documentId', allow: signedIn, handler: download },
  { method: 'get', path: '/api/v1/verifications/:code', allow: anyone, handler: verify },
];
