import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Store } from '../../runtime/ports.ts';
import { CITY } from '../reader.ts';

/** From when on something is told. */
export const thresholds = z.strictObject({
  /** minutes that an agency's system does not answer */
  downMinutes: z.number().min(0).max(10_000).default(2),
  /** calls that wait for one agency */
  backlogCalls: z.number().int().min(1).max(10_000).default(100),
  /** minutes that the oldest of them waits */
  backlogMinutes: z.number().min(1).max(100_000).default(60),
  /** days before a credential or certificate ends */
  expiryDays: z.number().min(1).max(365).default(30),
  /** hours that an incident is left alone */
  incidentHours: z.number().min(0).max(10_000).default(4),
  /** percent of the day's quota */
  quotaPercent: z.number().min(1).max(100).default(90),
  /** refused calls of an agency to us within an hour */
  newsRefused: z.number().int().min(1).max(10_000).default(10),
});
export type Thresholds = z.infer<typeof thresholds>;

export interface Recipients {
  readonly mails: readonly string[];
  readonly escalateTo: readonly string[];
  readonly escalateAfterMinutes: number;
  readonly webhookUrl?: string;
  readonly webhookCredentialId?: string;
}

export function recipientsOf(row: Row | undefined): Recipients {
  const text = (name: string): string | undefined => (typeof row?.[name] === 'string' ? row[name] : undefined);
  const [webhookUrl, webhookCredentialId] = [text('webhookUrl'), text('webhookCredentialId')];
  return {
    mails: (row?.['mails'] ?? []) as readonly string[],
    escalateTo: (row?.['escalateTo'] ?? []) as readonly string[],
    escalateAfterMinutes: Number(row?.['escalateAfterMinutes'] ?? 60),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    ...(webhookCredentialId === undefined ? {} : { webhookCredentialId }),
  };
}

/** Those of the city hold for all. What the row does not say is as it comes. */
export async function thresholdsIn(store: Pick<Store, 'get'>): Promise<Thresholds> {
  const row = await store.get('alertSettings', CITY);
  const parsed = thresholds.safeParse(row?.['thresholds'] ?? {});
  return parsed.success ? parsed.data : thresholds.parse({});
}
