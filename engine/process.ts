/**
 * A compiled diagram: a frozen graph of elements and flows with every expression compiled. `compile` makes it, the token machine reads it.
 * Nothing in here refers to an instance. Ids are keys of Maps, never of plain objects (a model may call an element `__proto__`).
 */
import type { Expression } from './feel/index.ts';
import type { ElementId, Json, ListenerEvent } from './terms.ts';

/** What a model writes into an attribute: a fixed text, or `=` and a FEEL expression. */
export type Value = { readonly fixed: Json } | { readonly expression: Expression };

export interface Mapping {
  readonly source: Value;
  /** path into a variable: `a` or `a.b.c` */
  readonly target: readonly string[];
}

export interface Flow {
  readonly id: ElementId;
  readonly name?: string;
  readonly source: ElementId;
  readonly target: ElementId;
  readonly condition?: Expression;
}

export interface JobSpec {
  readonly type: Value;
  readonly retries: Value;
  readonly priority?: Value;
  readonly headers: Readonly<Record<string, string>>;
  /** deployed files that the worker needs (`zeebe:linkedResources`); it gets their keys in the header `linkedResources` */
  readonly linked?: readonly LinkedResource[];
}

export interface LinkedResource {
  readonly resourceId: Value;
  /** what the worker takes it for, e.g. RPA */
  readonly resourceType: string;
  readonly linkName: string;
  readonly binding: Binding;
}

export interface ListenerSpec extends JobSpec {
  readonly event: ListenerEvent;
}

export type Binding =
  { readonly type: 'latest' } | { readonly type: 'deployment' } | { readonly type: 'versionTag'; readonly versionTag: string };

export interface FormSpec {
  readonly id: string;
  readonly binding: Binding;
}

export type TimerKind = 'date' | 'duration' | 'cycle';

/** What makes a catching event go on, or what a throwing event does. `compile` guarantees which may stand where. */
export type Trigger =
  | { readonly type: 'none' }
  | { readonly type: 'message'; readonly name: Value; readonly correlationKey?: Value }
  | { readonly type: 'timer'; readonly timer: TimerKind; readonly value: Value }
  | { readonly type: 'signal'; readonly name: Value }
  /** catching without a code catches every code */
  | { readonly type: 'error'; readonly code?: Value }
  | { readonly type: 'escalation'; readonly code?: Value }
  | {
      readonly type: 'condition';
      readonly condition: Expression;
      readonly names?: readonly string[];
      readonly events?: readonly ('create' | 'update')[];
    }
  | { readonly type: 'link'; readonly name: string }
  /** throwing without an activity compensates the whole scope */
  | { readonly type: 'compensation'; readonly activity?: ElementId; readonly wait?: boolean }
  | { readonly type: 'cancel' }
  | { readonly type: 'terminate' }
  /** catching: any of them (or all of them when `parallel`); throwing: all of them */
  | { readonly type: 'multiple'; readonly parallel: boolean; readonly of: readonly Trigger[] };

export type TriggerType = Trigger['type'];

export type LoopSpec =
  | {
      readonly type: 'multi-instance';
      readonly sequential: boolean;
      readonly inputCollection?: Value;
      readonly cardinality?: Value;
      readonly inputElement?: string;
      readonly outputCollection?: string;
      readonly outputElement?: Expression;
      readonly completionCondition?: Expression;
    }
  | { readonly type: 'standard'; readonly testBefore: boolean; readonly condition?: Expression; readonly maximum?: number };

/** What every element has. */
interface Base {
  readonly id: ElementId;
  readonly name?: string;
  /** the element that contains it; the process contains itself */
  readonly parent: ElementId;
  readonly incoming: readonly Flow[];
  readonly outgoing: readonly Flow[];
  readonly defaultFlow?: ElementId;
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
  /** boundary events attached to it, without those for compensation */
  readonly boundaries: readonly ElementId[];
  /** activity that undoes this one */
  readonly compensation?: ElementId;
  readonly forCompensation: boolean;
  readonly loop?: LoopSpec;
  /** execution listeners, by event in the order of the model */
  readonly listeners: readonly ListenerSpec[];
  readonly properties: ReadonlyMap<string, string>;
  /** agency of the innermost lane or pool that has one */
  readonly agency?: string;
}

/** What every element that contains others has besides. */
export interface Inside {
  /** none start events; sub-processes have exactly one */
  readonly starts: readonly ElementId[];
  readonly eventSubProcesses: readonly ElementId[];
  readonly children: readonly ElementId[];
}

