/**
 * The whole public surface of the engine: a pure token machine. It reads no clock, draws no random number and touches nothing outside.
 *
 *   compile   BPMN text → processes, or problems with element ids
 *   decide    (world, state, command) → events and the next state, or a rejection
 *   evolve    (state, event) → state
 */
export { compile, compileDiagram, readDiagram } from './compile/compile.ts';
export type { CompileResult, Diagram, DiagramRead } from './compile/compile.ts';
export { decide } from './decide.ts';
export type { Decision } from './decide.ts';
export { evolve } from './evolve.ts';
export { serialize, parse } from './serialize.ts';
export { SLICE } from './machine/effort.ts';
export type { Spent } from './machine/effort.ts';
export type { DecisionFailure, DecisionOutcome, DeployedDecision, Library, World } from './world.ts';
export type { Problem } from './problem.ts';
export type { Binding, Element, ElementKind, Flow, FormSpec, Lane, Process, Starters, Trigger, TriggerType } from './process.ts';
export type { ElementInstance, InstanceState, JobState, TaskState, Variable } from './state.ts';
export {
  agencyOf,
  elementName,
  elementType,
  localVariables,
  propertyOf,
  raisedIn,
  startForm,
  startSubscriptions,
  startTimer,
  visibleVariables,
} from './read.ts';
export type { Moment, Raisable, StartSubscription, TimerDue } from './read.ts';
export { clusterContext, TASK_EVENTS, withCluster } from './cluster.ts';
export type { ClusterSettings, GlobalTaskListener, TaskEvent } from './cluster.ts';
export { lifetimeText, parseLifetime, retentionOf } from './retention.ts';
export type { Lifetime, Retention } from './retention.ts';
export { addDuration } from './time/duration.ts';
export * from './keys.ts';
export type * from './terms.ts';
export * as feel from './feel/index.ts';
