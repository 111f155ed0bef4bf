/**
 * What is kept of every call to an agency: who, why, which fields, when, how it ended, and fingerprints of request and reply.
 * Never a value: the record must be showable to people who may not see the case's data.
 */
import { createHash } from 'node:crypto';
import type { Json } from './job.ts';

export type Outcome =
  | 'answered'
  /** an answer that the model or the contract calls a business error */
  | 'business-error'
  /** an answer that does not keep to the agency's contract */
  | 'contract-drift'
  /** no usable answer: unreachable, too late, too big, 5xx */
  | 'failed'
  /** the exchange layer between us and the agency answered, not the agency */
  | 'exchange-fault'
  /** the request would have broken the contract; nothing went out */
  | 'not-sent';

export interface Exchange {
  /** absent: we called. `callback`: the agency brought the answer of a call. `webhook`: the agency called */
  readonly kind?: 'callback' | 'webhook';
  readonly agency: string;
  readonly operationId: string;
  readonly jobKey: string;
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly elementId: string;
  /** why the data was asked for: `alur:purpose` of the step, as its header says */
  readonly purpose: string | null;
  readonly attempt: number;
  /** milliseconds since 1970 UTC */
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly status: number | null;
  /** the agency's own code, or what went wrong on the way */
  readonly code: string | null;
  /** JSON pointers with `*` for list items */
  readonly sentFields: readonly string[];
  readonly receivedFields: readonly string[];
  /** SHA-256, hexadecimal; null when there was none */
  readonly requestHash: string | null;
  readonly replyHash: string | null;
  /** only for contract drift: the place and what the contract expects there, and the reply with every value replaced by its type */
  readonly drift?: { readonly place: string; readonly expected: string; readonly shape: Json };
}

export type RecordExchange = (exchange: Exchange) => Promise<void>;

export const fingerprint = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** at most this many fields are named of one message */
const FIELD_LIMIT = 200;

/** Places of all leaves of a value: `/address/street`, `/items/ * /id`. */
export function fieldsOf(value: Json | undefined): readonly string[] {
  const places = new Set<string>();
  collect(value ?? null, '', places);
  return [...places].slice(0, FIELD_LIMIT);
}

function collect(value: Json, place: string, places: Set<string>): void {
  if (places.size > FIELD_LIMIT) return;
  if (Array.isArray(value)) return (value as readonly Json[]).forEach((item) => collect(item, `${place}/*`, places));
  if (value === null || typeof value !== 'object') return void (place !== '' && places.add(place));
  for (const [name, item] of Object.entries(value)) collect(item as Json, `${place}/${name}`, places);
}

/** The value with nothing of the case in it: every leaf is the name of its type. Lists keep their first item. */
export function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).slice(0, 1).map(shapeOf);
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, FIELD_LIMIT)
      .map(([name, item]) => [name, shapeOf(item as Json)]),
  );
}
