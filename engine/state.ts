/**
 * The state of one instance: the fold of its events, nothing else. Only `evolve` writes it.
 * Everything is found by number in a Map; a scope knows its children, an element instance what it owns, so that nothing ever scans.
 */
import type { ElementId, IncidentKind, JobKind, Json, Key, ListenerEvent, Parent, TaskFields, Variables } from './terms.ts';
import type { Spent } from './machine/effort.ts';
import type { Begin, Step } from './step.ts';
import type { PendingChange, Then } from './internal.ts';

/** Book-keeping of a multi-instance or loop body. */
export interface Body {
  /** runs to make; absent: unknown (standard loop) */
  readonly size?: number;
  /** sequential: the items, because they were evaluated once */
  readonly items?: readonly Json[];
  started: number;
  completed: number;
  terminated: number;
  /** output collection, filled by position */
  readonly output?: Json[];
}

export interface ElementInstance {
  readonly n: number;
  element: ElementId;
  /** number of the scope's instance; -1 for the process itself */
  scope: number;
  readonly loop?: number;
  /** present exactly on bodies */
  body?: Body;
  children?: Set<number>;
  /** jobs, user tasks, timers, subscriptions and incidents that belong to it */
  owned?: number[];
  /** tokens that wait at a joining gateway of this scope, by flow */
  tokens?: Map<ElementId, number>;
  /** complex gateways of this scope that wait for their reset, with the flows whose tokens they have used */
  resetting?: Map<ElementId, readonly ElementId[]>;
  /** set while the scope ends its children; what it does afterwards */
  draining?: Then;
  /** a scope that an interrupting event has taken over opens nothing any more */
  interrupted?: boolean;
  /** completed activities of this scope that can be compensated, oldest first */
  compensable?: Compensable[];
  /** ad-hoc: completes as soon as nothing moves inside any more */
  enough?: boolean;
  /** its output mappings are done: its end listeners work, nothing else happens in it */
  completing?: boolean;
  /** this is a compensation handler: who waits for it, and what is to be compensated after it */
  handles?: { readonly thrower: number; readonly remaining?: readonly Compensable[] };
  /** what set it off, while its start listeners work */
  begin?: Begin;
  /** ad-hoc: output collection so far */
  collected?: Json[];
  /** ad-hoc, one after the other: what begins next, oldest first */
  queued?: Queued[];
}

export interface Queued {
  readonly elementId: ElementId;
  readonly variables?: Variables;
}

export interface Compensable {
  readonly element: ElementId;
  /** number of the completed instance: its own records, when it was a sub-process */
  readonly n: number;
  /** what undoes it: a compensation activity or event sub-process; else by undoing what is inside */
  readonly handler?: ElementId;
  readonly inner?: readonly Compensable[];
  /** its own variables when it completed: its handler sees them, and so do those inside */
  readonly variables?: Variables;
}

export interface Variable {
  readonly n: number;
  value: Json;
}

export interface JobState {
  readonly n: number;
  readonly el: number;
  readonly type: string;
  readonly kind: JobKind;
  readonly listener?: ListenerEvent;
  readonly index?: number;
  retries: number;
}

export interface TaskState {
  readonly n: number;
  readonly el: number;
  fields: TaskFields;
  /** a task listener works on this change; it takes effect when the last one has agreed */
  pending?: PendingChange;
}

export interface TimerState {
  readonly n: number;
  readonly el: number;
  readonly element: ElementId;
  readonly dueAt: number;
  readonly repeat?: number;
}

export interface SubscriptionState {
  readonly n: number;
  readonly el: number;
  readonly element: ElementId;
  readonly kind: 'message' | 'signal' | 'condition';
  readonly name: string;
}

export interface IncidentState {
  readonly n: number;
  readonly el: number;
  readonly kind: IncidentKind;
  readonly job?: number;
  readonly step?: Step;
}

export interface Paused {
  readonly steps: readonly Step[];
  readonly spent: Spent;
}

export interface InstanceState {
  readonly key: Key;
  processId: string;
  processKey: Key;
  processVersion: number;
  readonly parent?: Parent;
  businessId?: string;
  readonly tags?: readonly string[];
  /** elements after which the instance is terminated */
  terminateAfter?: readonly ElementId[];
  status: 'active' | 'suspended' | 'completed' | 'terminated';
  /** what the last commit left to do, because its slice was full */
  paused?: Paused;
  /** the last number that was given to something */
  counter: number;
  readonly elements: Map<number, ElementInstance>;
  /** by scope, then by name */
  readonly variables: Map<number, Map<string, Variable>>;
  readonly jobs: Map<number, JobState>;
  readonly tasks: Map<number, TaskState>;
  readonly timers: Map<number, TimerState>;
  readonly subscriptions: Map<number, SubscriptionState>;
  /** the subscriptions that wait for a condition */
  readonly conditions: Set<number>;
  readonly incidents: Map<number, IncidentState>;
}
