import { CLUSTER_NAME } from '../cluster.ts';
import { unflatten } from '../compile/flat.ts';
import type { FlatTree } from '../compile/flat.ts';
import { FeelFunction } from '../feel/index.ts';
import type { FeelType, FeelValue, Runtime, Scope } from '../feel/index.ts';
import { compileBoxed, functionDefinition } from './boxed.ts';
import { itemTypes, typeOfRef } from './item-types.ts';
import { Model, Names, convertOr } from './model.ts';
import type { Boxed } from './model.ts';
import type { DecisionProblem } from './problem.ts';
import { childOf, childrenOf, readModel, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';
import { compileTable } from './table.ts';
import type { TableResult } from './table.ts';

export interface Decision {
  readonly id: string;
  readonly name: string;
  /** the variable that holds its result for the decisions that require it */
  readonly variable: string;
  readonly type: FeelType | undefined;
  /** ids of the decisions that it requires */
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
  readonly requirements: { readonly id: string; readonly name: string };
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly graph: Graph;
  /** empty unless `lenient` */
  readonly problems: readonly DecisionProblem[];
}

/**
 * Compiles all decisions of a DMN 1.2 to 1.5 file. Decisions are keyed by id.
 * `lenient`: a broken expression fails when it is evaluated instead of refusing the file.
 */
export async function compileDecisions(
  xml: string,
  options: { lenient?: boolean } = {},
): Promise<Decisions | { ok: false; problems: readonly DecisionProblem[] }> {
  const read = await readModel(xml);
  return read.ok ? compileModel(read.tree, options) : { ok: false, problems: [read.problem] };
}

/** The second half of `compileDecisions`: what `readModel` read → decisions. */
export function compileModel(
  tree: FlatTree,
  options: { lenient?: boolean } = {},
): Decisions | { ok: false; problems: readonly DecisionProblem[] } {
  const root: Element = unflatten(tree);
  const names = namesIn(root);
  const model = new Model(names, itemTypes(root, names));
  for (const imported of childrenOf(root, 'import')) {
    model.broken(imported, {
      code: 'UNSUPPORTED',
      message: `Expected a model in one file, but it imports "${textOf(imported, 'name') ?? ''}".`,
      hint: 'Copy the imported elements into this file.',
    });
  }
  const graph = compileGraph(model, root);
  findCycles(graph, model);
  if (model.problems.length > 0 && !options.lenient) return { ok: false, problems: model.problems };
  const requirements = { id: textOf(root, 'id') ?? '', name: textOf(root, 'name') ?? '' };
  return { ok: true, requirements, decisions: graph.decisions, graph, problems: model.problems };
}

/** Every name in the model, so that FEEL can tell `first name` from two words. */
function namesIn(root: Element): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 200) return;
    if (Array.isArray(value)) return value.forEach((item) => visit(item, depth + 1));
    const element = value as Element;
    for (const attribute of ['name', 'iteratorVariable']) {
      const name = element[attribute];
      if (typeof name === 'string') found.add(name);
    }
    for (const key of Object.keys(element)) if (!key.startsWith('$')) visit(element[key], depth + 1);
  };
  visit(root, 0);
  return [...found];
}

const local = (href: string | undefined): string => (href ?? '').slice((href ?? '').indexOf('#') + 1);
const hrefs = (element: Element, list: string, reference: string): string[] =>
  childrenOf(element, list).flatMap((each) => {
    const target = childOf(each, reference);
    return target ? [local(textOf(target, 'href'))] : [];
  });

/** An element without an id is known by its name. */
const idOf = (element: Element): string => textOf(element, 'id') ?? textOf(element, 'name') ?? '';
const variableOf = (element: Element): string => textOf(childOf(element, 'variable'), 'name') ?? textOf(element, 'name') ?? '';
const typeOf = (model: Model, element: Element): FeelType | undefined =>
  typeOfRef(textOf(childOf(element, 'variable'), 'typeRef'), model.types);

