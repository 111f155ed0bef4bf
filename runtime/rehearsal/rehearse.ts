import { compile } from '../../engine/index.ts';
import { comparableOrNot, reasonOf } from './comparable.ts';
import { compare } from './compare.ts';
import { runOurs } from './ours.ts';
import type { Library } from '../../engine/index.ts';
import type { Rehearsal, Scenario } from './rehearsal.ts';
import { runTheirs } from './theirs.ts';

/**
 * Runs one scenario on both implementations and says where they differ. Touches nothing outside and waits for nothing.
 * `library` knows the deployed decisions that the scenario does not answer itself.
 * A diagram that is refused, a step that does not fit and elements that only one of them can run are reasons, never exceptions.
 */
export async function rehearse(xml: string, scenario: Scenario = {}, library?: Library): Promise<Rehearsal> {
  const compiled = await compile(xml);
  if (!compiled.ok)
    return {
      comparable: false,
      reasons: compiled.problems.map(({ message, elementId }) => (elementId === undefined ? message : `${elementId}: ${message}`)),
    };
  const process = compiled.processes.find(({ id }) => scenario.processId === undefined || id === scenario.processId);
  if (process === undefined)
    return {
      comparable: false,
      reasons: [`Expected the diagram to have the process '${scenario.processId ?? ''}', but it has none of that name.`],
    };
  const elements = comparableOrNot(process);
  if (elements.length > 0) return { comparable: false, reasons: elements.map(reasonOf), elements };
  const ours = runOurs(process, scenario, undefined, library);
  if (!ours.ok) return { comparable: false, reasons: [ours.reason] };
  const theirs = await runTheirs({ xml, process }, scenario, ours);
  const findings = compare(process, ours.trace, theirs);
  return { comparable: true, agree: findings.length === 0, findings, traces: { ours: ours.trace, theirs } };
}
