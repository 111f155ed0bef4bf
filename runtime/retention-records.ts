/** How the audit words what retention did: read again by `npm run audit:verify`. */
import type { Row } from './collections.ts';
import { SYSTEM } from './room.ts';

/** a case became a file; the file's time was over; a case's time was over and no file was wanted */
export const [ARCHIVED, ARCHIVE_ENDED, FORGOTTEN] = ['archive', 'archive-end', 'forget'] as const;

interface Recorded {
  readonly action: typeof ARCHIVED | typeof ARCHIVE_ENDED | typeof FORGOTTEN;
  /** row of the case or of its archive */
  readonly of: Row;
  /** of the file; hex */
  readonly sha256?: string;
  readonly at: number;
}

export function recordOf({ action, of, sha256, at }: Recorded): Row {
  const agency = of['ownerAgency'] === undefined ? {} : { agency: of['ownerAgency'] };
  const reason = sha256 === undefined ? {} : { reason: `sha256 ${sha256}` };
  return { at, by: SYSTEM.id, ...agency, action, subject: String(of['processInstanceKey']), outcome: 'done', ...reason };
}

export function sealOf(record: Row): string {
  return String(record['reason']).replace(/^sha256 /, '');
}
