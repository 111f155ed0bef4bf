import type { Case } from './case.ts';

/** Whether a step is in trouble now: its last word is "trouble", nothing after it says that it was done. */
export function isDelayed(found: Case): boolean {
  const last = new Map<string, string>();
  for (const entry of found.timeline) last.set(entry.step, entry.state);
  return [...last.values()].includes('trouble');
}
