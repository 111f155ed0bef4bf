/** What a worker sees of the world: one job. Nothing of the engine, nothing of the store. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Job {
  /** stable across retries and redelivery: send it to the agency as the idempotency key, unless there is another one below */
  readonly key: string;
  /** of a step that asks again and again: each look is a call of its own */
  readonly idempotencyKey?: string;
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

/** What a failed call says about the agency's system. `down`: no answer, or one that says that it is away. `faulty`: an answer that is none. */
export type Fault = 'down' | 'faulty';

/** The call failed technically. `retryable: false` → incident at once; else retried with back-off until retries are used up. */
export class JobFailure extends Error {
  readonly retryable: boolean;
  /** milliseconds; from the agency's Retry-After when it sent one */
  readonly retryAfter: number | undefined;
  /** absent: it says nothing about the agency's system */
  readonly fault: Fault | undefined;
  constructor(message: string, options: { retryable?: boolean; retryAfter?: number | undefined; fault?: Fault | undefined } = {}) {
    super(message);
    this.name = 'JobFailure';
    this.retryable = options.retryable ?? true;
    this.retryAfter = options.retryAfter;
    this.fault = options.fault;
  }
}

/** Nothing is wrong, but it is not done: the job comes again at `until`, or earlier when somebody wakes it. No try is lost. */
export class JobWaits extends Error {
  /** milliseconds since 1970 UTC */
  readonly until: number;
  /** asked once the wait is durable: has come meanwhile what it waits for? */
  readonly meanwhile: (() => Promise<boolean>) | undefined;
  /** the call is made: until it ends the job needs its agency's system no more */
  readonly called: boolean;
  /** the call that went wrong; that it comes again is the step's own business */
  readonly failure: JobFailure | undefined;
  constructor(until: number, { meanwhile, failure, called = false }: Pick<Partial<JobWaits>, 'meanwhile' | 'failure' | 'called'> = {}) {
    super('Expected more to come');
    this.name = 'JobWaits';
    this.until = until;
    this.meanwhile = meanwhile;
    this.called = called;
    this.failure = failure;
  }
}
