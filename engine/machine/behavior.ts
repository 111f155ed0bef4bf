import type { Element, ElementKind, ElementOf, Flow } from '../process.ts';
import type { ElementInstance, JobState } from '../state.ts';
import type { Begin } from '../step.ts';
import type { JobResult, Variables } from '../terms.ts';
import type { Run } from './run.ts';

/** What is particular to one kind of element. Everything else — mappings, listeners, boundary events, flows — is the same for all (lifecycle.ts). */
export interface Behavior<E> {
  /** Called when the element is reached. Opens what it waits for, or pushes its completion. May throw a Fault, before it emits. */
  enter(run: Run, instance: ElementInstance, element: E, begin: Begin): void;
  /** Which flows it leaves by. Default: all whose condition holds. May throw a Fault. */
  choose?(run: Run, instance: ElementInstance, element: E): readonly Flow[];
  /** Called just before it is completed. May throw a Fault. */
  completing?(run: Run, instance: ElementInstance, element: E): void;
  /** Called when it was completed and has taken its flows. */
  completed?(run: Run, instance: ElementInstance, element: E): void;
  /** Called once before it is terminated, to tell those outside who work for it. `later`: somebody has to agree first, who then calls `endTerminated`. */
  terminating?(run: Run, instance: ElementInstance, element: E): 'later' | undefined;
  /** A child is about to complete and to take these flows. May throw a Fault. */
  childLeaving?(run: Run, instance: ElementInstance, leaving: { readonly child: ElementInstance; readonly flows: readonly Flow[] }): void;
  /** The step `resume`, which `childEnded` may push. May throw a Fault. */
  resume?(run: Run, instance: ElementInstance, element: E): void;
  /** A child has ended. Must not fail: what could, belongs into `resume`. Default: completes when nothing moves inside any more. */
  childEnded?(run: Run, instance: ElementInstance, element: E): void;
  /** Its job was completed. Default: completes with the job's variables. */
  jobDone?(run: Run, instance: ElementInstance, done: JobDone): void;
}

export interface JobDone {
  readonly job: JobState;
  readonly variables: Variables;
  readonly result?: JobResult;
}

export type AnyBehavior = Behavior<Element>;

/** One behavior per kind: a kind without one does not compile. */
export interface Behaviors {
  readonly elements: { readonly [K in ElementKind]: Behavior<ElementOf<K>> };
  /** the body of a multi-instance or loop activity of any kind */
  readonly body: AnyBehavior;
}
