import type { Visibility } from '../engine/analysis/visibility.ts';
import type { Problem } from '../engine/index.ts';
import type { Surroundings } from './surroundings.ts';

export type { Problem };

/** Something that the check found. The compiler's errors keep a diagram from being published; the analysis' only have to be confirmed. */
export interface Found extends Omit<Problem, 'severity'> {
  readonly severity: 'error' | 'warning' | 'info';
  readonly source: 'compiler' | 'analysis' | 'server';
  /** everything that takes part */
  readonly elementIds: readonly string[];
  /** words of the sentence, for other languages than that of `message` */
  readonly values: Readonly<Record<string, string>>;
  /** the counter-example: elements and flows in the order in which a case passes them; empty when none is needed */
  readonly path: readonly string[];
}

/** How far the exploration of the flow came. */
export interface Looked {
  /** false: the limit was hit, and what was not found may still be there */
  readonly complete: boolean;
  readonly states: number;
}

/** Who will see what of a case of one drawn process. */
export interface Seen extends Visibility {
  readonly processId: string;
  readonly processName: string;
  /** every agency with a step, the owner among them */
  readonly parties: readonly string[];
  /** what people do, and whose people */
  readonly tasks: readonly { readonly elementId: string; readonly elementName: string; readonly agency: string | undefined }[];
}

export type Verdict =
  { readonly found: readonly Found[]; readonly looked?: Looked; readonly seen?: readonly Seen[] } | { readonly failed: string };

/** Asks the compiler and the analysis about a diagram. Only the answer to the latest question is reported. */
export interface Checker {
  ask: (xml: string) => void;
  /** what is deployed; the latest question is asked again with it */
  learn: (about: Surroundings) => void;
  stop: () => void;
}

export function startChecker(onVerdict: (verdict: Verdict) => void): Checker {
  const worker = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' });
  let latest = { ticket: 0, xml: '' };
  worker.addEventListener('message', (event: MessageEvent<{ ticket: number } & Verdict>) => {
    if (event.data.ticket === latest.ticket) onVerdict(event.data);
  });
  worker.addEventListener('error', (event) => onVerdict({ failed: event.message }));
  const ask = (xml: string): void => {
    latest = { ticket: latest.ticket + 1, xml };
    worker.postMessage(latest);
  };
  return {
    ask,
    learn: (about) => {
      worker.postMessage({ about });
      if (latest.xml) ask(latest.xml);
    },
    stop: () => worker.terminate(),
  };
}

/** What the server refused, as the check would have told it. */
export function refusal(problem: Problem): Found {
  return { ...problem, source: 'server', elementIds: problem.elementId ? [problem.elementId] : [], values: {}, path: [] };
}
