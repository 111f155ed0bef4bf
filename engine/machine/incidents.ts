/** Incidents: the model or its data erred, and a person has to look. */
import type { Step } from '../step.ts';
import type { ElementId, Json } from '../terms.ts';
import type { Fault } from './fault.ts';
import type { Run } from './run.ts';

/** Keeps the failed step, so that resolving the incident does it again. */
export function raiseIncident(run: Run, step: Step, fault: Fault): void {
  raiseIncidentAt(run, run.instance(step.n).element, { step: fault.retry ?? step, fault });
}

/** At an element that has no instance yet: the scope `step.n` around it waits. */
export function raiseIncidentAt(run: Run, element: ElementId, { step, fault }: { readonly step: Step; readonly fault: Fault }): void {
  const again = step as unknown as Json;
  run.emit({ t: 'incident-raised', n: run.number, el: step.n, element, kind: fault.kind, message: fault.message, at: run.at, step: again });
}

/** A job is done with, one way or the other: whatever was wrong with it is not any more. Called while the job still exists. */
export function closeJobIncidents(run: Run, job: { readonly n: number; readonly el: number }): void {
  for (const n of [...(run.instance(job.el).owned ?? [])])
    if (run.state.incidents.get(n)?.job === job.n) run.emit({ t: 'incident-resolved', n, at: run.at });
}

/** A job failed for the last time. Resolving needs new retries first. */
export function raiseJobIncident(run: Run, n: number, job: { readonly el: number; readonly kind: string; readonly message: string }): void {
  const { element } = run.instance(job.el);
  const kind =
    job.kind === 'EXECUTION_LISTENER'
      ? 'EXECUTION_LISTENER_NO_RETRIES'
      : job.kind === 'TASK_LISTENER'
        ? 'TASK_LISTENER_NO_RETRIES'
        : job.kind === 'AD_HOC_SUB_PROCESS'
          ? 'AD_HOC_SUB_PROCESS_NO_RETRIES'
          : 'JOB_NO_RETRIES';
  run.emit({ t: 'incident-raised', n: run.number, el: job.el, element, kind, message: job.message, job: n, at: run.at });
}
