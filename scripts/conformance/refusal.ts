/** How a refusal is judged: by name, and whether it is a refusal that Camunda shares. */
import type { Problem } from '../../engine/problem.ts';

/**
 * What is missing from a drawing that was never meant to be deployed. Camunda's broker refuses to deploy each of these as well
 * (its linter, which the diagrams come from, looks at one rule at a time and lets the rest of the drawing be empty).
 */
const INCOMPLETE: ReadonlySet<string> = new Set([
  'DANGLING_FLOW',
  'DANGLING_LINK',
  'DANGLING_REFERENCE',
  'EMPTY_AD_HOC',
  'EVENT_BASED_GATEWAY',
  'EVENT_SUB_PROCESS_START',
  'MISSING_CALLED_PROCESS',
  'MISSING_CODE',
  'MISSING_CONDITION',
  'MISSING_CORRELATION_KEY',
  'MISSING_DECISION',
  'MISSING_JOB_TYPE',
  'MISSING_LINK_NAME',
  'MISSING_REFERENCE',
  'MISSING_SCRIPT',
  'MISSING_START',
  'MISSING_TASK_DEFINITION',
  'MISSING_TIMER',
  'NO_EXECUTABLE_PROCESS',
  'SUB_PROCESS_START',
]);

export const errorsOf = (problems: readonly Problem[]): readonly Problem[] => problems.filter(({ severity }) => severity === 'error');

/** The first problem that does not say where (element or line) or what to do; undefined when all do. */
export function unnamed(problems: readonly Problem[]): Problem | undefined {
  const wholeText = new Set(['NO_EXECUTABLE_PROCESS', 'MALFORMED_XML']);
  return errorsOf(problems).find(
    ({ elementId, message, hint, code }) =>
      hint.trim() === '' || (elementId === undefined && !wholeText.has(code) && !/line:? ?\d+/.test(message)),
  );
}

export function isIncomplete(problems: readonly Problem[]): boolean {
  return errorsOf(problems).every(({ code }) => INCOMPLETE.has(code));
}

export function told(problems: readonly Problem[]): string {
  return errorsOf(problems)
    .map(({ elementId, code, message }) => `${elementId ?? 'diagram'}: ${code} (${message})`)
    .join('; ');
}

/** Gives every process that begins nowhere a none start event of its own, so that the rest of a fragment can be judged. */
export function withStarts(xml: string, problems: readonly Problem[]): string {
  let text = xml;
  for (const { code, elementId } of problems) {
    if (code !== 'MISSING_START' || elementId === undefined) continue;
    const tag = new RegExp(`<((?:[\\w-]+:)?)process [^>]*\\bid="${elementId}"[^>]*>`);
    text = text.replace(tag, (whole, prefix: string) => {
      const event = `<${prefix}startEvent id="begin-${elementId}" />`;
      return whole.endsWith('/>') ? `${whole.slice(0, -2)}>${event}</${prefix}process>` : `${whole}${event}`;
    });
  }
  return text;
}
