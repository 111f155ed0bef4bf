/** What is the matter, who has taken it on, what is muted until when, and who is told. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { isMuted } from '../alerts/decide.ts';
import type { Alert } from '../alerts/decide.ts';
import { recipientsOf, thresholds, thresholdsIn } from '../alerts/settings.ts';
import { parseBody, textParam } from '../input.ts';
import { handlesAlerts, mayRegister, readsAlerts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, isCityWide } from '../reader.ts';
import type { Reader } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';
import { stamp, toolsOf } from './agency-register.ts';

/** The city's people see all, an agency's what is its own. */
const scopeOf = (reader: Reader): Filter => (isCityWide(reader) ? {} : { agencyId: reader.agency ?? '' });

async function list(asked: Asked) {
  const { context, reader } = asked;
  const wanted = asked.query['state'] === 'resolved' ? 'resolved' : 'open';
  const found = await context.runtime.store.search('alerts', {
    filter: { state: wanted },
    scope: scopeOf(reader),
    sort: [{ field: wanted === 'open' ? 'since' : 'resolvedAt', order: 'DESC' }],
    limit: 500,
  });
  return ok({ items: found.items.map((row) => shown(asked, row)), totalItems: found.totalItems });
}

function shown({ context }: Asked, row: Row): object {
  const {
    alertId,
    kind,
    subject,
    agencyId,
    severity,
    state,
    values,
    acknowledgedBy = null,
    mutedBy = null,
    muteReason = null,
    failure = null,
  } = row;
  const id = String(agencyId ?? '');
  const muted = isMuted(row as unknown as Alert, context.now());
  return {
    alertId,
    kind,
    subject,
    agencyId: id === '' ? null : id,
    agencyName: id === '' ? null : context.agencies.nameOf(id),
    agencyNameEn: id === '' ? null : context.agencies.nameEnOf(id),
    severity,
    state,
    values: values ?? {},
    since: iso(row['since']),
    resolvedAt: iso(row['resolvedAt']),
    acknowledgedBy,
    acknowledgedAt: iso(row['acknowledgedAt']),
    muted: muted ? { until: iso(row['mutedUntil']), by: mutedBy, reason: muteReason } : null,
    notifiedAt: iso(row['notifiedAt']),
    escalatedAt: iso(row['escalatedAt']),
    failure,
  };
}

const aimed = { alertId: z.string().min(1).max(300) };
const acknowledgeBody = z.strictObject(aimed);
const muteBody = z.strictObject({
  ...aimed,
  until: z.iso.datetime({ offset: true }).nullable(),
  reason: z.string().trim().min(3).max(500).optional(),
});

async function change(asked: Asked, alertId: string, fields: Row) {
  const { store } = asked.context.runtime;
  const row = (await store.search('alerts', { filter: { alertId }, scope: scopeOf(asked.reader), limit: 1 })).items[0];
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected an alert of yours, but there is none with this id');
  await store.write([{ op: 'patch', collection: 'alerts', key: alertId, fields }]);
  return ok(shown(asked, (await store.get('alerts', alertId)) ?? row));
}

function acknowledge(asked: Asked) {
  const { alertId } = parseBody(asked, acknowledgeBody);
  return change(asked, alertId, { acknowledgedBy: asked.reader.username, acknowledgedAt: asked.context.now() });
}

/** `until` null: no longer */
function mute(asked: Asked) {
  const { alertId, until, reason } = parseBody(asked, muteBody);
  const end = until === null ? null : Date.parse(until);
  if (end !== null && end <= asked.context.now())
    throw new Problem('INVALID_ARGUMENT', 'Expected a mute that ends later than now, but it does not');
  if (end !== null && reason === undefined) throw new Problem('INVALID_ARGUMENT', 'Expected a reason for the mute, but there is none');
  return change(asked, alertId, { mutedUntil: end, mutedBy: end === null ? null : asked.reader.username, muteReason: reason ?? null });
}

// ---------------------------------------------------------------- who is told

const address = z.email().max(200);
const settingsBody = z.strictObject({
  mails: z.array(address).max(50).default([]),
  escalateTo: z.array(address).max(50).default([]),
  escalateAfterMinutes: z.number().int().min(1).max(10_000).default(60),
  webhookUrl: z.url({ protocol: /^https?$/ }).max(500).nullish(),
  /** what our calls are signed with; null: nothing; absent: as it is */
  webhookSecret: z.string().min(16).max(1000).nullish(),
  thresholds: thresholds.optional(),
}); // prettier-ignore

/** The city, or an agency, whose people are told. */
function ownerOf(asked: Asked): string {
  const owner = textParam(asked, 'owner');
  if (owner !== CITY && !asked.context.agencies.has(owner))
    throw new Problem('NOT_FOUND', 'Expected the city or an agency, but it is neither');
  if (!mayRegister(asked.reader, owner)) throw new Problem('FORBIDDEN', 'Expected somebody of this agency, but you are another’s');
  return owner;
}