function compileGraph(model: Model, root: Element): Graph {
  const graph: Graph = { decisions: new Map(), inputs: new Map(), functions: new Map(), inputTypes: new Map(), results: new Set() };
  const elements = childrenOf(root, 'drgElement');
  for (const element of elements) {
    const id = idOf(element);
    if (element.$type === 'dmn:InputData') graph.inputs.set(id, { name: variableOf(element), type: typeOf(model, element) });
    if (element.$type === 'dmn:Decision') graph.results.add(variableOf(element));
    const input = graph.inputs.get(id);
    if (input?.type) graph.inputTypes.set(input.name, input.type);
    if (element.$type === 'dmn:BusinessKnowledgeModel') graph.functions.set(variableOf(element), compileKnowledge(model, element));
    if (element.$type === 'dmn:DecisionService') graph.functions.set(variableOf(element), compileService(model, element, graph));
  }
  const byFunctions = model.reads;
  for (const element of elements) {
    if (element.$type !== 'dmn:Decision') continue;
    model.reads = new Set(byFunctions);
    const decision = compileDecision(model, element, graph);
    graph.decisions.set(decision.id, decision);
  }
  for (const element of elements) checkReferences(model, element, new Set(elements.map(idOf)));
  return graph;
}

function checkReferences(model: Model, element: Element, ids: ReadonlySet<string>): void {
  const wanted = [
    ...hrefs(element, 'informationRequirement', 'requiredDecision'),
    ...hrefs(element, 'informationRequirement', 'requiredInput'),
    ...hrefs(element, 'knowledgeRequirement', 'requiredKnowledge'),
  ];
  for (const id of wanted) {
    if (!ids.has(id))
      model.broken(element, {
        code: 'MISSING_REFERENCE',
        message: `Expected the required element "${id}" in the model, but there is none.`,
        hint: 'Draw the requirement again.',
      });
  }
}

function compileDecision(model: Model, element: Element, graph: Graph): Decision {
  const logicElement = childOf(element, 'decisionLogic');
  const logic =
    logicElement?.$type === 'dmn:DecisionTable' ? compileTable(model, logicElement) : plain(compileBoxed(model, logicElement, element));
  const requires = hrefs(element, 'informationRequirement', 'requiredDecision');
  return {
    id: idOf(element),
    name: textOf(element, 'name') ?? '',
    variable: variableOf(element),
    type: typeOf(model, element),
    requires,
    variables: [...model.reads].filter((name) => !model.bound.has(name) && !graph.functions.has(name) && !graph.results.has(name)).sort(),
    graph,
    logic,
  };
}

function plain(boxed: Boxed): (runtime: Runtime) => TableResult {
  return (runtime) => ({ output: boxed(runtime), inputs: [], matched: [] });
}

function compileKnowledge(model: Model, element: Element): (scope: Scope) => FeelFunction {
  const logic = childOf(element, 'encapsulatedLogic');
  const broken = logic ? undefined : compileBoxed(model, undefined, element);
  const made = logic
    ? functionDefinition(model, logic)
    : (): FeelFunction => new FeelFunction({ parameters: [], invoke: (_args, runtime) => broken?.(runtime as Runtime) ?? null });
  const type = typeOf(model, element);
  return (scope) => {
    const fn = made(scope);
    if (!type || type.name === 'function' || type.name === 'named') return fn;
    return new FeelFunction({
      parameters: fn.parameters,
      invoke: (args, inner) => convertOr(inner as Runtime, fn.invoke(args, inner), type),
    });
  };
}

