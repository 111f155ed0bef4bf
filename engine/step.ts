/**
 * One unit of the worklist, about one element instance. A step that fails is kept in its incident and done again when that is resolved,
 * so it must be plain JSON. An element instance passes: activate → (start listeners) → open → enter … complete → (end listeners) → leave.
 */
import type { ElementId, Variables } from './terms.ts';

/** What set an element off, carried until it enters. */
export interface Begin {
  /** variables of the event that set it off; present (perhaps empty) = an event did */
  readonly payload?: Variables;
  /** scopes: begin with these elements instead of the none start events */
  readonly at?: readonly ElementId[];
}

export type Step =
  /** input mappings, then the first start listener */
  | ({ readonly do: 'activate'; readonly n: number } & Begin)
  /** opens the waits of boundary events and event sub-processes */
  | ({ readonly do: 'open'; readonly n: number } & Begin)
  /** what the element itself is about */
  | ({ readonly do: 'enter'; readonly n: number } & Begin)
  /** output mappings, then the first end listener */
  | { readonly do: 'complete'; readonly n: number; readonly payload?: Variables }
  /** a scope or body goes on after one of its children has ended */
  | { readonly do: 'resume'; readonly n: number }
  /** a cancelled transaction has undone everything */
  | { readonly do: 'cancelled'; readonly n: number }
  /** takes the outgoing flows */
  | { readonly do: 'leave'; readonly n: number }
  /** the next listener of one event, from `index` on, then what comes after the last */
  | ({
      readonly do: 'listen';
      readonly n: number;
      readonly event: 'START' | 'END' | 'BEFORE_ALL' | 'CANCEL';
      readonly index: number;
    } & Begin)
  /** looks for somebody who catches this error or escalation. `job`: a worker threw it, so trying again means a new job, `again` a new one of a listener */
  | {
      readonly do: 'throw';
      readonly n: number;
      readonly kind: 'error' | 'escalation';
      readonly code: string;
      readonly message?: string;
      readonly variables: Variables;
      readonly job?: true;
      readonly again?: StepOf<'listen'>;
    }
  /** a complex gateway without an instance, in scope `n`, is looked at again */
  | { readonly do: 'join'; readonly n: number; readonly gateway: ElementId }
  /** scope `n` is looked at again: tokens wait at joins in it, and nothing else is left that could move */
  | { readonly do: 'stuck'; readonly n: number }
  /** what a command could not do within its limits; done step by step, as if each had been pushed now */
  | { readonly do: 'rest'; readonly n: number; readonly steps: readonly Step[] }
  /** after a migration: waits for events that the other definition has besides */
  | { readonly do: 'reopen'; readonly n: number; readonly elements: readonly ElementId[] }
  /** a cycle goes on: schedules the timer after the one that fired */
  | { readonly do: 'repeat'; readonly n: number; readonly element: ElementId; readonly repeat: number; readonly from: number }
  /** what a user task does when its listeners have agreed */
  | { readonly do: 'task'; readonly n: number; readonly index: number };

export type StepOf<D extends Step['do']> = Extract<Step, { readonly do: D }>;
