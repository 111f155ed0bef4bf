/**
 * The nouns of the engine. First file to read.
 *
 * process definition  a compiled diagram ("process"), frozen; many versions of one process id
 * process instance    one case running through a process; its state is the fold of its events
 * element             a node of the diagram (task, gateway, event, sub-process)
 * element instance    one visit of a token to an element; the process itself is element instance 0
 * scope               an element instance that can hold children and variables
 * job                 work that somebody outside the engine does; it waits for a result
 * user task           work that a person does; it waits for completion
 * subscription        a wait for a message, a signal or a condition
 * timer               a wait for a moment
 * incident            the model or its data erred; the instance waits there for a person
 * command             what somebody asks for (imperative); event: what then happened (participle)
 * rejection           the caller erred; nothing happened
 *
 * Numbers: everything inside one instance is named by a small counter `n` (1, 2, 3, ...; 0 is the process itself).
 * Outside, a key names it: `instanceNumber << 20 | n` as a decimal string (see keys.ts), so every key names its instance.
 * Times are milliseconds since 1970 UTC and always come in with the command. Nothing here reads a clock.
 */

export type Key = string;
export type ElementId = string;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Variables = Readonly<Record<string, Json>>;

/** Who asks. `agency` and `onBehalfOf` go into the audit with every command. */
export interface Actor {
  readonly id: string;
  readonly agency?: string;
  readonly onBehalfOf?: string;
  readonly reason?: string;
}

/** What every command carries besides its own fields. `at`: milliseconds since 1970 UTC. */
export interface Meta {
  readonly at: number;
  readonly by: Actor;
}

export type RejectionKind = 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'INVALID_STATE' | 'FORBIDDEN' | 'RESOURCE_EXHAUSTED';

export interface Rejection {
  readonly ok: false;
  readonly kind: RejectionKind;
  /** "Expected to ..., but ..." */
  readonly reason: string;
}

/** Camunda's incident types, of which we raise those that can happen here. */
export type IncidentKind =
  | 'AD_HOC_SUB_PROCESS_NO_RETRIES'
  | 'CALLED_DECISION_ERROR'
  | 'CALLED_ELEMENT_ERROR'
  | 'CONDITION_ERROR'
  | 'DECISION_EVALUATION_ERROR'
  | 'EXECUTION_LISTENER_NO_RETRIES'
  | 'EXTRACT_VALUE_ERROR'
  | 'FORM_NOT_FOUND'
  | 'IO_MAPPING_ERROR'
  | 'JOB_NO_RETRIES'
  | 'MESSAGE_SIZE_EXCEEDED'
  | 'RESOURCE_NOT_FOUND'
  | 'TASK_LISTENER_NO_RETRIES'
  | 'UNHANDLED_ERROR_EVENT'
  | 'UNKNOWN';

export type JobKind = 'BPMN_ELEMENT' | 'EXECUTION_LISTENER' | 'TASK_LISTENER' | 'AD_HOC_SUB_PROCESS';
export type ListenerEvent =
  'ASSIGNING' | 'BEFORE_ALL' | 'CANCEL' | 'CANCELING' | 'COMPLETING' | 'CREATING' | 'END' | 'START' | 'UPDATING' | 'UNSPECIFIED';

export interface TaskFields {
  readonly assignee?: string | null;
  readonly candidateUsers?: readonly string[];
  readonly candidateGroups?: readonly string[];
  /** ISO 8601 date-time with offset */
  readonly dueDate?: string | null;
  readonly followUpDate?: string | null;
  /** 0..100, default 50 */
  readonly priority?: number;
}

/** Where this instance was called from, when a call activity started it. */
export interface Parent {
  readonly processInstanceKey: Key;
  readonly elementInstanceKey: Key;
  readonly rootProcessInstanceKey: Key;
}

// ---------------------------------------------------------------- commands

