/** Reading a request's body: one JSON text or files, within limits, or a Problem. Called only after the caller was found to be allowed. */
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import multer, { MulterError } from 'multer';
import { Problem } from './problem.ts';
import type { Route, Upload } from './route.ts';

/** bytes of one JSON body */
export const MAX_JSON = 4 * 1024 * 1024;
/** bytes of the fields of an HTML form */
export const MAX_FORM = 16 * 1024;
/** bytes of one deployed file; 2 MiB and more is refused */
export const MAX_FILE = 2 * 1024 * 1024 - 1;
export const MAX_FILES = 50;
/** bytes of one document: a scanned page or two */
export const MAX_DOCUMENT = 10 * 1024 * 1024;
export const MAX_DOCUMENTS = 10;
export const MAX_DEPTH = 64;

/** bytes of one call of an agency to us */
export const MAX_NEWS = 1024 * 1024;

const readBytes = express.raw({ limit: MAX_NEWS, type: () => true, inflate: false });
const readJson = express.json({ limit: MAX_JSON, strict: false, type: () => true });
const readForm = express.urlencoded({ limit: MAX_FORM, extended: false, parameterLimit: 20 });
const readFiles = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: MAX_FILE, files: MAX_FILES, fields: 20, fieldSize: 64 * 1024, parts: 80 },
}).array('resources');
const readDocuments = multer({
  storage: multer.memoryStorage(),
  // a client may send a document's description as a part with a name, which counts as a file
  limits: { fileSize: MAX_DOCUMENT, files: MAX_DOCUMENTS, fields: 2 * MAX_DOCUMENTS, fieldSize: 64 * 1024, parts: 4 * MAX_DOCUMENTS },
  defParamCharset: 'utf8',
}).any();

export async function readBody(
  route: Route,
  request: Request,
  response: Response,
): Promise<{ readonly body: unknown; readonly files: readonly Upload[] }> {
  const reads = route.reads ?? (['post', 'put', 'patch'].includes(route.method) ? 'json' : 'nothing');
  if (reads === 'nothing' || !hasBody(request)) return { body: undefined, files: [] };
  if (reads === 'files') return filesOf(request, response, readFiles);
  if (reads === 'bytes') return { body: await bytesOf(request, response), files: [] };
  if (reads === 'documents') return filesOf(request, response, readDocuments);
  if (reads === 'form') return { body: await formOf(request, response), files: [] };
  return { body: await jsonOf(request, response), files: [] };
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

/** As they came: a signature is over bytes. */
async function bytesOf(request: Request, response: Response): Promise<Uint8Array> {
  await run(readBytes, request, response).catch((error: unknown) => {
    if ((error as { type?: string }).type === 'entity.too.large')
      throw new Problem('BODY_TOO_LARGE', `Expected at most ${MAX_NEWS} bytes, but there are more`);
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Expected a plain body, but it cannot be read as such');
  });
  return request.body as Uint8Array;
}

async function jsonOf(request: Request, response: Response): Promise<unknown> {
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Expected Content-Type application/json, but it is another');
  await run(readJson, request, response).catch(refuseJson);
  const body = request.body as unknown;
  refuseOdd(body);
  return body;
}

/** A field that comes twice is a list, which no schema of a text takes. */
async function formOf(request: Request, response: Response): Promise<unknown> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Expected Content-Type application/x-www-form-urlencoded, but it is another');
  await run(readForm, request, response).catch(() => {
    throw new Problem('INVALID_ARGUMENT', `Expected at most 20 fields in ${MAX_FORM} bytes, but there are more or they cannot be read`);
  });
  return request.body as unknown;
}

interface Parsed {
  readonly originalname: string;
  readonly buffer: Buffer;
  readonly fieldname: string;
  readonly mimetype: string;
}

async function filesOf(
  request: Request,
  response: Response,
  read: RequestHandler,
): Promise<{ readonly body: unknown; readonly files: readonly Upload[] }> {
  if (!/^multipart\/form-data\s*;/i.test(request.headers['content-type'] ?? ''))
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Expected Content-Type multipart/form-data, but it is another');
  await run(read, request, response).catch(refuseFiles);
  const files = (request.files ?? []) as readonly Parsed[];
  const uploads = files.map(({ originalname, buffer, fieldname, mimetype }) => ({
    name: originalname,
    bytes: buffer,
    field: fieldname,
    contentType: mimetype,
  }));
  return { body: { ...(request.body as object) }, files: uploads };
}

function run(middleware: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((done, failed) =>
    middleware(request, response, (error?: unknown) => (error === undefined || error === null ? done() : failed(error as Error))),
  );
}

function refuseJson(error: unknown): never {
  const kind = (error as { type?: string }).type;
  if (kind === 'entity.too.large') throw new Problem('BODY_TOO_LARGE', `Expected at most ${MAX_JSON} bytes of JSON, but there are more`);
  if (kind === 'encoding.unsupported' || kind === 'charset.unsupported')
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Expected plain UTF-8, but the encoding is another');
  throw new Problem('MALFORMED_JSON', 'Expected the body to be JSON, but it cannot be read as such');
}

function refuseFiles(error: unknown): never {
  if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE')
    throw new Problem('BODY_TOO_LARGE', 'Expected each file to be smaller than 2 MiB (a document: 10 MiB), but one is larger');
  if (error instanceof MulterError && error.code === 'LIMIT_FILE_COUNT')
    throw new Problem('BODY_TOO_LARGE', `Expected at most ${MAX_FILES} files (or ${MAX_DOCUMENTS} documents), but there are more`);
  if (error instanceof MulterError && error.code === 'LIMIT_UNEXPECTED_FILE')
    throw new Problem('INVALID_ARGUMENT', 'Expected files in the field "resources", but there is another');
  throw new Problem('INVALID_ARGUMENT', 'Expected multipart form data, but it cannot be read as such');
}

/** The JSON value of bytes, with the same care as for any body. Throws a Problem. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    refuseOdd(body);
    return body;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('MALFORMED_JSON', 'Expected the body to be JSON, but it cannot be read as such');
  }
}

/** Nesting that would exhaust a stack somewhere later, and the one name that would reach into JavaScript's objects. */
function refuseOdd(body: unknown): void {
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new Problem('INVALID_ARGUMENT', `Expected JSON at most ${MAX_DEPTH} levels deep, but it is deeper`);
    level = level.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (Object.hasOwn(value, '__proto__'))
        throw new Problem('INVALID_ARGUMENT', 'Expected names of the caller\'s own, but there is "__proto__"');
      return Object.values(value) as unknown[];
    });
  }
}
