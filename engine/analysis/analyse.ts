/**
 * Checks a diagram before anybody works with it: explores what its tokens can do, whatever the data, and looks at messages, errors,
 * timers and variables. Pure: the modeler runs it in the browser while somebody draws.
 */
import type { Process } from '../process.ts';
import { controlFlow } from './control-flow.ts';
import { dataFlowFindings } from './data-flow.ts';
import { errorFindings } from './errors.ts';
import type { Analysis, AnalysisOptions, Finding } from './finding.ts';
import { formFindings } from './forms.ts';
import { endlessLoops } from './loops.ts';
import { messageFindings } from './messages.ts';
import { timerFindings } from './timers.ts';

const MAX_STATES = 20_000;
const RANK = { error: 0, warning: 1, info: 2 };

/** Never throws for a compiled process. Findings come worst first; the same process gives the same findings in the same order. */
export function analyse(process: Process, options: AnalysisOptions = {}): Analysis {
  const flow = controlFlow(process, options.maxStates ?? MAX_STATES);
  const others = options.others ?? [];
  const findings = [
    ...withoutDoubles(flow.findings, endlessLoops(process)),
    ...messageFindings(process, others),
    ...errorFindings(process, others),
    ...timerFindings(process),
    ...dataFlowFindings(process, options),
    ...formFindings(process, options),
  ];
  return {
    findings: findings.sort((a, b) => RANK[a.severity] - RANK[b.severity]),
    verdict: flow.complete ? 'complete' : 'bounded',
    states: flow.states,
  };
}

/** A loop that never ends is also a place that no end is reached from: say it once, with the better words. */
function withoutDoubles(findings: readonly Finding[], loops: readonly Finding[]): Finding[] {
  const looping = new Set(loops.flatMap(({ elementIds }) => elementIds));
  return [
    ...findings.filter(({ code, elementIds }) => code !== 'no-option-to-complete' || !elementIds.some((id) => looping.has(id))),
    ...loops,
  ];
}