export type Command = Meta &
  (
    | {
        readonly type: 'create-instance';
        readonly instanceKey: Key;
        readonly variables: Variables;
        readonly businessId?: string;
        readonly tags?: readonly string[];
        readonly parent?: Parent;
        /** start here instead of at the none start event: a message, signal, timer or conditional start event, or start instructions */
        readonly startElementId?: ElementId;
        readonly startInstructions?: readonly { readonly elementId: ElementId }[];
        /** the instance is terminated as soon as one of these elements has completed or was terminated */
        readonly terminateAfter?: readonly ElementId[];
        readonly messageKey?: Key;
      }
    | {
        readonly type: 'complete-job';
        readonly n: number;
        readonly variables: Variables;
        readonly result?: JobResult;
        /** assigned with the completion, or neither is done */
        readonly businessId?: string;
      }
    | {
        readonly type: 'fail-job';
        readonly n: number;
        readonly retries: number;
        readonly errorMessage?: string;
        /** milliseconds */
        readonly retryBackOff?: number;
        readonly variables?: Variables;
      }
    | {
        readonly type: 'throw-job-error';
        readonly n: number;
        readonly errorCode: string;
        readonly errorMessage?: string;
        readonly variables?: Variables;
      }
    | { readonly type: 'update-job'; readonly n: number; readonly retries?: number; readonly priority?: number }
    | {
        readonly type: 'assign-user-task';
        readonly n: number;
        readonly assignee: string;
        readonly allowOverride?: boolean;
        readonly action?: string;
      }
    | { readonly type: 'unassign-user-task'; readonly n: number; readonly action?: string }
    | { readonly type: 'update-user-task'; readonly n: number; readonly changes: TaskFields; readonly action?: string }
    | { readonly type: 'complete-user-task'; readonly n: number; readonly variables: Variables; readonly action?: string }
    /** a person raises an error or escalation instead of finishing the task, or beside it */
    | {
        readonly type: 'throw-user-task';
        readonly n: number;
        readonly kind: 'error' | 'escalation';
        readonly code: string;
        readonly message?: string;
        readonly variables?: Variables;
      }
    | { readonly type: 'fire-timer'; readonly n: number }
    | { readonly type: 'correlate-message'; readonly n: number; readonly messageKey: Key; readonly variables: Variables }
    | { readonly type: 'trigger-signal'; readonly n: number; readonly variables: Variables }
    /** a called instance ended; `n` is the call activity's element instance */
    | { readonly type: 'complete-child'; readonly n: number; readonly variables: Variables }
    /** a called instance ended with an error or escalation that it did not catch */
    | {
        readonly type: 'propagate-from-child';
        readonly n: number;
        readonly kind: 'error' | 'escalation';
        readonly code: string;
        readonly message?: string;
        readonly variables: Variables;
      }
    /** a called instance could not be started (no such process, binding not found) */
    | { readonly type: 'fail-child'; readonly n: number; readonly message: string }
    | { readonly type: 'cancel-instance' }
    /** the machine itself: goes on with what a full slice has left to do */
    | { readonly type: 'continue-instance' }
    | { readonly type: 'resolve-incident'; readonly n: number }
    | { readonly type: 'set-variables'; readonly n: number; readonly variables: Variables; readonly local?: boolean }
    | { readonly type: 'suspend-instance' }
    | { readonly type: 'resume-instance' }
    | { readonly type: 'assign-business-id'; readonly businessId: string }
    | {
        readonly type: 'activate-ad-hoc';
        readonly n: number;
        readonly elements: readonly { readonly elementId: ElementId; readonly variables?: Variables }[];
        readonly cancelRemaining?: boolean;
      }
    | {
        readonly type: 'modify-instance';
        readonly activate?: readonly ActivateInstruction[];
        readonly terminate?: readonly TerminateInstruction[];
        readonly move?: readonly MoveInstruction[];
      }
    | {
        readonly type: 'migrate-instance';
        readonly targetProcessKey: Key;
        readonly mapping: readonly { readonly sourceElementId: ElementId; readonly targetElementId: ElementId }[];
      }
  );

export type CommandType = Command['type'];
export type CommandOf<T extends CommandType> = Extract<Command, { readonly type: T }>;

export type JobResult =
  | { readonly type: 'userTask'; readonly denied?: boolean; readonly deniedReason?: string; readonly corrections?: TaskFields }
  | {
      readonly type: 'adHocSubProcess';
      readonly activateElements?: readonly { readonly elementId: ElementId; readonly variables?: Variables }[];
      readonly isCompletionConditionFulfilled?: boolean;
      readonly isCancelRemainingInstances?: boolean;
    };

