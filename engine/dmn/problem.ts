/** What is wrong with a decision model, where, and what to do. */
export interface DecisionProblem {
  readonly elementId?: string;
  readonly code:
    'INVALID_XML' | 'INVALID_FEEL' | 'UNSUPPORTED' | 'MISSING_REFERENCE' | 'MISSING_IMPORT' | 'CYCLE' | 'NO_LOGIC' | 'INVALID_TABLE';
  readonly message: string;
  readonly hint: string;
}
