/** What the compiler makes of a decision model: its decisions and what they stand on. */
import type { FeelFunction, FeelType, Runtime, Scope } from '../feel/index.ts';
import { CLUSTER_NAME } from '../cluster.ts';
import type { MadeDecision } from '../terms.ts';
import type { DecisionProblem } from './problem.ts';
import type { TableResult } from './table.ts';

export interface Decision {
  readonly id: string;
  readonly name: string;
  readonly kind: MadeDecision['kind'];
  /** `zeebe:versionTag`, by which it may be called */
  readonly versionTag?: string;
  /** the variable that holds its result for the decisions that require it */
  readonly variable: string;
  readonly type: FeelType | undefined;
  /** ids of the decisions that it requires; of a model that is used here: `namespace#id` */
  readonly requires: readonly string[];
  /** root names that its own logic and the functions of its model read, results of decisions left out; see `variablesRead` */
  readonly variables: readonly string[];
  /** the parts of its model; `evaluateDecision` walks it */
  readonly graph: Graph;
  /** its own logic alone */
  readonly logic: (runtime: Runtime) => TableResult;
}

/** What can be required: inputs are checked against their type, functions made anew over the evaluation's scope. */
export interface Graph {
  readonly namespace: string;
  readonly imports: readonly Imported[];
  /** of all its elements */
  readonly ids: ReadonlySet<string>;
  /** names of everything in it, so that FEEL reads those with spaces */
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, FeelType>;
  readonly decisions: Map<string, Decision>;
  readonly inputs: Map<string, { readonly name: string; readonly type: FeelType | undefined }>;
  /** business knowledge models and decision services by name */
  readonly functions: Map<string, (scope: Scope) => FeelFunction>;
  /** variables that hold the results of decisions */
  readonly results: Set<string>;
  /** types of the input data, by name */
  readonly inputTypes: Map<string, FeelType>;
}

export interface Decisions {
  readonly ok: true;
  readonly requirements: { readonly id: string; readonly name: string; readonly namespace: string };
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly graph: Graph;
  /** empty unless `lenient` */
  readonly problems: readonly DecisionProblem[];
}

/** A model that is used here. */
export interface Imported {
  readonly name: string;
  readonly namespace: string;
  readonly graph: Graph;
}

/** An element of this model by its id, or of one that it uses by `namespace#id`. */
export interface Place {
  readonly graph: Graph;
  readonly id: string;
  /** the import that leads there */
  readonly through?: Imported;
}

export function placeOf(graph: Graph, ref: string): Place | undefined {
  const at = ref.lastIndexOf('#');
  const [namespace, id] = [ref.slice(0, Math.max(at, 0)), ref.slice(at + 1)];
  const own = namespace === '' || namespace === graph.namespace;
  if (own && (namespace === '' || graph.ids.has(id))) return { graph, id };
  const through = graph.imports.find((one) => one.namespace === namespace && one.graph.ids.has(id));
  return through && { graph: through.graph, id, through };
}

export function decisionAt(graph: Graph, ref: string): Decision | undefined {
  const place = placeOf(graph, ref);
  return place?.graph.decisions.get(place.id);
}

export function inputAt(graph: Graph, ref: string): { readonly name: string; readonly type: FeelType | undefined } | undefined {
  const place = placeOf(graph, ref);
  return place?.graph.inputs.get(place.id);
}

/** Every process variable that a decision may read, through what it requires. Sorted. What the cluster has for everybody is none. */
export function variablesRead(decision: Decision): readonly string[] {
  const found = new Set<string>();
  const visit = (at: Decision | undefined): void => {
    at?.variables.forEach((name) => found.add(name));
    at?.requires.forEach((ref) => visit(decisionAt(at.graph, ref)));
  };
  visit(decision);
  found.delete(CLUSTER_NAME);
  return [...found].sort();
}
