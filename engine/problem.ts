import type { ElementId } from './terms.ts';

/** What is wrong with a diagram, where, and what to do. `code` is stable, for screens and tests. */
export interface Problem {
  readonly elementId?: ElementId;
  readonly elementName?: string;
  readonly code: string;
  readonly message: string;
  /** what to do */
  readonly hint: string;
  readonly severity: 'error' | 'warning';
}
