/** What becomes of an alert, and who is told. Pure: what was found, what is known, and the time come in. */
import type { Recipients } from './settings.ts';

export const kinds = ['agency-down', 'backlog', 'contract-drift', 'expiry', 'incidents', 'quota', 'news-refused'] as const;
export type Kind = (typeof kinds)[number];

/** Something is the matter right now. */
export interface Finding {
  readonly kind: Kind;
  /** which one of its kind: an agency, an operation, a credential, a process */
  readonly subject: string;
  /** whose people it concerns */
  readonly agencyId: string;
  readonly severity: 'warn' | 'bad';
  /** for the sentence about it; never data of a case */
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** All times in milliseconds since 1970 UTC. */
export interface Alert extends Finding {
  readonly alertId: string;
  readonly state: 'open' | 'resolved';
  readonly since: number;
  readonly seenAt: number;
  readonly resolvedAt?: number;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: number;
  readonly mutedUntil?: number;
  readonly mutedBy?: string;
  readonly muteReason?: string;
  readonly notifiedAt?: number;
  readonly escalatedAt?: number;
  /** who was told of it was told that it is over */
  readonly endToldAt?: number;
  readonly failure?: string;
}

export type Telling = 'opened' | 'reminder' | 'escalated' | 'resolved';

export interface Decision {
  readonly alert: Alert;
  /** absent: nobody is told anything */
  readonly tell?: Telling;
}

/** milliseconds: what comes back so soon is the same trouble; only then is it over for those who were told */
export const SAME_TROUBLE = 5 * 60_000;
/** milliseconds between two reminders of one that nobody took on */
export const REMIND = 24 * 3_600_000;

export const idOf = ({ kind, subject }: Pick<Finding, 'kind' | 'subject'>): string => `${kind}/${subject}`;

export interface Known {
  readonly before: Alert | undefined;
  readonly recipients: Pick<Recipients, 'escalateAfterMinutes' | 'escalateTo'>;
  readonly now: number;
}

export function found(finding: Finding, { before, recipients, now }: Known): Decision {
  const again = before !== undefined && (before.state === 'open' || now - (before.resolvedAt ?? 0) < SAME_TROUBLE);
  const { resolvedAt: _over, failure: _failed, ...known } = before ?? {};
  // a mute outlives its occurrence: it was meant for the thing
  const muted =
    before?.mutedUntil === undefined ? {} : { mutedUntil: before.mutedUntil, mutedBy: before.mutedBy, muteReason: before.muteReason };
  const kept = again ? known : muted;
  const alert = { ...kept, ...finding, alertId: idOf(finding), state: 'open', since: again ? before.since : now, seenAt: now } as Alert;
  const tell = isMuted(alert, now) ? undefined : due(alert, recipients, now);
  return tell === undefined ? { alert } : { alert, tell };
}

function due(alert: Alert, { escalateTo, escalateAfterMinutes }: Known['recipients'], now: number): Telling | undefined {
  const { notifiedAt, escalatedAt, acknowledgedAt, since } = alert;
  if (notifiedAt === undefined) return 'opened';
  if (acknowledgedAt !== undefined) return undefined;
  if (escalatedAt === undefined && escalateTo.length > 0 && now - since >= escalateAfterMinutes * 60_000) return 'escalated';
  return now - Math.max(notifiedAt, escalatedAt ?? 0) >= REMIND ? 'reminder' : undefined;
}

/** It is no longer the matter: at once on the screen, and told to those who heard of it once it stays so. Undefined: nothing changes. */
export function gone(before: Alert, now: number): Decision | undefined {
  if (before.state === 'open') return { alert: { ...before, state: 'resolved', resolvedAt: now } };
  const { notifiedAt, endToldAt, resolvedAt = now } = before;
  if (notifiedAt === undefined || endToldAt !== undefined || now - resolvedAt < SAME_TROUBLE) return undefined;
  return isMuted(before, now) ? { alert: { ...before, endToldAt: now } } : { alert: before, tell: 'resolved' };
}

export const isMuted = ({ mutedUntil }: Pick<Alert, 'mutedUntil'>, now: number): boolean => mutedUntil !== undefined && mutedUntil > now;

/** What stays of it once somebody was told. */
export function told({ alert, tell }: Decision, now: number): Alert {
  if (tell === 'opened' || tell === 'reminder') return { ...alert, notifiedAt: now };
  if (tell === 'resolved') return { ...alert, endToldAt: now };
  return tell === 'escalated' ? { ...alert, escalatedAt: now } : alert;
}
