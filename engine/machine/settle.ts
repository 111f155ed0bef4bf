/** What can only be judged when nothing moves: inclusive joins, and conditions after variables have changed. Answers whether something moved again. */
import type { Run } from './run.ts';
import { joinWhatIsReady } from './inclusive-join.ts';
import { triggerConditions } from './conditions.ts';

export function settle(run: Run): boolean {
  const joined = joinWhatIsReady(run);
  return triggerConditions(run) || joined;
}