export interface ActivateInstruction {
  readonly elementId: ElementId;
  /** the element instance to activate under; default: the only possible one */
  readonly ancestor?: number;
  readonly variables?: readonly { readonly variables: Variables; readonly scopeId?: ElementId }[];
}
export type TerminateInstruction = { readonly n: number } | { readonly elementId: ElementId };
export interface MoveInstruction {
  readonly source: TerminateInstruction;
  readonly targetElementId: ElementId;
  readonly ancestor?: number | 'inferred' | 'source-parent';
  readonly variables?: ActivateInstruction['variables'];
}

/** How one decision came about. */
export interface MadeDecision {
  readonly decisionId: string;
  /** of its deployed version; absent: it was not deployed by itself */
  readonly key?: Key;
  readonly name: string;
  readonly kind: 'DECISION_TABLE' | 'LITERAL_EXPRESSION' | 'UNKNOWN';
  readonly output: Json;
  readonly matchedRules: readonly Json[];
  readonly inputs: readonly Json[];
}

// ---------------------------------------------------------------- events

/**
 * What happened inside one instance. `n` is always the thing's own number; `el` the number of the element instance it belongs to.
 * Everything outside the engine (projections, dispatch, audit) is derived from these, and `evolve` folds them into the state.
 * Absent = default; never `undefined` on purpose: events are JSON.
 */
