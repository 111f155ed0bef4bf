/** Reads the audit chain of one case again: a record that was changed, removed or moved is told. */
import { follows } from './audit-chain.ts';
import type { Row } from './collections.ts';
import type { Commit } from './ports.ts';

export interface ChainedCommit {
  readonly version: number;
  readonly audit: Commit['audit'];
  readonly events: Commit['events'];
}

export interface ChainVerdict {
  /** records of a time before there were chains: nothing can be said about them */
  readonly unsealed: number;
  /** "Expected …, but …", one each */
  readonly broken: readonly string[];
}

/** `row`: of processInstances; it names where its history ends. `commits`: oldest first. */
export function brokenChain(row: Row, commits: readonly ChainedCommit[]): ChainVerdict {
  const instanceKey = String(row['processInstanceKey']);
  const broken: string[] = [];
  let [previous, expected, sealed, unsealed] = ['', 1, false, 0];
  for (const { version, audit, events } of commits) {
    if (version !== expected) broken.push(`Expected record ${expected}, but the next one is ${version}: one was removed or moved`);
    expected = version + 1;
    if (audit.hash === undefined) {
      if (sealed) broken.push(`Expected record ${version} to carry a hash, but it was taken away`);
      else unsealed += 1;
      continue;
    }
    sealed = true;
    if (!follows(previous, { instanceKey, version, audit, events }))
      broken.push(`Expected record ${version} (${audit.command}) to follow from the one before it, but one of them was changed`);
    previous = audit.hash;
  }
  const head = row['auditHead'];
  if (sealed && typeof head !== 'string') broken.push('Expected its row to name where its history ends, but that was taken away');
  if (typeof head === 'string' && head !== `${expected - 1}:${previous}`)
    broken.push(
      `Expected its history to end at record ${head.split(':')[0] ?? ''} as its row says, but it does not: records were removed or replaced at its end`,
    );
  return { unsealed, broken };
}
