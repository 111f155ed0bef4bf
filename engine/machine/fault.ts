import type { Step } from '../step.ts';
import type { IncidentKind } from '../terms.ts';

/**
 * The model or its data erred. Thrown inside one step only; the worklist turns it into an incident that keeps the step.
 * It is no exception in the sense of law 6: it never leaves `decide`.
 */
export class Fault extends Error {
  readonly kind: IncidentKind;
  /** what to try again instead of the failed step */
  readonly retry: Step | undefined;
  constructor(kind: IncidentKind, message: string, retry?: Step) {
    super(message);
    this.name = 'Fault';
    this.kind = kind;
    this.retry = retry;
  }
}
