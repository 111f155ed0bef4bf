/**
 * One unit of the worklist, about one element instance. A step that fails is kept in its incident and done again when that is resolved,
 * so it must be plain JSON. An element instance passes: activate → (start listeners) → open → enter … complete → (end listeners) → leave.
 */
import type { Variables } from './terms.ts';

export type Step =
  /** input mappings, then the first start listener */
  | { readonly do: 'activate'; readonly n: number; readonly payload?: Variables }
  /** opens the waits of boundary events and event sub-processes */
  | { readonly do: 'open'; readonly n: number; readonly payload?: Variables }
  /** what the element itself is about */
  | { readonly do: 'enter'; readonly n: number; readonly payload?: Variables }
  /** output mappings, then the first end listener */
  | { readonly do: 'complete'; readonly n: number; readonly payload?: Variables }
  /** takes the outgoing flows */
  | { readonly do: 'leave'; readonly n: number }
  /** the next listener of one event, from `index` on */
  | {
      readonly do: 'listen';
      readonly n: number;
      readonly event: 'START' | 'END' | 'BEFORE_ALL';
      readonly index: number;
      readonly payload?: Variables;
    }
  /** looks for somebody who catches this error or escalation */
  | {
      readonly do: 'throw';
      readonly n: number;
      readonly kind: 'error' | 'escalation';
      readonly code: string;
      readonly message?: string;
      readonly variables: Variables;
    }
  /** a timer of a cycle: schedules the next one */
  | { readonly do: 'repeat'; readonly n: number; readonly element: string; readonly repeat: number; readonly from: number }
  /** does again what a wait has set off */
  | { readonly do: 'trigger'; readonly n: number; readonly element: string; readonly payload: Variables };

export type StepName = Step['do'];
