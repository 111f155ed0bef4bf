import { ARCHIVE_PROPERTY, HISTORY_PROPERTY, parseLifetime } from '../retention.ts';
import type { Complaint } from './context.ts';

/** A misspelt time to live would keep for ever what must go, or the other way round. */
export function checkRetention(properties: ReadonlyMap<string, string>, complain: (complaint: Complaint) => void): void {
  for (const name of [HISTORY_PROPERTY, ARCHIVE_PROPERTY]) {
    const text = properties.get(name);
    if (text === undefined || parseLifetime(text) !== undefined) continue;
    complain({
      code: 'INVALID_TIME_TO_LIVE',
      message: `Expected ${name} to be 'never' or an ISO 8601 duration such as P10Y, but it is '${text.slice(0, 100)}'.`,
      hint: 'Write for example P180D for 180 days, P10Y for ten years, or never.',
    });
  }
}
