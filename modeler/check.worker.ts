/**
 * Runs the engine's own compiler, and then its analysis, away from the drawing thread.
 * In: `{ ticket, xml }`. Out: `{ ticket, problems }` or `{ ticket, failed }`. What the analysis finds does not stop a publication: all of it is warnings.
 */
import { analyse } from '../engine/analysis/analyse.ts';
import { compile } from '../engine/index.ts';
import type { Problem, Process } from '../engine/index.ts';

interface Question {
  readonly ticket: number;
  readonly xml: string;
}

/** Findings that need to know nothing but the diagram (forms and other deployed processes are not here). */
const shown = new Set(['deadlock', 'missing-synchronisation', 'dead-element', 'no-option-to-complete', 'endless-loop', 'timer-cannot-fire', 'error-never-thrown']); // prettier-ignore

function analysed(process: Process): readonly Problem[] {
  const { findings } = analyse(process);
  return findings
    .filter((finding) => shown.has(finding.code))
    .map(({ code, elementId, message, hint }) => {
      const elementName = process.elements.get(elementId)?.name;
      return { code, elementId, message, hint, severity: 'warning', ...(elementName ? { elementName } : {}) };
    });
}

self.addEventListener('message', (event: MessageEvent<Question>) => {
  const { ticket, xml } = event.data;
  compile(xml)
    .then((result) => {
      const more = result.ok ? result.processes.flatMap(analysed) : [];
      self.postMessage({ ticket, problems: [...result.problems, ...more] });
    })
    .catch((error: unknown) => self.postMessage({ ticket, failed: error instanceof Error ? error.message : String(error) }));
});
