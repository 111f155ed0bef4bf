/** The machine's own book-keeping events: they belong to the fold, but nobody outside needs them. */
import type { ElementId, Json, TaskFields, Variables } from './terms.ts';
import type { Compensable } from './state.ts';

/** An element to activate in a scope, with what set it off. */
export interface Start {
  readonly element: ElementId;
  readonly payload?: Variables;
}

/** What a scope does when its last child has ended: ends itself one way or the other, or stays and goes on with `start`. */
export interface Then {
  readonly end: 'terminate' | 'complete' | 'stay';
  /** activated in this scope when it stays, beside it when it ends */
  readonly start?: Start;
}

/** A change to a user task that its listeners have to agree to first. */
export interface PendingChange {
  readonly event: 'CREATING' | 'ASSIGNING' | 'UPDATING' | 'COMPLETING' | 'CANCELING';
  readonly fields?: TaskFields;
  readonly variables?: Variables;
  readonly action?: string;
  readonly by?: string;
}

export type Internal =
  /** a scope ends its children; `drained` follows only when it stays afterwards, and then it opens nothing any more */
  | { readonly t: 'internal'; readonly what: 'draining'; readonly n: number; readonly then: Then }
  | { readonly t: 'internal'; readonly what: 'drained'; readonly n: number }
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
  /** element instance `n` waits for so many handlers */
  | { readonly t: 'internal'; readonly what: 'awaiting'; readonly n: number; readonly handlers: number }
  /** element instance `n` is a compensation handler; then come the `remaining` ones */
  | {
      readonly t: 'internal';
      readonly what: 'handling';
      readonly n: number;
      readonly thrower: number;
      readonly remaining?: readonly Compensable[];
    }
  | { readonly t: 'internal'; readonly what: 'task-pending'; readonly n: number; readonly change: PendingChange | null };
