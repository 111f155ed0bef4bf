/** What each set has reached once, and may not fall below: test/conformance/floor.json. */
import type { Tally } from './tally.ts';

export interface Bar {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: number;
}

export type Floor = Record<string, Bar>;

export function raised(tally: Tally): Bar {
  const [passed, failed, notApplicable] = [tally.passed.length, tally.failed.length, tally.notApplicable.length];
  return { cases: passed + failed + notApplicable, passed, failed, notApplicable };
}

/** What is worse than it was, as one sentence; null when nothing is. A set without a bar may do as it likes, but not fail. */
export function belowFloor(tally: Tally, bar: Bar | undefined): string | null {
  const now = raised(tally);
  if (bar === undefined) return now.failed === 0 ? null : `Expected no failures in a new set, but there are ${now.failed}.`;
  if (now.cases < bar.cases) return `Expected at least ${bar.cases} cases, but there are ${now.cases}.`;
  if (now.failed > bar.failed) return `Expected at most ${bar.failed} failures, but there are ${now.failed}.`;
  if (now.notApplicable > bar.notApplicable)
    return `Expected at most ${bar.notApplicable} cases that do not apply, but there are ${now.notApplicable}.`;
  return now.passed < bar.passed ? `Expected at least ${bar.passed} passed, but there are ${now.passed}.` : null;
}