async function settings(asked: Asked) {
  const owner = ownerOf(asked);
  const { store } = asked.context.runtime;
  const { webhookCredentialId, webhookUrl = null, ...rest } = recipientsOf(await store.get('alertSettings', owner));
  const city = owner === CITY ? { thresholds: await thresholdsIn(store) } : {};
  return ok({ owner, ...rest, webhookUrl, webhookSigned: webhookCredentialId !== undefined, ...city });
}

async function putSettings(asked: Asked) {
  const owner = ownerOf(asked);
  const { webhookSecret, webhookUrl, thresholds: given, ...rest } = parseBody(asked, settingsBody);
  if (given !== undefined && owner !== CITY)
    throw new Problem('INVALID_ARGUMENT', 'Expected thresholds with the city’s settings, but these are an agency’s');
  const { store } = asked.context.runtime;
  const before = await store.get('alertSettings', owner);
  const old = typeof before?.['webhookCredentialId'] === 'string' ? before['webhookCredentialId'] : undefined;
  const made = typeof webhookSecret === 'string' ? credentialRow(asked, owner, webhookSecret) : undefined;
  const credentialId = webhookSecret === undefined ? old : (made?.['credentialId'] as string | undefined);
  const kept = given ?? before?.['thresholds'];
  const row: Row = {
    owner,
    ...rest,
    ...(typeof webhookUrl === 'string' ? { webhookUrl } : {}),
    ...(credentialId === undefined ? {} : { webhookCredentialId: credentialId }),
    ...(kept === undefined ? {} : { thresholds: kept }),
    ...stamp(asked),
  };
  await store.write([
    { op: 'put', collection: 'alertSettings', key: owner, row },
    ...(made === undefined ? [] : [{ op: 'put', collection: 'agencyCredentials', key: String(made['credentialId']), row: made } as const]),
    ...(old === undefined || old === credentialId ? [] : [{ op: 'delete', collection: 'agencyCredentials', key: old } as const]),
  ]);
  return settings(asked);
}

function credentialRow(asked: Asked, owner: string, secret: string): Row {
  const credentialId = `CRED-${randomBytes(9).toString('base64url')}`;
  const sealed = toolsOf(asked).seal({ kind: 'webhook', secret } as never, { agencyId: owner, credentialId });
  return { credentialId, agencyId: owner, kind: 'webhook', ...sealed, createdAt: asked.context.now(), createdBy: asked.reader.username };
}

/** Tells everybody who is named that this is a test; answers who was reached. */
async function test(asked: Asked) {
  const owner = ownerOf(asked);
  const { carriers, runtime, config } = asked.context;
  if (carriers === undefined) throw new Problem('NOT_FOUND', 'Expected ways to tell people, but this server has none');
  const { mails, escalateTo, webhookUrl, webhookCredentialId } = recipientsOf(await runtime.store.get('alertSettings', owner));
  const words = {
    subject: '[Alur] Uji peringatan / Test of alerts',
    text: `Ini hanya uji. / This is only a test.\n\n${config.publicUrl}/console/alerts\n`,
  };
  const body = { event: 'test', address: `${config.publicUrl}/console/alerts` };
  const signed = webhookCredentialId === undefined ? {} : { credentialId: webhookCredentialId };
  const attempts = [
    ...[...new Set([...mails, ...escalateTo])].map((to) => ({
      to,
      send: () => carriers.mail({ id: randomBytes(12).toString('hex'), to, ...words }),
    })),
    ...(webhookUrl === undefined ? [] : [{ to: webhookUrl, send: () => carriers.webhook({ owner, url: webhookUrl, body, ...signed }) }]),
  ];
  const results = await Promise.all(attempts.map(async ({ to, send }) => ({ to, failure: await send().then(() => null, (error: Error) => error.message) }))); // prettier-ignore
  return ok({ items: results });
}

const at = '/api/v1/alert-settings/:owner' as const;
const keeps = { allow: handlesAlerts, records: 'house' } as const;

export const alertRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/alerts', allow: readsAlerts, query: ['state'], summary: 'What is the matter; `state=resolved` for what was', handler: list },
  { method: 'post', path: '/api/v1/alerts/acknowledgement', ...keeps, body: acknowledgeBody, summary: 'Somebody takes it on: no reminder, no escalation', handler: acknowledge },
  { method: 'post', path: '/api/v1/alerts/mute', ...keeps, body: muteBody, summary: 'Nobody is told until then; `until: null` ends it', handler: mute },
  { method: 'get', path: at, allow: handlesAlerts, summary: 'Who is told, and of the city from when on', handler: settings },
  { method: 'put', path: at, ...keeps, body: settingsBody, summary: 'Changes who is told', handler: putSettings },
  { method: 'post', path: `${at}/test`, ...keeps, reads: 'nothing', summary: 'Tells everybody who is named that this is a test', handler: test },
]; // prettier-ignore
