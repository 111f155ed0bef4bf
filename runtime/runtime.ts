/**
 * What the server sees of the runtime: one door in (`execute` and the few operations that are no single instance's business), reads through the store.
 * Every operation answers a value: `ok: true` or a Rejection. It throws only for our own faults (store down, bug).
 */
import type { Visibility } from '../engine/analysis/visibility.ts';
import type { Raisable, Retention, Starters } from '../engine/index.ts';
import type { Actor, Command, Json, Key, Rejection, TaskFields, Variables } from '../engine/terms.ts';
import type { GateView } from './compartments/terms.ts';
import type { Filter, Queue, Row, RowChange, RuntimeClock, Store } from './ports.ts';

type Answer<T> = Promise<({ readonly ok: true } & T) | Rejection>;

/** A command without what `execute` itself fills in (time), aimed at a key: job, user task, incident, element instance or process instance. */
export type Aimed = Command extends infer C ? (C extends Command ? Omit<C, 'at' | 'n' | 'instanceKey'> : never) : never;

export interface Problem {
  readonly elementId?: string;
  readonly elementName?: string;
  readonly resource: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly severity: 'error' | 'warning';
}

export interface Resource {
  readonly name: string;
  /** what the file says; of one that is no text its bytes in base64 */
  readonly text: string;
  readonly encoding?: 'base64';
}

export interface Deployment {
  readonly deploymentKey: Key;
  /** rows of processDefinitions, decisionDefinitions, decisionRequirements, forms that this deployment made or (same content) reused */
  readonly processes: readonly Row[];
  readonly decisions: readonly Row[];
  readonly requirements: readonly Row[];
  readonly forms: readonly Row[];
  /** rows of resources: files of any other kind */
  readonly resources: readonly Row[];
  readonly warnings: readonly Problem[];
}

export interface StartInstance {
  /** one of the two */
  readonly processDefinitionKey?: Key;
  readonly processDefinitionId?: string;
  /** with the id: default latest */
  readonly version?: number;
  readonly variables?: Variables;
  readonly businessId?: string;
  readonly tags?: readonly string[];
  readonly startInstructions?: readonly { readonly elementId: string }[];
  /** the instance is terminated as soon as one of these elements has ended */
  readonly terminateAfter?: readonly string[];
}

export interface PublishMessage {
  readonly name: string;
  readonly correlationKey?: string;
  readonly messageId?: string;
  /** only cases that bear it take the message; a case that it begins bears it */
  readonly businessId?: string;
  /** milliseconds; default 0: only who waits now */
  readonly timeToLive?: number;
  readonly variables?: Variables;
}

