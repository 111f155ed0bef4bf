import { toJson } from '../feel/index.ts';
import type { Behavior } from '../machine/behavior.ts';
import { evaluate } from '../machine/evaluate.ts';
import { createJob } from '../machine/jobs.ts';
import type { ElementOf } from '../process.ts';

/** A FEEL expression whose result is a variable, or a job when the model names a job type. */
export const scriptTask: Behavior<ElementOf<'script-task'>> = {
  enter: (run, { n }, { job, script }) => {
    if (job) return createJob(run, n, { spec: job, kind: 'BPMN_ELEMENT' });
    if (script === undefined) throw new Error('Expected the compiler to refuse a script task without script.');
    const value = toJson(evaluate(run, script.expression, { n, what: 'the script', kind: 'EXTRACT_VALUE_ERROR' }));
    run.push({ do: 'complete', n, payload: { [script.resultVariable]: value } });
  },
};