/** A decision service is a function of its input decisions and input data (DMN 10.4). */
function compileService(model: Model, element: Element, graph: Graph): (scope: Scope) => FeelFunction {
  const refs = (name: string): string[] => childrenOf(element, name).map((reference) => local(textOf(reference, 'href')));
  const [outputs, inputDecisions, inputData] = [refs('outputDecision'), refs('inputDecision'), refs('inputData')];
  const type = typeOf(model, element);
  return (scope) => {
    const given = inputDecisions.map((id) => graph.decisions.get(id));
    const parameters = [
      ...inputData.map((id) => parameter(graph.inputs.get(id)?.name, graph.inputs.get(id)?.type)),
      ...given.map((decision) => parameter(decision?.variable, decision?.type)),
    ];
    const invoke = (args: readonly FeelValue[], runtime: unknown): FeelValue => {
      const inner = (runtime as Runtime).within(
        new Names(
          scope,
          parameters.map((each, at) => [each.name, args[at] ?? null]),
        ),
      );
      const known = new Map(given.map((decision, at) => [decision?.id ?? '', args[inputData.length + at] ?? null]));
      const results = outputs.map((id) => runDecision(graph.decisions.get(id), inner, { known, visited: [] }));
      if (results.length === 1) return convertOr(inner, results[0] ?? null, type?.name === 'function' ? type.result : type);
      const names = new Names(
        { get: () => undefined },
        outputs.map((id, at) => [graph.decisions.get(id)?.variable ?? '', results[at] ?? null]),
      );
      return Object.assign(Object.create(null) as object, Object.fromEntries(names.values)) as FeelValue;
    };
    return new FeelFunction({ parameters, invoke });
  };
}

const parameter = (name: string | undefined, type: FeelType | undefined): { name: string; type?: FeelType } =>
  type ? { name: name ?? '', type } : { name: name ?? '' };

/** Every process variable that a decision may read, through what it requires. Sorted. What the cluster has for everybody is none. */
export function variablesRead(decision: Decision): readonly string[] {
  const found = new Set<string>();
  const visit = (at: Decision | undefined): void => {
    at?.variables.forEach((name) => found.add(name));
    at?.requires.forEach((id) => visit(at.graph.decisions.get(id)));
  };
  visit(decision);
  found.delete(CLUSTER_NAME);
  return [...found].sort();
}

export interface Visit {
  readonly decision: Decision;
  readonly result: TableResult;
  readonly output: FeelValue;
}

/** Evaluates what the decision requires, then the decision; every decision once. `known` results are not computed again. */
export function runDecision(
  decision: Decision | undefined,
  runtime: Runtime,
  on: { known: Map<string, FeelValue>; visited: Visit[] },
): FeelValue {
  if (!decision) return null;
  const done = on.known.get(decision.id);
  if (done !== undefined) return done;
  const names = new Names(runtime.scope);
  for (const id of decision.requires) {
    const required = decision.graph.decisions.get(id);
    if (required) names.values.set(required.variable, runDecision(required, runtime, on));
  }
  const inner = runtime.within(visibleTo(decision.graph, names, runtime));
  const result = decision.logic(inner);
  const output = convertOr(inner, result.output, decision.type);
  on.known.set(decision.id, output);
  on.visited.push({ decision, result, output });
  return output;
}

/**
 * What a decision sees: its required decisions, then the variables, inputs checked against their type, then functions.
 * Functions are made when they are first named; they see the scope around the decision's own.
 */
function visibleTo(graph: Graph, names: Names, runtime: Runtime): Scope {
  const made = new Map<string, FeelValue>();
  const scope: Scope = {
    get(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const value = names.get(name);
      const found = value !== undefined ? convertOr(runtime, value, graph.inputTypes.get(name)) : graph.functions.get(name)?.(scope);
      if (found !== undefined) made.set(name, found);
      return found;
    },
  };
  return scope;
}

function findCycles(graph: Graph, model: Model): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    const decision = graph.decisions.get(id);
    if (!decision || state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      model.problems.push({
        elementId: id,
        code: 'CYCLE',
        message: `Expected decisions that do not require themselves, but "${decision.name}" does.`,
        hint: 'Remove one of the requirements in the circle.',
      });
      return;
    }
    state.set(id, 'open');
    decision.requires.forEach(visit);
    state.set(id, 'done');
  };
  for (const id of graph.decisions.keys()) visit(id);
}
