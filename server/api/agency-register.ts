/** The register of agencies: who they are, where their systems are, how the house is let in. Secrets go in and never come out. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { allRows } from '../all-rows.ts';
import { agencyIdSchema } from '../agencies.ts';
import { expiryOf } from '../expiry.ts';
import { name, parseBody, textParam } from '../input.ts';
import { mayRegister, readsRegister, registersAgencies } from '../policy.ts';
import { Problem } from '../problem.ts';
import { created, noContent, ok } from '../reply.ts';
import { environments } from '../registry-tools.ts';
import type { Environment, RegistryTools } from '../registry-tools.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';

export function toolsOf({ context }: Asked): RegistryTools {
  if (context.registry !== undefined) return context.registry;
  throw new Problem('NOT_FOUND', 'Expected a register of agencies, but this server has none');
}

/** The agency of the address, when the reader may change it. */
export function keptAgency(asked: Asked): string {
  const agencyId = textParam(asked, 'agencyId');
  if (!asked.context.agencies.has(agencyId)) throw new Problem('NOT_FOUND', 'Expected an agency with this id, but there is none');
  if (!mayRegister(asked.reader, agencyId)) throw new Problem('FORBIDDEN', 'Expected somebody who keeps this agency, but you keep another');
  return agencyId;
}

export const stamp = ({ context, reader }: Asked): Row => ({ updatedAt: context.now(), updatedBy: reader.username });
const short = z.string().max(200);

// ---------------------------------------------------------------- profile

const contact = z.strictObject({ name: short.min(1), role: short.default(''), mail: short.default(''), phone: short.default('') });
const profileBody = z.strictObject({
  name: short.min(1),
  nameEn: short.min(1),
  kind: z.enum(['agency', 'provider']).default('agency'),
  description: z.string().max(2000).default(''),
  contacts: z.array(contact).max(20).default([]),
  units: z.array(short.min(1)).max(100).default([]),
  environment: z.enum(environments).default('live'),
});

async function putProfile(asked: Asked) {
  const agencyId = textParam(asked, 'agencyId');
  const { agencies, runtime } = asked.context;
  if (!agencyIdSchema.safeParse(agencyId).success)
    throw new Problem('INVALID_ARGUMENT', 'Expected an id of small letters, digits and hyphens that means nobody else, but it is not');
  const known = agencies.has(agencyId);
  if (!mayRegister(asked.reader, agencyId)) throw new Problem('FORBIDDEN', 'Expected somebody who keeps this agency, but you keep another');
  const profile = parseBody(asked, profileBody);
  await runtime.announce([{ op: 'put', collection: 'agencyProfiles', key: agencyId, row: { agencyId, ...profile, ...stamp(asked) } }]);
  await agencies.learn(runtime.store);
  const answer = { agencyId, ...profile };
  return known ? ok(answer) : created(answer);
}

async function profile(asked: Asked) {
  const agencyId = keptAgency(asked);
  const row = await asked.context.runtime.store.get('agencyProfiles', agencyId);
  const configured = asked.context.agencies.all.find((one) => one.agencyId === agencyId);
  return ok({ ...configured, agencyId, ...plainProfile(row) });
}

async function connection(asked: Asked) {
  const key = `${keptAgency(asked)}.${environmentOf(asked)}`;
  const row = await asked.context.runtime.store.get('agencyConnections', key);
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected a connection of this agency, but none is registered');
  return ok(shownConnection(row));
}

async function credential(asked: Asked) {
  const row = await asked.context.runtime.store.get('agencyCredentials', textParam(asked, 'credentialId'));
  if (row?.['agencyId'] !== keptAgency(asked))
    throw new Problem('NOT_FOUND', 'Expected a credential of this agency, but there is none with this id');
  return ok(shownCredential(asked, row));
}

async function registration(asked: Asked) {
  const agencyId = keptAgency(asked);
  const { store } = asked.context.runtime;
  const [profile, connections, credentials, contract] = await Promise.all([
    store.get('agencyProfiles', agencyId),
    allRows(store, 'agencyConnections', { agencyId }),
    allRows(store, 'agencyCredentials', { agencyId }, [{ field: 'createdAt' }]),
    store.get('agencyContracts', agencyId),
  ]);
  const configured = asked.context.agencies.all.find((one) => one.agencyId === agencyId);
  return ok({
    description: '',
    contacts: [],
    units: [],
    environment: 'live',
    ...configured,
    ...plainProfile(profile),
    registered: profile !== undefined,
    connections: connections.map(shownConnection),
    credentials: credentials.filter(({ kind }) => kind !== 'webhook').map((row) => shownCredential(asked, row)),
    contract: contract === undefined ? null : shownContract(contract),
  });
}

const plainProfile = (row: Row | undefined): Row =>
  row === undefined ? {} : Object.fromEntries(Object.keys(profileBody.shape).map((field) => [field, row[field]]));

