import { describe, expect, test } from '@jest/globals';
import { belowFloor, raised } from '../../scripts/conformance/floor.ts';
import type { Tally } from '../../scripts/conformance/tally.ts';

const tally = (passed: number, failed: number, notApplicable: number): Tally => ({
  passed: Array.from({ length: passed }, (_, at) => `p${at}`),
  failed: Array.from({ length: failed }, (_, at) => ({ id: `f${at}`, why: '' })),
  notApplicable: Array.from({ length: notApplicable }, (_, at) => ({ id: `n${at}`, reason: '' })),
});

describe('the floor of a conformance set', () => {
  const bar = raised(tally(10, 1, 2));

  test('[CF1] the same result, or a better one, is not below it', () => {
    expect(belowFloor(tally(10, 1, 2), bar)).toBeNull();
    expect(belowFloor(tally(12, 0, 2), bar)).toBeNull();
  });

  test('[CF1] a case that is gone is below it, even when nothing fails', () => {
    expect(belowFloor(tally(10, 0, 2), bar)).toContain('at least 13 cases');
  });

  test('[CF1] a case that fails now is below it', () => {
    expect(belowFloor(tally(10, 2, 2), bar)).toContain('at most 1 failures');
  });

  test('[CF1] a case that is put aside is below it', () => {
    expect(belowFloor(tally(10, 0, 3), bar)).toContain('at most 2 cases that do not apply');
  });

  test('[CF2] a new set may have any size, but no failures', () => {
    expect(belowFloor(tally(1, 0, 5), undefined)).toBeNull();
    expect(belowFloor(tally(1, 1, 0), undefined)).toContain('no failures');
  });
});
