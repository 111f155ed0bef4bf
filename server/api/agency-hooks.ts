/** Where an agency tells us news, how it signs them, and which message they become: kept by integrators, without code. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { mappingBody, mapped } from '../inbound-mapping.ts';
import type { Mapping } from '../inbound-mapping.ts';
import { json, parseBody, textParam } from '../input.ts';
import { readsRegister, registersAgencies } from '../policy.ts';
import { Problem } from '../problem.ts';
import { refuseForeignName } from '../reach.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';
import { keptAgency, stamp, toolsOf } from './agency-register.ts';

const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'Expected the name of a header');
const schemeBody = z.strictObject({
  style: z.enum(['lines', 'body', 'timestamped']),
  header: headerName.default('X-Signature'),
  prefix: z.string().max(20).optional(),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  timestampHeader: headerName.optional(),
  keyIdHeader: headerName.optional(),
  toleranceSeconds: z.number().int().min(10).max(86_400).default(300),
});
const hookBody = z.strictObject({
  name: z.string().trim().min(1).max(200),
  active: z.boolean().default(true),
  scheme: schemeBody,
  messageName: z.string().trim().min(1).max(200),
  mapping: mappingBody,
  /** milliseconds that news wait for a case which comes later; 0: only who waits now */
  timeToLive: z.number().int().min(0).max(30 * 86_400_000).default(86_400_000),
  /** what the agency signs with; absent: the one that is kept, or for a new address one that is made here */
  secret: z.string().min(16).max(1000).optional(),
}); // prettier-ignore

const addressOf = ({ context }: Asked, hookId: string): string => `${context.config.publicUrl}/api/v1/hooks/${hookId}`;

function shownHook(asked: Asked, row: Row): object {
  const { hookId, name, active = false, scheme, messageName, mapping, timeToLive, updatedBy } = row;
  const address = addressOf(asked, String(hookId));
  return { hookId, name, active, address, scheme, messageName, mapping, timeToLive, updatedAt: iso(row['updatedAt']), updatedBy };
}

async function list(asked: Asked) {
  const agencyId = keptAgency(asked);
  const rows = await allRows(asked.context.runtime.store, 'agencyHooks', { agencyId }, [{ field: 'name' }]);
  return ok({ items: rows.map((row) => shownHook(asked, row)) });
}

/** The agency's own hook of the address. */
async function hookOf(asked: Asked): Promise<Row> {
  const agencyId = keptAgency(asked);
  const row = await asked.context.runtime.store.get('agencyHooks', textParam(asked, 'hookId'));
  if (row === undefined || row['agencyId'] !== agencyId)
    throw new Problem('NOT_FOUND', 'Expected an address of this agency, but there is none with this id');
  return row;
}

async function add(asked: Asked) {
  const agencyId = keptAgency(asked);
  const given = parseBody(asked, hookBody);
  // 128 bits: nobody finds an address by trying
  const hookId = randomBytes(16).toString('base64url');
  return created(await keep(asked, { hookId, agencyId, given, known: undefined }));
}

async function replace(asked: Asked) {
  const known = await hookOf(asked);
  const given = parseBody(asked, hookBody);
  return ok(await keep(asked, { hookId: String(known['hookId']), agencyId: String(known['agencyId']), given, known }));
}

interface Keeping {
  readonly hookId: string;
  readonly agencyId: string;
  readonly given: z.infer<typeof hookBody>;
  readonly known: Row | undefined;
}

/** The secret is told once, when it was made here. */
async function keep(asked: Asked, { hookId, agencyId, given, known }: Keeping): Promise<object> {
  const { secret, ...rest } = given;
  await refuseForeignName(asked, 'message', rest.messageName);
  const made = secret === undefined && known === undefined ? randomBytes(32).toString('base64url') : undefined;
  const kept = secret ?? made;
  const credentialId = kept === undefined ? String(known?.['credentialId']) : `CRED-${randomBytes(9).toString('base64url')}`;
  const row: Row = { hookId, agencyId, ...rest, credentialId, ...stamp(asked) };
  const own = kept === undefined ? [] : [credentialRow(asked, { agencyId, credentialId, secret: kept })];
  const old = kept === undefined || known === undefined ? [] : [String(known['credentialId'])];
  await asked.context.runtime.store.write([
    { op: 'put', collection: 'agencyHooks', key: hookId, row },
    ...own.map((one) => ({ op: 'put', collection: 'agencyCredentials', key: credentialId, row: one }) as const),
    ...old.map((key) => ({ op: 'delete', collection: 'agencyCredentials', key }) as const),
  ]);
  return { ...shownHook(asked, row), ...(made === undefined ? {} : { secret: made }) };
}

function credentialRow(asked: Asked, given: { readonly agencyId: string; readonly credentialId: string; readonly secret: string }): Row {
  const { agencyId, credentialId, secret } = given;
  const sealed = toolsOf(asked).seal({ kind: 'webhook', secret } as never, { agencyId, credentialId });
  return { credentialId, agencyId, kind: 'webhook', ...sealed, createdAt: asked.context.now(), createdBy: asked.reader.username };
}

async function remove(asked: Asked) {
  const row = await hookOf(asked);
  await asked.context.runtime.store.write([
    { op: 'delete', collection: 'agencyHooks', key: String(row['hookId']) },
    { op: 'delete', collection: 'agencyCredentials', key: String(row['credentialId']) },
  ]);
  return noContent();
}

const trialBody = z.strictObject({ mapping: mappingBody, body: json });

/** What this mapping makes of a sample; nothing is published. */
async function trial(asked: Asked) {
  keptAgency(asked);
  const { mapping, body } = parseBody(asked, trialBody);
  const found = await mapped(asked.context.runtime, mapping as Mapping, body);
  return ok(found === undefined ? { matters: false } : { matters: true, ...found, eventId: found.eventId ?? null });
}

const MOST_SHOWN = 50;

async function deliveries(asked: Asked) {
  const row = await hookOf(asked);
  const found = await asked.context.runtime.store.search('hookDeliveries', {
    filter: { hookId: row['hookId'] },
    sort: [{ field: 'at', order: 'DESC' }],
    limit: MOST_SHOWN,
  });
  return ok({
    items: found.items.map(({ at: when, outcome, detail = null, count = 1, messageKey = null }) => ({ at: iso(when), outcome, detail, count, messageKey })),
    totalItems: found.totalItems,
  }); // prettier-ignore
}

const at = '/api/v1/agencies/:agencyId/hooks' as const;
const keeps = { allow: registersAgencies, records: 'house' } as const;

export const agencyHookRoutes: readonly Route[] = [
  { method: 'get', path: at, allow: readsRegister, summary: 'Addresses that an agency tells news to', handler: list },
  { method: 'post', path: at, creates: true, ...keeps, body: hookBody, summary: 'Makes an address; its secret is answered once', handler: add },
  { method: 'post', path: `${at}/trial`, allow: readsRegister, body: trialBody, summary: 'What a mapping makes of a sample; nothing is published', handler: trial },
  { method: 'get', path: `${at}/:hookId`, allow: readsRegister, summary: 'An address with its mapping', handler: async (asked) => ok(shownHook(asked, await hookOf(asked))) },
  { method: 'put', path: `${at}/:hookId`, ...keeps, body: hookBody, summary: 'Changes an address, its mapping or its secret', handler: replace },
  { method: 'delete', path: `${at}/:hookId`, ...keeps, summary: 'Takes an address away', handler: remove },
  { method: 'get', path: `${at}/:hookId/deliveries`, allow: readsRegister, summary: 'What came and what became of it, newest first', handler: deliveries },
]; // prettier-ignore
