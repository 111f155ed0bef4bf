/** Machine clients as administrators keep them: an agency's own, or anybody's for the city. The secret is told once. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { audit } from '../audit.ts';
import { changeClient, clientScope, readableClient } from '../identity/client-rows.ts';
import { CLIENT_PREFIX, hashOf } from '../identity/machines.ts';
import { parseBody } from '../input.ts';
import { keepsAccounts, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, isCityWide, programRoles } from '../reader.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';

const creation = z.strictObject({
  name: z.string().trim().min(1).max(200),
  agency: z.string().min(1).max(100).optional(),
  roles: z.array(z.enum(programRoles)).min(1).max(programRoles.length),
});

async function create(asked: Asked) {
  const { context, reader } = asked;
  const { name, roles, agency = reader.agency ?? '' } = parseBody(asked, creation);
  if (agency !== CITY && !context.agencies.all.some(({ agencyId }) => agencyId === agency))
    throw new Problem('INVALID_ARGUMENT', 'Expected the id of an agency in the register, but there is none like this');
  if (!isCityWide(reader) && agency !== reader.agency)
    throw new Problem('FORBIDDEN', 'Expected a client of your own agency, but it is for another');
  const clientId = `${CLIENT_PREFIX}${randomBytes(9).toString('base64url')}`;
  const secret = newSecret();
  const { username: createdBy } = reader;
  const given = { clientId, name, agency, roles: [...new Set(roles)], createdBy, createdAt: context.now() };
  const row: Row = { ...given, secretHash: hashOf(secret), generation: 1, disabled: false };
  await context.runtime.store.write([{ op: 'put', collection: 'machineClients', key: clientId, row }]);
  // the address names nobody: the record does
  await audit(context, reader, { action: 'call', subject: `POST /api/v1/clients ${clientId}: ${roles.join(', ')}`, outcome: 'done' });
  return created({ ...show(context, row), clientSecret: secret });
}

async function list({ context, reader }: Asked) {
  const rows = await allRows(context.runtime.store, 'machineClients', clientScope(reader), [{ field: 'name', order: 'ASC' }]);
  return ok({ items: rows.map((row) => show(context, row)) });
}

/** A new secret; the one before, and every token made with it, ends now. */
async function renew(asked: Asked) {
  const secret = newSecret();
  const row = await changeClient(asked, (found) => ({ secretHash: hashOf(secret), generation: Number(found['generation']) + 1 }));
  return ok({ ...show(asked.context, row), clientSecret: secret });
}

async function remove(asked: Asked) {
  await changeClient(asked, () => ({ disabled: true, secretHash: '' }));
  return noContent();
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function show({ agencies }: Asked['context'], { clientId, name, agency, roles, createdBy, createdAt }: Row) {
  const of = String(agency ?? '');
  const called = { agencyName: of === '' ? null : agencies.nameOf(of), agencyNameEn: of === '' ? null : agencies.nameEnOf(of) };
  return { clientId, name, agency: of, ...called, roles, createdBy, createdAt: iso(createdAt) };
}

const one = '/api/v1/clients/:clientId';
export const machineClientRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/clients', allow: readsAccounts, handler: list },
  { method: 'post', path: '/api/v1/clients', creates: true, allow: keepsAccounts, body: creation, handler: create },
  { method: 'get', path: one, allow: readsAccounts, handler: async (asked) => ok(show(asked.context, await readableClient(asked))) },
  { method: 'post', path: `${one}/secret`, creates: true, allow: keepsAccounts, records: 'house', reads: 'nothing', handler: renew },
  { method: 'delete', path: one, allow: keepsAccounts, records: 'house', handler: remove },
];
