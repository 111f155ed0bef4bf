/**
 * The agency outside. It counts every call that reaches it, and separately what it really did: once per idempotency key, as it promises.
 * Whether the keys deserve that trust, the oracle judges.
 */
import { BpmnError, JobFailure } from '../../workers/job.ts';
import type { Job, JobHandler } from '../../workers/job.ts';
import { NO_FAULTS } from './faulty.ts';
import type { Run } from './simulate.ts';
import type { Life } from './world.ts';

/** Takes its time, fails now and then, and refuses some for good: always the same ones. */
export function agencyOf(run: Run, life: Life): JobHandler {
  const { world, weather, mutant } = run;
  return async (job) => {
    const takes = world.random() < 0.1 ? world.random() * 90_000 : world.random() * 2_000;
    const key = mutant?.idempotencyKey?.(job) ?? job.key;
    // on its way: it still happens when the caller dies meanwhile
    const answer = await world.outside(
      life,
      async () => {
        const bad = weather.faults !== NO_FAULTS;
        if (bad && world.chance(0.15)) return 'the agency answers 503';
        await hit(run, key, job.key);
        return bad && world.chance(0.05) ? 'the answer was lost' : undefined;
      },
      takes,
    );
    const told = `${job.key}/${job.attempt}`;
    await markIfStale(run, job, told);
    if (answer !== undefined) throw new JobFailure(`${answer} ${told}`);
    if (job.elementId === 'check' && String(job.variables['invoice']).endsWith('3')) throw new BpmnError('NO', 'refused');
    return { answer: told };
  };
}

export async function hit({ inner, ledger }: Pick<Run, 'inner' | 'ledger'>, key: string, job: string): Promise<void> {
  const { hits, effects, early } = ledger;
  if ((await inner.get('jobs', job)) === undefined) early.add(job);
  const jobs = hits.get(key) ?? new Map<string, number>();
  hits.set(key, jobs.set(job, (jobs.get(job) ?? 0) + 1));
  if (!effects.has(key)) effects.set(key, job);
}

/** Somebody else has had the job since: what this attempt tells from here on must never be in a history. */
async function markIfStale({ inner, ledger }: Run, { key, attempt }: Job, told: string): Promise<void> {
  const row = await inner.get('jobs', key);
  if (row !== undefined && Number(row['attempt']) > attempt) ledger.stale.add(told);
}
