/**
 * The second opinion: one scenario, run by our token machine and by bpmn-engine, an implementation that shares no line with it.
 *
 * ours     decides what every step of the scenario means (which job, which timer) and says it as stimuli by element
 * theirs   gets the same stimuli; its tokens move by its own rules
 * compare  counts per element and flow, order where the diagram fixes it, and how both ended
 */
import type { Json, Variables } from '../../engine/index.ts';
import type { NotComparable } from './report.ts';

export interface Scenario {
  /** default: the first executable process of the diagram */
  readonly processId?: string;
  readonly variables?: Variables;
  readonly steps?: readonly (ScenarioStep | LooseStep)[];
  /** jobs, user tasks and called processes that are answered whenever they wait: element id → variables */
  readonly answers?: Readonly<Record<string, Variables>>;
  /** decision id → its output, for business rule tasks */
  readonly decisions?: Readonly<Record<string, Json>>;
}

/** Who is meant: the oldest thing that waits at this element. */
export type ScenarioStep =
  /** a job, a user task or a called process is done */
  | { readonly do: 'complete'; readonly elementId: string; readonly variables?: Variables }
  /** a job or a called process ends with a business error */
  | { readonly do: 'error'; readonly elementId: string; readonly code: string; readonly variables?: Variables }
  /** the timer of this event is due */
  | { readonly do: 'fire'; readonly elementId: string }
  /** the message or signal that this event or task waits for arrives */
  | { readonly do: 'receive'; readonly elementId: string; readonly variables?: Variables };

/** Steps that our machine turns into the ones above: by job type, by message or signal name, by time. */
export type LooseStep =
  /** at whichever of these elements waits */
  | { readonly do: 'complete'; readonly oneOf: readonly string[]; readonly variables?: Variables }
  | { readonly do: 'error'; readonly oneOf: readonly string[]; readonly code: string; readonly variables?: Variables }
  /** kept until somebody waits for it */
  | { readonly do: 'publish'; readonly name: string; readonly variables?: Variables }
  /** everything that becomes due fires, in the order of its time */
  | { readonly do: 'advance'; readonly milliseconds: number };

/** What a run did, for people and for the comparison. */
export interface Trace {
  /** elements in the order in which they completed */
  readonly completed: readonly string[];
  /** sequence flows in the order in which they were taken */
  readonly flows: readonly string[];
  readonly ended: 'completed' | 'waiting' | 'failed';
  /** waiting or failed: the elements where it is */
  readonly at: readonly string[];
  readonly failure?: string;
}

export interface Difference {
  /** an element, a sequence flow, or the process for how the run ended */
  readonly elementId: string;
  readonly ours: string;
  readonly theirs: string;
}

export type Rehearsal =
  | {
      readonly comparable: true;
      readonly agree: boolean;
      readonly findings: readonly Difference[];
      readonly traces: { readonly ours: Trace; readonly theirs: Trace };
    }
  /** `reasons` name the elements that only one implementation can run, or what is wrong with the scenario */
  | { readonly comparable: false; readonly reasons: readonly string[]; readonly elements?: readonly NotComparable[] };

/** What happened from outside, in the order in which it did. `output`: what a decision answered. */
export type Stimulus = ScenarioStep & { readonly automatic?: true };
