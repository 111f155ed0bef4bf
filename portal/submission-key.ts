/**
 * One application, one key: pressing twice, or again after the connection broke, cannot submit twice.
 * The key lasts as long as the answers stay the same, also across a reload of the page.
 */
import { newIdempotencyKey } from '../ui/client.ts';
import type { Values } from '../ui/forms/schema.ts';

interface Kept {
  readonly key: string;
  readonly print: string;
}

const place = (service: string): string => `alur-submission-${service}`;
const memory = new Map<string, Kept>();

/** The key to submit these answers with. */
export function submissionKey(service: string, variables: Values): string {
  const print = fingerprint(JSON.stringify(variables));
  const kept = memory.get(service) ?? recall(service);
  if (kept?.print === print) return kept.key;
  const next: Kept = { key: newIdempotencyKey(), print };
  memory.set(service, next);
  try {
    sessionStorage.setItem(place(service), JSON.stringify(next));
  } catch {
    // storage is forbidden: the key lasts until the page is closed
  }
  return next.key;
}

/** After the application arrived, the next one is a new one. */
export function endSubmission(service: string): void {
  memory.delete(service);
  try {
    sessionStorage.removeItem(place(service));
  } catch {
    // as above
  }
}

function recall(service: string): Kept | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(place(service)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** FNV-1a over the text: tells changed answers from the same ones; holds no personal data. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36) + text.length.toString(36);
}
