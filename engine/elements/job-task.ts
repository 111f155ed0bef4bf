import type { Behavior } from '../machine/behavior.ts';
import { createJob } from '../machine/jobs.ts';
import type { ElementOf } from '../process.ts';

/** Service and send tasks: a worker does them. */
export const jobTask: Behavior<ElementOf<'service-task'> | ElementOf<'send-task'>> = {
  enter: (run, { n }, { job }) => createJob(run, n, { spec: job, kind: 'BPMN_ELEMENT' }),
};