export function shownContract(row: Row): object {
  const { version, title, apiVersion, format, hash, operations, importedAt, importedBy } = row;
  return { version, title, apiVersion, format, hash, operations, importedAt: iso(importedAt), importedBy };
}

// ---------------------------------------------------------------- connections

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Expected the name of a header');
const headerValue = z.string().max(1000).regex(/^[\x20-\x7e]*$/, 'Expected a value on one line'); // prettier-ignore
const headers = z.record(headerName, headerValue).refine((given) => Object.keys(given).length <= 30, 'Expected at most 30 headers');
const when = z.iso.datetime({ offset: true });
const baseAddress = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine(
    (url) => !/[?#]/.test(url) && URL.parse(url)?.username === '' && URL.parse(url)?.password === '',
    'Expected an address without name, password, ? and #',
  );

const connectionBody = z.strictObject({
  url: baseAddress,
  credentialId: z.string().max(100).optional(),
  headers: headers.default({}),
  names: z.strictObject({ idempotency: headerName.nullable().optional(), caseReference: headerName.nullable().optional() }).optional(),
  xRoadClient: z.string().max(500).regex(/^[^/\s]+(?:\/[^/\s]+){2,3}$/, 'Expected INSTANCE/CLASS/MEMBER/SUBSYSTEM').optional(),
  timeoutMs: z.number().int().min(100).max(300_000).optional(),
  limits: z.strictObject({ callsPerMinute: z.number().int().min(1).max(100_000).optional(), concurrency: z.number().int().min(1).max(1000).optional(), callsPerDay: z.number().int().min(1).max(100_000_000).optional() }).optional(),
  maintenance: z.array(z.strictObject({ from: when, until: when, reason: short.default('') })).max(50).default([]),
}); // prettier-ignore

function environmentOf(asked: Asked): Environment {
  const found = environments.find((one) => one === textParam(asked, 'environment'));
  if (found === undefined) throw new Problem('INVALID_ARGUMENT', 'Expected the environment live or sandbox, but it is neither');
  return found;
}

async function putConnection(asked: Asked) {
  const [agencyId, environment] = [keptAgency(asked), environmentOf(asked)];
  const { store } = asked.context.runtime;
  const { maintenance, url, ...given } = parseBody(asked, connectionBody);
  if (given.credentialId !== undefined && (await store.get('agencyCredentials', given.credentialId))?.['agencyId'] !== agencyId)
    throw new Problem('INVALID_ARGUMENT', 'Expected a credential of this agency, but there is none with this id');
  const windows = maintenance.map((window) => ({ ...window, from: Date.parse(window.from), until: Date.parse(window.until) }));
  if (windows.some(({ from, until }) => from >= until))
    throw new Problem('INVALID_ARGUMENT', 'Expected maintenance to end after it begins, but it does not');
  const own = { agencyId, environment, url: url.replace(/\/+$/, ''), maintenance: windows };
  const row: Row = { ...given, ...own, ...stamp(asked) };
  await asked.context.runtime.announce([{ op: 'put', collection: 'agencyConnections', key: `${agencyId}.${environment}`, row }]);
  return ok(shownConnection(row));
}

function shownConnection(row: Row): object {
  const {
    environment,
    url,
    credentialId = null,
    headers: own = {},
    names = null,
    xRoadClient = null,
    timeoutMs = null,
    limits = null,
  } = row;
  const windows = (row['maintenance'] ?? []) as readonly { readonly from: number; readonly until: number; readonly reason: string }[];
  const maintenance = windows.map(({ from, until, reason }) => ({ from: iso(from), until: iso(until), reason }));
  const updated = { updatedAt: iso(row['updatedAt']), updatedBy: row['updatedBy'] };
  return { environment, url, credentialId, headers: own, names, xRoadClient, timeoutMs, limits, maintenance, ...updated };
}

async function deleteConnection(asked: Asked) {
  const key = `${keptAgency(asked)}.${environmentOf(asked)}`;
  await asked.context.runtime.announce([{ op: 'delete', collection: 'agencyConnections', key }]);
  return noContent();
}

async function tryConnection(asked: Asked) {
  return ok(await toolsOf(asked).tryConnection(keptAgency(asked), environmentOf(asked)));
}

// ---------------------------------------------------------------- credentials

const secret = z.string().min(1).max(20_000);
const kinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('basic'), username: secret, password: secret }),
  z.strictObject({ kind: z.literal('bearer'), token: secret }),
  z.strictObject({ kind: z.literal('api-key'), place: z.enum(['header', 'query']), name: headerName, value: secret }),
  z.strictObject({ kind: z.literal('headers'), headers }),
  z.strictObject({
    kind: z.literal('oauth2'),
    tokenUrl: z.url({ protocol: /^https?$/ }),
    clientId: secret,
    clientSecret: secret,
    scope: z.string().max(1000).optional(),
    placed: z.enum(['basic', 'body']).optional(),
  }),
  z.strictObject({ kind: z.literal('mutual-tls'), certificate: secret, key: secret, authority: secret.optional() }),
  z.strictObject({
    kind: z.literal('signed'),
    keyId: name,
    secret,
    names: z.strictObject({ keyId: headerName.optional(), timestamp: headerName.optional(), signature: headerName.optional() }).optional(),
  }),
]);
const credentialBody = z.strictObject({ credential: kinds, expiresAt: when.optional() });
type Secret = z.infer<typeof kinds>;