export type Event =
  | {
      readonly t: 'instance-created';
      readonly key: Key;
      readonly processId: string;
      readonly processKey: Key;
      readonly processVersion: number;
      readonly at: number;
      readonly parent?: Parent;
      readonly businessId?: string;
      readonly tags?: readonly string[];
      readonly messageKey?: Key;
      readonly terminateAfter?: readonly ElementId[];
      readonly by: Actor;
    }
  | { readonly t: 'instance-completed'; readonly at: number; /** result for a call activity that waits */ readonly variables?: Variables }
  | { readonly t: 'instance-terminated'; readonly at: number }
  | { readonly t: 'instance-suspended'; readonly at: number }
  | { readonly t: 'instance-resumed'; readonly at: number }
  | {
      readonly t: 'instance-migrated';
      readonly processId: string;
      readonly processKey: Key;
      readonly processVersion: number;
      readonly elements: readonly (readonly [n: number, element: ElementId])[];
      /** other ids that are called differently there: events that are waited for, flows, handlers, what begins next */
      readonly renamed?: readonly (readonly [from: ElementId, to: ElementId])[];
      /** element instances that go on in another scope */
      readonly scopes?: readonly (readonly [n: number, scope: number])[];
      /** tokens that go on waiting in another scope; `flow` as it was called before */
      readonly tokens?: readonly (readonly [from: number, flow: ElementId, scope: number])[];
    }
  | { readonly t: 'business-id-assigned'; readonly businessId: string }
  /** an error or escalation left this instance uncaught and goes to the call activity that started it */
  | {
      readonly t: 'propagated-to-parent';
      readonly kind: 'error' | 'escalation';
      readonly code: string;
      readonly message?: string;
      readonly variables: Variables;
    }
  // tokens
  | {
      readonly t: 'element-activated';
      readonly n: number;
      readonly element: ElementId;
      readonly scope: number;
      readonly at: number;
      /** multi-instance or loop counter from 1 */ readonly loop?: number;
      /** the body of a multi-instance or loop activity (type MULTI_INSTANCE_BODY); its runs are activated inside it with `loop` */ readonly body?: true;
      /** a joining gateway: the flows of which one waiting token each was used up */ readonly takes?: readonly ElementId[];
    }
  | { readonly t: 'element-completed'; readonly n: number; readonly at: number }
  | { readonly t: 'element-terminated'; readonly n: number; readonly at: number }
  | {
      readonly t: 'flow-taken';
      readonly scope: number;
      readonly flow: ElementId;
      /** the token waits at this joining gateway */ readonly waitsAt?: ElementId;
    }
  // variables: `n` names the variable for ever (its key); scope 0 is the process
  | { readonly t: 'variable-set'; readonly n: number; readonly scope: number; readonly name: string; readonly value: Json }
  // jobs
  | {
      readonly t: 'job-created';
      readonly n: number;
      readonly el: number;
      readonly jobType: string;
      readonly kind: JobKind;
      readonly listener?: ListenerEvent;
      readonly retries: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly priority?: number;
      readonly at: number;
      /** listeners: position in the element's list */ readonly index?: number;
    }
  | { readonly t: 'job-completed'; readonly n: number; readonly at: number }
  | {
      readonly t: 'job-failed';
      readonly n: number;
      readonly retries: number;
      readonly message?: string;
      /** not before this time */ readonly retryAt?: number;
      readonly at: number;
    }
  | { readonly t: 'job-error-thrown'; readonly n: number; readonly code: string; readonly message?: string; readonly at: number }
  | { readonly t: 'job-updated'; readonly n: number; readonly retries?: number; readonly priority?: number }
  | { readonly t: 'job-canceled'; readonly n: number; readonly at: number }
  // user tasks
  | {
      readonly t: 'user-task-created';
      readonly n: number;
      readonly el: number;
      readonly element: ElementId;
      readonly at: number;
      readonly fields: TaskFields;
      readonly formKey?: Key;
      readonly externalForm?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly t: 'user-task-assigned';
      readonly n: number;
      readonly assignee: string | null;
      readonly action?: string;
      readonly at: number;
    }
  | { readonly t: 'user-task-updated'; readonly n: number; readonly changes: TaskFields; readonly action?: string; readonly at: number }
  | { readonly t: 'user-task-completed'; readonly n: number; readonly action?: string; readonly by: string; readonly at: number }
  | { readonly t: 'user-task-canceled'; readonly n: number; readonly at: number }
  | {
      readonly t: 'user-task-thrown';
      readonly n: number;
      readonly kind: 'error' | 'escalation';
      readonly code: string;
      readonly message?: string;
      readonly at: number;
    }
  // waits
  | {
      readonly t: 'timer-scheduled';
      readonly n: number;
      readonly el: number;
      readonly element: ElementId;
      readonly dueAt: number;
      /** repetitions left after this one; -1 for ever */ readonly repeat?: number;
    }
  | { readonly t: 'timer-fired'; readonly n: number; readonly at: number }
  | { readonly t: 'timer-canceled'; readonly n: number }
  | {
      readonly t: 'subscription-opened';
      readonly n: number;
      readonly el: number;
      readonly element: ElementId;
      readonly kind: 'message' | 'signal' | 'condition';
      readonly name: string;
      readonly correlationKey?: string;
      readonly interrupting: boolean;
      readonly at: number;
    }
  | { readonly t: 'subscription-correlated'; readonly n: number; readonly messageKey?: Key; readonly at: number }
  | { readonly t: 'subscription-closed'; readonly n: number }
  // towards others
  | {
      readonly t: 'child-requested';
      readonly el: number;
      readonly processId: string;
      readonly processKey?: Key;
      readonly variables: Variables;
      readonly businessId?: string;
    }
  | { readonly t: 'child-cancel-requested'; readonly el: number }
  | { readonly t: 'signal-broadcast'; readonly el: number; readonly name: string; readonly variables: Variables }
  | {
      readonly t: 'decision-evaluated';
      readonly n: number;
      readonly el: number;
      readonly decisionId: string;
      readonly decisionKey: Key;
      readonly name?: string;
      readonly kind?: MadeDecision['kind'];
      readonly output: Json;
      readonly matchedRules: readonly Json[];
      readonly inputs: readonly Json[];
      readonly failure?: string;
      /** decisions that it required, in the order in which they were evaluated */
      readonly required?: readonly MadeDecision[];
      readonly at: number;
    }
  // incidents
  | {
      readonly t: 'incident-raised';
      readonly n: number;
      readonly el: number;
      readonly element: ElementId;
      readonly kind: IncidentKind;
      readonly message: string;
      readonly job?: number;
      readonly at: number;
      /** the engine's own: what is tried again when it is resolved */ readonly step?: Json;
    }
  | { readonly t: 'incident-resolved'; readonly n: number; readonly at: number }
  // the machine's own book-keeping, of no interest outside the engine
  | { readonly t: 'internal'; readonly what: string; readonly [field: string]: Json };

export type EventType = Event['t'];
