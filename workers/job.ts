/** What a worker sees of the world: one job. Nothing of the engine, nothing of the store. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Job {
  /** stable across retries and redelivery: send it to the agency as the idempotency key */
  readonly key: string;
  readonly type: string;
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
  readonly elementId: string;
  /** reference number of the case, when it has one */
  readonly businessId: string | null;
  /** fixed in the model: `zeebe:taskHeaders` */
  readonly headers: Readonly<Record<string, string>>;
  /** all variables visible at the element, local ones first */
  readonly variables: Readonly<Record<string, Json>>;
  /** retries left, this attempt included */
  readonly retries: number;
  /** 1 for the first attempt */
  readonly attempt: number;
}

/** What a handler may use of the outside world, given to it when it is made (never imported). */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<Readonly<Record<string, Json>>>;

/** The business said no: goes to the error boundary event with this code. Not retried. */
export class BpmnError extends Error {
  readonly code: string;
  readonly variables: Readonly<Record<string, Json>>;
  constructor(code: string, message: string, variables: Readonly<Record<string, Json>> = {}) {
    super(message);
    this.name = 'BpmnError';
    this.code = code;
    this.variables = variables;
  }
}

/** The call failed technically. `retryable: false` → incident at once; else retried with back-off until retries are used up. */
export class JobFailure extends Error {
  readonly retryable: boolean;
  /** milliseconds; from the agency's Retry-After when it sent one */
  readonly retryAfter: number | undefined;
  constructor(message: string, options: { retryable?: boolean; retryAfter?: number } = {}) {
    super(message);
    this.name = 'JobFailure';
    this.retryable = options.retryable ?? true;
    this.retryAfter = options.retryAfter;
  }
}