async function addCredential(asked: Asked) {
  const [agencyId, tools] = [keptAgency(asked), toolsOf(asked)];
  const { credential, expiresAt } = parseBody(asked, credentialBody);
  const ends = endOf(credential, expiresAt);
  const credentialId = `CRED-${randomBytes(9).toString('base64url')}`;
  const sealed = tools.seal(credential as never, { agencyId, credentialId });
  const made = { createdAt: asked.context.now(), createdBy: asked.reader.username };
  const row: Row = {
    credentialId,
    agencyId,
    kind: credential.kind,
    ...sealed,
    ...made,
    ...(ends === undefined ? {} : { expiresAt: ends }),
  };
  await asked.context.runtime.store.write([{ op: 'put', collection: 'agencyCredentials', key: credentialId, row }]);
  return created(shownCredential(asked, row));
}

/** A certificate says itself when it ends; what somebody types can only be earlier. */
function endOf(credential: Secret, told: string | undefined): number | undefined {
  const given = told === undefined ? Infinity : Date.parse(told);
  const end = Math.min(given, credential.kind === 'mutual-tls' ? endOfCertificate(credential.certificate) : Infinity);
  return Number.isFinite(end) ? end : undefined;
}

function endOfCertificate(pem: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    throw new Problem('INVALID_ARGUMENT', 'Expected a certificate in PEM, but it is none');
  }
}

/** NEVER the secret, nor what it is sealed to. */
function shownCredential({ context }: Asked, row: Row): object {
  const { credentialId, kind, createdBy } = row;
  return { credentialId, kind, createdBy, createdAt: iso(row['createdAt']), ...expiryOf(row, context.now()) };
}

async function deleteCredential(asked: Asked) {
  const agencyId = keptAgency(asked);
  const credentialId = textParam(asked, 'credentialId');
  const { store } = asked.context.runtime;
  if ((await store.get('agencyCredentials', credentialId))?.['agencyId'] !== agencyId)
    throw new Problem('NOT_FOUND', 'Expected a credential of this agency, but there is none with this id');
  const users = await Promise.all([allRows(store, 'agencyConnections', { agencyId }), allRows(store, 'agencyHooks', { agencyId })]);
  const used = users.flat().some((row) => row['credentialId'] === credentialId);
  if (used) throw new Problem('INVALID_STATE', 'Expected a credential that no connection uses, but one does; give that another one first');
  await store.write([{ op: 'delete', collection: 'agencyCredentials', key: credentialId }]);
  return noContent();
}

const at = '/api/v1/agencies/:agencyId' as const;
const keeps = { allow: registersAgencies, records: 'house' } as const;

export const agencyRegisterRoutes: readonly Route[] = [
  { method: 'get', path: at, allow: readsRegister, summary: 'The profile of an agency', handler: profile },
  { method: 'put', path: at, ...keeps, body: profileBody, summary: 'Registers an agency, or changes its profile', handler: putProfile },
  { method: 'get', path: `${at}/registration`, allow: readsRegister, summary: 'What is registered of an agency, without any secret', handler: registration },
  { method: 'get', path: `${at}/connections/:environment`, allow: readsRegister, summary: 'A registered connection', handler: connection },
  { method: 'put', path: `${at}/connections/:environment`, ...keeps, body: connectionBody, summary: "Where an agency's system is and what it asks of callers", handler: putConnection },
  { method: 'delete', path: `${at}/connections/:environment`, ...keeps, summary: 'Forgets a connection', handler: deleteConnection },
  { method: 'post', path: `${at}/connections/:environment/test`, ...keeps, reads: 'nothing', summary: 'Tries a registered connection', handler: tryConnection },
  { method: 'post', path: `${at}/credentials`, creates: true, ...keeps, body: credentialBody, summary: 'Keeps a secret, sealed; it is never answered again', handler: addCredential },
  { method: 'get', path: `${at}/credentials/:credentialId`, allow: readsRegister, summary: 'What kind a secret is, and until when it is good', handler: credential },
  { method: 'delete', path: `${at}/credentials/:credentialId`, ...keeps, summary: 'Forgets a secret', handler: deleteCredential },
]; // prettier-ignore
