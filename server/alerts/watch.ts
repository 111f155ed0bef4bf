/** Looks from time to time what is the matter, keeps it, and tells people: one process of the installation does, the one that leads. */
import { createHash } from 'node:crypto';
import type { Row } from '../../runtime/collections.ts';
import type { Store } from '../../runtime/ports.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Agencies } from '../agencies.ts';
import { allRows } from '../all-rows.ts';
import { CITY } from '../reader.ts';
import { found, gone, told } from './decide.ts';
import type { Alert, Decision, Telling } from './decide.ts';
import { findings } from './find.ts';
import { recipientsOf, thresholdsIn } from './settings.ts';
import type { Recipients } from './settings.ts';
import { wordsOf } from './words.ts';
import type { Words } from './words.ts';

/** What carries a message out of the house; given when it is made (the workers' room has it). Rejects with an Error when it did not arrive. */
export interface Carriers {
  mail(mail: Words & { readonly id: string; readonly to: string }): Promise<void>;
  /** signed with the sealed secret of this credential, when there is one */
  webhook(call: { readonly owner: string; readonly url: string; readonly credentialId?: string; readonly body: object }): Promise<void>;
}

export interface Watching {
  readonly runtime: Runtime;
  readonly agencies: Agencies;
  readonly carriers: Carriers;
  /** where people reach the console, without trailing slash */
  readonly publicUrl: string;
  readonly now: () => number;
  readonly log: (level: 'warn', message: string) => void;
}

/** One look. Safe to do twice: the second finds what the first has kept. */
export async function lookForAlerts(watching: Watching): Promise<void> {
  const { runtime, agencies, now } = watching;
  await agencies.learn(runtime.store);
  const at = now();
  const wrong = await findings({ runtime, agencies, thresholds: await thresholdsIn(runtime.store), now: at });
  const rows = await allRows(runtime.store, 'alerts', {});
  const known = new Map(rows.map((row) => [String(row['alertId']), row as unknown as Alert]));
  const seen = new Set<string>();
  for (const finding of wrong) {
    const audience = await audienceOf(watching, finding.agencyId);
    const decision = found(finding, { before: known.get(`${finding.kind}/${finding.subject}`), recipients: combined(audience), now: at });
    seen.add(decision.alert.alertId);
    await carryOut(watching, decision, audience);
  }
  for (const alert of known.values()) {
    const decision = seen.has(alert.alertId) ? undefined : gone(alert, at);
    if (decision !== undefined) await carryOut(watching, decision, await audienceOf(watching, alert.agencyId));
  }
}

interface Listener extends Recipients {
  readonly owner: string;
}

/** The city hears of everything, an agency of what is its own. */
async function audienceOf({ runtime }: Watching, agencyId: string): Promise<readonly Listener[]> {
  const owners = [...new Set([CITY, agencyId].filter((owner) => owner !== ''))];
  return Promise.all(owners.map(async (owner) => ({ owner, ...recipientsOf(await runtime.store.get('alertSettings', owner)) })));
}

function combined(audience: readonly Listener[]): Pick<Recipients, 'escalateTo' | 'escalateAfterMinutes'> {
  const escalating = audience.filter(({ escalateTo }) => escalateTo.length > 0);
  return {
    escalateTo: escalating.flatMap(({ escalateTo }) => escalateTo),
    escalateAfterMinutes: Math.min(...escalating.map(({ escalateAfterMinutes }) => escalateAfterMinutes)),
  };
}

/** TOLD BEFORE IT IS KEPT AS TOLD: a crash in between tells twice, never not at all. What could not be told is tried with the next look. */
async function carryOut(watching: Watching, decision: Decision, audience: readonly Listener[]): Promise<void> {
  const { runtime, now } = watching;
  const failure = decision.tell === undefined ? undefined : await tellAll(watching, decision, audience);
  // an end is told once: who did not hear of it sees it on the screen
  const alert = failure === undefined ? told(decision, now()) : { ...decision.alert, failure };
  await keep(runtime.store, alert);
}

/** What a person says of it meanwhile (taken on, muted) stays: only a new occurrence begins without. */
async function keep(store: Store, alert: Alert): Promise<void> {
  const place = { collection: 'alerts', key: alert.alertId } as const;
  const before = await store.get('alerts', alert.alertId);
  if (before?.['since'] !== alert.since) return void (await store.write([{ op: 'put', ...place, row: alert as unknown as Row }]));
  const {
    severity,
    values,
    state,
    seenAt,
    resolvedAt = null,
    notifiedAt = null,
    escalatedAt = null,
    endToldAt = null,
    failure = null,
  } = alert;
  const fields = { severity, values, state, seenAt, resolvedAt, notifiedAt, escalatedAt, endToldAt, failure };
  await store.write([{ op: 'patch', ...place, fields }]);
}

/** Undefined: everybody was reached. Else why not, in a sentence; whoever was reached is not told again for that. */
async function tellAll(watching: Watching, { alert, tell }: Decision, audience: readonly Listener[]): Promise<string | undefined> {
  const attempts = audience.flatMap((listener) => messagesTo(watching, { alert, tell: tell ?? 'opened' }, listener));
  const results = await Promise.allSettled(attempts.map(async (send) => await send()));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [String((result.reason as Error)?.message ?? result.reason)] : [],
  );
  for (const failure of failures) watching.log('warn', `alert ${alert.alertId}: ${failure}`);
  // one that was reached is enough: telling the others again would tell everybody again
  return failures.length > 0 && failures.length === attempts.length ? failures[0]?.slice(0, 500) : undefined;
}

interface Message {
  readonly alert: Alert;
  readonly tell: Telling;
}

function messagesTo(watching: Watching, { alert, tell }: Message, listener: Listener): readonly (() => Promise<void>)[] {
  const { carriers, agencies, publicUrl } = watching;
  const address = `${publicUrl}/console/alerts`;
  const words = wordsOf(alert, tell, { agencies, address });
  const escalates = tell === 'escalated' || (tell === 'resolved' && alert.escalatedAt !== undefined);
  const readers = [...(tell === 'escalated' ? [] : listener.mails), ...(escalates ? listener.escalateTo : [])];
  const mails = [...new Set(readers)].map((to) => async () => await carriers.mail({ id: mailId(alert, tell, to), to, ...words }));
  const { owner, webhookUrl, webhookCredentialId } = listener;
  if (webhookUrl === undefined) return mails;
  const { alertId, kind, subject, agencyId, severity, since, values } = alert;
  const body = { event: tell, alertId, kind, subject, agencyId, severity, since: new Date(since).toISOString(), values, address };
  const call = { owner, url: webhookUrl, body, ...(webhookCredentialId === undefined ? {} : { credentialId: webhookCredentialId }) };
  return [...mails, async () => await carriers.webhook(call)];
}

/** The same for the same telling, so that a repeat after a crash is one mail where the outbox can tell. */
function mailId({ alertId, since, notifiedAt = 0 }: Alert, tell: Telling, to: string): string {
  return createHash('sha256')
    .update(JSON.stringify([alertId, since, tell, notifiedAt, to]))
    .digest('hex');
}

/** Looks now and then; answers how to stop. `everyMs`: milliseconds between two looks */
export function keepWatch(watching: Watching, everyMs: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  const look = (): void => {
    if (!watching.runtime.leads()) return;
    const failed = (error: unknown): void => watching.log('warn', `alerts: ${error instanceof Error ? error.message : String(error)}`);
    running ??= lookForAlerts(watching).catch(failed).finally(() => (running = undefined)); // prettier-ignore
  };
  const timer = setInterval(look, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
