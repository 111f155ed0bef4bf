import { textParam } from '../input.ts';
import { isGood } from '../document-links.ts';
import { handedOut, isOver, readableDocument } from '../documents.ts';
import { anyone, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

async function download(asked: Asked) {
  return handedOut(asked, await readableDocument(asked));
}

/** `/api/v1/document-links/{documentId}?expires=&signature=`: whoever holds the link may read this one document until it expires. */
async function byLink(asked: Asked) {
  const row = await asked.context.runtime.store.get('documents', textParam(asked, 'documentId'));
  if (row === undefined || isOver(asked, row) || !isGood(asked.context, row, asked.query))
    throw new Problem('NOT_FOUND', 'Expected a link that is good for a document, but this one is none, or no longer');
  return handedOut(asked, row, 'by link');
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
  { method: 'get', path: '/api/v1/document-links/:documentId', allow: anyone, query: ['expires', 'signature'], handler: byLink },
  { method: 'get', path: '/api/v1/documents/:documentId', allow: signedIn, handler: download },
  { method: 'get', path: '/api/v1/verifications/:code', allow: anyone, handler: verify },
];
