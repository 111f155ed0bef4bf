/** The machine's own book-keeping events: they belong to the fold, but nobody outside needs them. */
import type { TaskEvent } from './cluster.ts';
import type { ElementId, Json, TaskFields, Variables } from './terms.ts';
import type { Compensable, Queued, Paused } from './state.ts';
import type { Begin } from './step.ts';

/** An element to activate in a scope, with what set it off. */
export interface Start {
  readonly element: ElementId;
  readonly payload?: Variables;
}

/** What a scope does when its last child has ended: ends itself one way or the other, stays and goes on with
 * `start`, or (a cancelled transaction) undoes what has completed in it. */
export interface Then {
  readonly end: 'terminate' | 'complete' | 'stay' | 'cancel';
  /** activated in this scope when it stays, beside it when it ends */
  readonly start?: Start;
}

/** A change to a user task that its listeners have to agree to first. `start`: what follows the task when it is cancelled. */
export interface PendingChange {
  readonly event: TaskEvent;
  readonly fields?: TaskFields;
  /** what listeners have changed about it */
  readonly corrections?: TaskFields;
  readonly variables?: Variables;
  readonly action?: string;
  readonly by?: string;
  /** who is asked, when others than the model's own listeners are */
  readonly asked?: readonly AskedListener[];
}

/** A number: the listener at that place among those of the model for this event. Else one of the whole cluster, as it was when the change began. */
export type AskedListener = number | { readonly type: string; readonly retries: number };

export type Internal =
  /** start listeners work before the element enters: what set it off is kept for then */
  | { readonly t: 'internal'; readonly what: 'begun'; readonly n: number; readonly begin: Begin }
  /** a scope ends its children; `drained` follows only when it stays afterwards, and then it opens nothing any more */
  | { readonly t: 'internal'; readonly what: 'draining'; readonly n: number; readonly then: Then }
  | { readonly t: 'internal'; readonly what: 'drained'; readonly n: number }
  /** a slice is full: what is still to do; without `paused` the instance goes on with it */
  | { readonly t: 'internal'; readonly what: 'paused'; readonly n: 0; readonly paused?: Paused }
  /** a body knows how often it runs */
  | {
      readonly t: 'internal';
      readonly what: 'looping';
      readonly n: number;
      readonly size?: number;
      readonly items?: readonly Json[];
      readonly collects?: boolean;
    }
  | { readonly t: 'internal'; readonly what: 'collected'; readonly n: number; readonly index?: number; readonly value: Json }
  /** something in scope `n` can be compensated from now on */
  | { readonly t: 'internal'; readonly what: 'compensable'; readonly n: number; readonly record: Compensable }
  /** what remains compensable in scope `n` */
  | { readonly t: 'internal'; readonly what: 'compensating'; readonly n: number; readonly records: readonly Compensable[] }
  /** all that waits for its turn in an ad-hoc sub-process whose activities run one after the other */
  | { readonly t: 'internal'; readonly what: 'queued'; readonly n: number; readonly queued: readonly Queued[] }
  /** an ad-hoc sub-process completes as soon as nothing moves inside any more */
  | { readonly t: 'internal'; readonly what: 'enough'; readonly n: number }
  /** the output mappings are done and there are end listeners: they work, nothing else happens in the element instance any more */
  | { readonly t: 'internal'; readonly what: 'completing'; readonly n: number }
  /** a complex gateway in scope `n` went on with tokens of these flows; it absorbs those of the others until it is `reset` */
  | {
      readonly t: 'internal';
      readonly what: 'resetting';
      readonly n: number;
      readonly gateway: ElementId;
      readonly flows: readonly ElementId[];
    }
  | { readonly t: 'internal'; readonly what: 'reset'; readonly n: number; readonly gateway: ElementId }
  /** element instance `n` is a compensation handler; then come the `remaining` ones */
  | {
      readonly t: 'internal';
      readonly what: 'handling';
      readonly n: number;
      readonly thrower: number;
      readonly remaining?: readonly Compensable[];
    }
  | { readonly t: 'internal'; readonly what: 'task-pending'; readonly n: number; readonly change: PendingChange | null };
