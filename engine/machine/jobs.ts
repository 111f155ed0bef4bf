/** Jobs: work for somebody outside. */
import type { JobSpec } from '../process.ts';
import type { JobKind, ListenerEvent } from '../terms.ts';
import { evaluateNumber, evaluateText } from './evaluate.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';

export interface NewJob {
  readonly spec: JobSpec;
  readonly kind: JobKind;
  readonly listener?: ListenerEvent;
  readonly index?: number;
}

/** Creates a job that belongs to element instance `n`. A type or number of retries that does not evaluate is a Fault. */
export function createJob(run: Run, n: number, { spec, kind, listener, index }: NewJob): void {
  const purpose = (what: string) => ({ n, what, kind: 'EXTRACT_VALUE_ERROR' as const });
  const jobType = evaluateText(run, spec.type, purpose('the job type'));
  const retries = evaluateNumber(run, spec.retries, purpose('the retries of the job'));
  if (!Number.isInteger(retries) || retries < 1)
    throw new Fault('EXTRACT_VALUE_ERROR', `Expected the retries of the job to be a whole number above 0, but they are ${retries}.`);
  const priority = spec.priority && evaluateNumber(run, spec.priority, purpose('the priority of the job'));
  run.emit({
    t: 'job-created',
    n: run.number,
    el: n,
    jobType,
    kind,
    retries,
    headers: spec.headers,
    at: run.at,
    ...(listener && { listener }),
    ...(index !== undefined && { index }),
    ...(priority !== undefined && { priority }),
  });
}