export interface Runtime {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: RuntimeClock;
  /** deployed definitions in memory, for forms, start forms, labels and agencies of elements */
  readonly definitions: Definitions;
  /** all resources or none; problems (with element ids) when refused */
  deploy(
    resources: readonly Resource[],
    by: Actor,
    /** may the caller answer for what this agency owns? default: yes */
    mayOwn?: (agency: string) => boolean,
  ): Promise<({ readonly ok: true } & Deployment) | (Rejection & { readonly problems?: readonly Problem[] })>;
  /** takes a deployed resource back: no new case begins with it, the version before it is the newest again. `forgetsCases`: ended cases of a process go too */
  withdraw(
    resourceKey: Key,
    options: { readonly mayOwn?: (agency: string) => boolean; readonly forgetsCases?: boolean },
  ): Answer<{ readonly kind: 'process' | 'decisions' | 'form' | 'resource' }>;
  /** what deploying this resource would complain about; the same reading and compiling, nothing is written */
  check(resource: Resource): Promise<readonly Problem[]>;
  startInstance(
    request: StartInstance,
    by: Actor,
  ): Answer<{
    readonly processInstanceKey: Key;
    readonly processDefinitionKey: Key;
    readonly processDefinitionId: string;
    readonly processDefinitionVersion: number;
  }>;
  /** waits until the instance ended (or the signal aborts); answers its variables. For awaitCompletion */
  awaitEnd(
    processInstanceKey: Key,
    signal: AbortSignal,
  ): Promise<{ readonly state: 'COMPLETED' | 'TERMINATED'; readonly variables: Variables } | undefined>;
  /** the one door: load, decide, commit, dispatch */
  execute(key: Key, command: Aimed): Answer<{ readonly events: number }>;
  publishMessage(message: PublishMessage, by: Actor): Answer<{ readonly messageKey: Key }>;
  /** like publish, but somebody must be waiting: NOT_FOUND otherwise */
  correlateMessage(message: PublishMessage, by: Actor): Answer<{ readonly messageKey: Key; readonly processInstanceKey: Key }>;
  broadcastSignal(name: string, variables: Variables, by: Actor): Answer<{ readonly signalKey: Key }>;
  /** leases jobs for an external worker; waits up to `waitMs` for the first one, without a busy loop */
  activateJobs(request: ActivateJobs, signal: AbortSignal): Promise<readonly ActivatedJob[]>;
  extendJob(jobKey: Key, timeoutMs: number): Answer<object>;
  evaluateDecision(
    request: { readonly decisionDefinitionKey?: Key; readonly decisionDefinitionId?: string; readonly variables: Variables },
    by: Actor,
  ): Answer<{ readonly instance: Row; readonly evaluated: readonly Row[]; readonly output: Json; readonly failure?: string }>;
  evaluateExpression(expression: string, variables: Variables): Answer<{ readonly result: Json; readonly warnings: readonly string[] }>;
  /** root conditional start events whose condition holds: each begins an instance */
  evaluateConditions(
    request: { readonly processDefinitionKey?: Key; readonly variables: Variables },
    by: Actor,
  ): Answer<{
    readonly conditionalEvaluationKey: Key;
    readonly processInstances: readonly { readonly processDefinitionKey: Key; readonly processInstanceKey: Key }[];
  }>;
  /** deletes an ended case, with everything that it called, from lists and history. Documents stay. Not under legal hold */
  forgetInstance(processInstanceKey: Key): Answer<object>;
  /** from now on nobody and nothing deletes or archives this case (the outermost one), or its archive */
  placeHold(processInstanceKey: Key, reason: string, by: Actor): Answer<object>;
  liftHold(processInstanceKey: Key, reason: string, by: Actor): Answer<object>;
  /** how long ended cases of this process are kept, as its newest version says, or else the installation */
  retention(processDefinitionId: string): Retention;
  /** deletes what an evaluation wrote down that no case made */
  forgetEvaluation(decisionEvaluationKey: Key): Answer<object>;
  /** the same for many; small ones are done when this answers, larger ones go on in the background and after a restart */
  startBatch(batch: Batch, by: Actor): Answer<{ readonly batchOperationKey: Key }>;
  controlBatch(batchOperationKey: Key, wish: 'cancel' | 'suspend' | 'resume'): Answer<object>;
  /** test clock: moves time and fires what became due before it resolves; reset = real time */
  moveClock(to: number | 'reset'): Answer<object>;
  /** after each commit, ids only: what changed, for server-sent events. In several processes: told through Redis when there is one */
  onChange(listener: (change: Change) => void): () => void;
  /** what other processes deployed or held before this call is known here when it resolves; at once where there are none */
  caughtUp(): Promise<void>;
  /** this process still does what it is for: its place in the queue answers, and the store can be written. False: restart it. */
  alive(): boolean;
  /** an agency's jobs wait in the store from now on; those that run end */
  holdAgency(agency: string, by: Actor, reason?: string): Answer<object>;
  /** they go out again, the oldest first: `perSecond` at first (default 5), doubling every ten seconds; also when it counts as down */
  releaseAgency(agency: string, by: Actor, perSecond?: number): Answer<object>;
  /** creates, replaces or removes what holds for every process; when it resolves, the next command of each process finds it so */
  changeCluster(change: ClusterChange): Answer<{ readonly row: Row }>;
  /** whether calls go out to it, and if not, why and since when */
  agencyGate(agency: string): GateView;
  /** this process is the one that does what one of many does, right now */
  leads(): boolean;
  /** what this job waits for after its call has come: it goes on now */
  wakeJob(jobKey: Key): Promise<void>;
  /** the day that quotas count by, in the house's time zone: `2026-01-31` */
  today(): string;
  /** writes these rows, all or nothing, and lets all processes know: what they say of agencies' limits and maintenance holds from now on */
  announce(changes: readonly RowChange[]): Promise<void>;
  /** resolves when no effect, due timer or in-process queue entry is waiting right now; for tests and scenarios */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** One task listener or variable of the whole cluster. */
export type ClusterChange = {
  readonly collection: 'clusterVariables' | 'globalTaskListeners';
  readonly key: string;
} & (
  | { readonly wish: 'create'; readonly row: Row }
  /** from the row as it is now: what somebody else changed at the same moment is not lost */
  | { readonly wish: 'update'; readonly row: (known: Row) => Row }
  | { readonly wish: 'delete' }
);

export type BatchType =
  | 'CANCEL_PROCESS_INSTANCE'
  | 'RESOLVE_INCIDENT'
  | 'MIGRATE_PROCESS_INSTANCE'
  | 'MODIFY_PROCESS_INSTANCE'
  | 'DELETE_PROCESS_INSTANCE'
  | 'DELETE_DECISION_INSTANCE'
  | 'SUSPEND_PROCESS_INSTANCE'
  | 'RESUME_PROCESS_INSTANCE'
  | 'UPDATE_JOB';

export interface Batch {
  readonly type: BatchType;
  /** what each command is aimed at: the case itself, one of its incidents, or one of its jobs; an evaluation belongs to no case */
  readonly items: readonly { readonly itemKey: Key; readonly processInstanceKey?: Key }[];
  /** the command's own fields, for migrate, modify and update */
  readonly plan?: Row;
}

export interface Change {
  readonly processInstanceKey: Key;
  readonly processDefinitionId: string;
  /** collections that have changed rows, with the agencies concerned */
  readonly collections: readonly string[];
  readonly agencies: readonly string[];
  readonly assignees: readonly string[];
  /** news from other processes may have been lost: whoever shows something looks again. All other fields are empty. */
  readonly anything?: true;
}

export interface ActivateJobs {
  readonly type: string;
  readonly worker: string;
  readonly max: number;
  readonly timeoutMs: number;
  readonly waitMs: number;
  readonly fetchVariables?: readonly string[];
  readonly scope?: Filter;
}

export interface ActivatedJob {
  /** row of `jobs` */
  readonly job: Row;
  readonly instance: Row;
  readonly variables: Variables;
  /** of a task listener's job: the task as it will be if nobody objects, and which of its fields the change and earlier listeners have changed */
  readonly userTask?: Required<TaskFields> & {
    readonly userTaskKey: Key;
    readonly formKey: Key | null;
    readonly action: string;
    readonly changedAttributes: readonly string[];
  };
}

/** Read-only view on what is deployed. */
export interface Definitions {
  latest(processDefinitionId: string): Definition | undefined;
  byKey(processDefinitionKey: Key): Definition | undefined;
  all(): readonly Definition[];
  form(formKey: Key): { readonly formKey: Key; readonly formId: string; readonly version: number; readonly schema: Json } | undefined;
}

export interface Definition {
  readonly row: Row;
  readonly xml: string;
  /** form of the none start event */
  readonly startFormKey?: Key;
  /** `alur:` and other zeebe:properties of the process */
  readonly properties: ReadonlyMap<string, string>;
  /** who may begin a case by hand; absent: whoever may begin cases at all */
  readonly starters?: Starters;
  readonly elements: ReadonlyMap<string, DefinedElement>;
  /** ids of elements with `alur:phase`, in diagram order: the stages that a citizen sees */
  readonly phases: readonly {
    readonly id: string;
    readonly label: string;
    readonly labelEn?: string;
    readonly elementIds: readonly string[];
  }[];
  /** who sees which variable of its cases */
  readonly visibility: Visibility;
}

export interface DefinedElement {
  readonly id: string;
  readonly name: string;
  /** Camunda's type name, e.g. USER_TASK */
  readonly type: string;
  /** from the lane or pool: `alur:agency` */
  readonly agency?: string;
  readonly properties: ReadonlyMap<string, string>;
  /** of a user task: what a person may raise in it */
  readonly raises?: readonly Raisable[];
}

export type { GateView, Visibility };
