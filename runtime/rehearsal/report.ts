/** What a rehearsal of a whole diagram is asked, and what it answers. Plain data: it crosses a thread and the network as it is. */
import type { Json, Problem } from '../../engine/index.ts';
import type { Difference, Trace } from './rehearsal.ts';

export interface RehearsalRequest {
  /** the diagram that is rehearsed */
  readonly xml: string;
  /** what is deployed beside it: decisions, forms, called processes */
  readonly resources: readonly { readonly name: string; readonly text: string }[];
  /** test cases in CPT JSON, as they came; none: those that are kept with the shipped service */
  readonly testCases?: Json;
}

/** Why one element is not run by both, in a sentence. */
export interface NotComparable {
  readonly elementId: string;
  readonly elementName: string;
  /** one of `incomparabilities` */
  readonly code: string;
  readonly why: string;
}

/** What the other implementation says about one test case. */
export type SecondOpinion =
  | {
      readonly comparable: true;
      readonly agree: boolean;
      readonly differences: readonly Difference[];
      readonly ours: Trace;
      readonly theirs: Trace;
    }
  | { readonly comparable: false; readonly reasons: readonly string[]; readonly elements: readonly NotComparable[] };

export interface CaseReport {
  readonly name: string;
  readonly description?: string;
  readonly passed: boolean;
  /** the first instruction that failed, counted from 1; 0: the diagram could not be deployed */
  readonly failure?: { readonly instruction: number; readonly type: string; readonly message: string };
  /** elements and flows in the order in which the case passed them */
  readonly path: readonly string[];
  readonly opinion: SecondOpinion;
}

export interface Share {
  readonly total: number;
  readonly covered: readonly string[];
  readonly missed: readonly string[];
}

export interface RehearsalReport {
  readonly cases: readonly CaseReport[];
  /** of all cases together */
  readonly coverage: { readonly elements: Share; readonly flows: Share };
}

export type RehearsalAnswer =
  | { readonly ok: true; readonly report: RehearsalReport }
  /** the diagram is refused */
  | { readonly ok: false; readonly reason: 'diagram'; readonly problems: readonly Problem[] }
  /** the test cases are none, too many or not in the grammar: one sentence each, with a JSON pointer */
  | {
      readonly ok: false;
      readonly reason: 'test-cases';
      readonly faults: readonly { readonly pointer: string; readonly message: string }[];
    }
  /** time or memory ran out, or nobody could take it on */
  | { readonly ok: false; readonly reason: 'limit'; readonly message: string };

/** Rehearses diagrams; the composition root says where the test cases of a shipped service are kept. */
export interface Rehearsals {
  /** test cases of this process that are kept with the shipped services */
  stored(processDefinitionId: string): readonly Json[];
  /** never rejects for what a diagram or a test case does */
  run(request: RehearsalRequest): Promise<RehearsalAnswer>;
  close(): Promise<void>;
}
