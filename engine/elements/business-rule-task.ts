import type { Behavior } from '../machine/behavior.ts';
import { evaluateText, InstanceScope } from '../machine/evaluate.ts';
import { Fault } from '../machine/fault.ts';
import { createJob } from '../machine/jobs.ts';
import type { Run } from '../machine/run.ts';
import type { Binding, ElementOf } from '../process.ts';

type Called = NonNullable<ElementOf<'business-rule-task'>['decision']>;

/** Evaluates a deployed decision; its output is a variable. Or a job when the model names a job type. */
export const businessRuleTask: Behavior<ElementOf<'business-rule-task'>> = {
  enter: (run, { n }, { job, decision }) => {
    if (job) return createJob(run, n, { spec: job, kind: 'BPMN_ELEMENT' });
    if (decision === undefined) throw new Error('Expected the compiler to refuse a business rule task without decision.');
    callDecision(run, n, decision);
  },
};

function callDecision(run: Run, el: number, called: Called): void {
  const decisionId = evaluateText(run, called.id, { n: el, what: 'the decision id', kind: 'CALLED_DECISION_ERROR' });
  const versionTag =
    called.versionTag &&
    evaluateText(run, called.versionTag, { n: el, what: 'the version tag of the decision', kind: 'CALLED_DECISION_ERROR' });
  const binding: Binding = versionTag === undefined ? called.binding : { type: 'versionTag', versionTag };
  const deployed = run.world.library.decision(decisionId, binding);
  if (deployed === undefined)
    throw new Fault(
      'CALLED_DECISION_ERROR',
      `Expected a decision '${decisionId}' (${called.binding.type}) to be deployed, but there is none.`,
    );
  const outcome = deployed.evaluate(new InstanceScope(run, el), run.clock);
  const { key: decisionKey, name, kind } = deployed;
  const what = { decisionId, decisionKey, ...(name !== undefined && { name }), ...(kind && { kind }) };
  const event = { t: 'decision-evaluated' as const, n: run.number, el, ...what, at: run.at };
  if (!outcome.ok) {
    run.emit({ ...event, output: null, matchedRules: [], inputs: [], failure: outcome.message });
    throw new Fault('DECISION_EVALUATION_ERROR', outcome.message);
  }
  const { output, matchedRules, inputs, required = [] } = outcome;
  run.emit({ ...event, output, matchedRules, inputs, ...(required.length > 0 && { required }) });
  run.push({ do: 'complete', n: el, payload: { [called.resultVariable]: output } });
}
