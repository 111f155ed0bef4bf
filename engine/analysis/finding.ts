import type { Process } from '../process.ts';
import type { ElementId } from '../terms.ts';

export type FindingCode =
  | 'deadlock'
  | 'missing-synchronisation'
  | 'dead-element'
  | 'no-option-to-complete'
  | 'endless-loop'
  | 'message-never-received'
  | 'message-never-sent'
  | 'error-never-thrown'
  | 'error-never-caught'
  | 'escalation-never-caught'
  | 'timer-cannot-fire'
  | 'variable-never-written'
  | 'form-field-never-read';

/** What the analysis found. `code` is stable and `values` holds the words of the sentence, so that screens can say it in any language. */
export interface Finding {
  readonly code: FindingCode;
  /** error: some case will hang or fail; warning: some case probably will; info: worth a look */
  readonly severity: 'error' | 'warning' | 'info';
  /** where to look first */
  readonly elementId: ElementId;
  /** everything that takes part, `elementId` first */
  readonly elementIds: readonly ElementId[];
  readonly message: string;
  readonly hint: string;
  readonly values: Readonly<Record<string, string>>;
  /** shortest way there: ids of elements and flows in the order in which a case passes them; empty when no way is needed to see it */
  readonly path: readonly ElementId[];
}

export interface AnalysisOptions {
  /** states to look at in all scopes together before the verdict becomes `bounded`; default 20,000 */
  readonly maxStates?: number;
  /** the other processes of the same diagram, or all that are deployed: who sends, who receives, who calls */
  readonly others?: readonly Process[];
  /** form id → names that the form writes */
  readonly forms?: ReadonlyMap<string, readonly string[]>;
  /** decision id → names that it reads */
  readonly decisions?: ReadonlyMap<string, readonly string[]>;
  /** variables that every case has from its first moment */
  readonly given?: readonly string[];
}

export interface Analysis {
  readonly findings: readonly Finding[];
  /** complete: every reachable state was looked at; bounded: the limit was hit, what was not found may still exist */
  readonly verdict: 'complete' | 'bounded';
  readonly states: number;
}