/** What is particular to each kind of element. */
export type Shape =
  | ({ readonly kind: 'process' } & Inside)
  | ({ readonly kind: 'sub-process' } & Inside)
  | ({ readonly kind: 'transaction' } & Inside)
  /** `start`: its only start event */
  | ({ readonly kind: 'event-sub-process'; readonly start: ElementId; readonly interrupting: boolean } & Inside)
  | ({
      readonly kind: 'ad-hoc-sub-process';
      readonly job?: JobSpec;
      readonly active?: Value;
      readonly completionCondition?: Expression;
      readonly cancelRemaining: boolean;
      readonly sequential: boolean;
      readonly outputCollection?: string;
      readonly outputElement?: Expression;
    } & Inside)
  | {
      readonly kind: 'call-activity';
      readonly processId: Value;
      readonly binding: Binding;
      readonly propagateAllChildVariables: boolean;
      readonly propagateAllParentVariables: boolean;
      readonly businessId?: Value;
    }
  | { readonly kind: 'service-task'; readonly job: JobSpec }
  | { readonly kind: 'send-task'; readonly job: JobSpec }
  | { readonly kind: 'receive-task'; readonly trigger: Trigger; readonly instantiating: boolean }
  | {
      readonly kind: 'user-task';
      readonly assignee?: Value;
      readonly candidateUsers?: Value;
      readonly candidateGroups?: Value;
      readonly dueDate?: Value;
      readonly followUpDate?: Value;
      readonly priority?: Value;
      readonly form?: FormSpec;
      readonly externalForm?: Value;
      readonly headers: Readonly<Record<string, string>>;
      readonly taskListeners: readonly ListenerSpec[];
    }
  | {
      readonly kind: 'script-task';
      readonly job?: JobSpec;
      readonly script?: { readonly expression: Expression; readonly resultVariable: string };
    }
  | {
      readonly kind: 'business-rule-task';
      readonly job?: JobSpec;
      readonly decision?: {
        readonly id: Value;
        readonly binding: Binding;
        /** may be computed, when the binding is by version tag */
        readonly versionTag?: Value;
        readonly resultVariable: string;
      };
    }
  | { readonly kind: 'manual-task' }
  | { readonly kind: 'task' }
  | { readonly kind: 'exclusive-gateway' }
  | { readonly kind: 'parallel-gateway' }
  | { readonly kind: 'inclusive-gateway' }
  | { readonly kind: 'complex-gateway'; readonly activation?: Expression }
  | { readonly kind: 'event-based-gateway'; readonly parallel: boolean; readonly instantiating: boolean }
  | { readonly kind: 'start-event'; readonly trigger: Trigger; readonly interrupting: boolean; readonly form?: FormSpec }
  | { readonly kind: 'catch-event'; readonly trigger: Trigger }
  | { readonly kind: 'throw-event'; readonly trigger: Trigger; readonly job?: JobSpec }
  | { readonly kind: 'end-event'; readonly trigger: Trigger; readonly job?: JobSpec }
  | { readonly kind: 'boundary-event'; readonly trigger: Trigger; readonly interrupting: boolean; readonly attachedTo: ElementId };

export type Element = Base & Shape;
export type ElementKind = Shape['kind'];
export type ElementOf<K extends ElementKind> = Base & Extract<Shape, { readonly kind: K }>;
/** An element that contains others. */
export type ScopeElement = Base & Extract<Shape, Inside>;

/** Who may begin a case by hand. */
export interface Starters {
  readonly users: readonly string[];
  /** agencies, `kota` for the city, `citizen` */
  readonly groups: readonly string[];
}

export interface Lane {
  readonly id: ElementId;
  readonly name?: string;
  readonly agency?: string;
  readonly elements: readonly ElementId[];
}

export interface Process {
  readonly id: ElementId;
  readonly name?: string;
  readonly versionTag?: string;
  readonly executable: boolean;
  readonly elements: ReadonlyMap<ElementId, Element>;
  readonly flows: ReadonlyMap<ElementId, Flow>;
  readonly lanes: readonly Lane[];
  /** agency that owns it: `alur:owner`, else the pool's `alur:agency` */
  readonly agency?: string;
  readonly properties: ReadonlyMap<string, string>;
  /** absent: whoever may begin cases at all */
  readonly starters?: Starters;
  /** link catch events by scope and name: `scope id` → name → catch event */
  readonly links: ReadonlyMap<ElementId, ReadonlyMap<string, ElementId>>;
}

/** The element with this id. Throws when there is none: our error, because `compile` has checked every reference. */
export function elementOf(process: Process, id: ElementId): Element {
  const element = process.elements.get(id);
  if (element === undefined) throw new Error(`Expected process '${process.id}' to have an element '${id}', but it has none.`);
  return element;
}

export function isScope(element: Element): element is ScopeElement {
  return 'children' in element;
}
