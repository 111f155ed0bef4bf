import { unflatten } from '../compile/flat.ts';
import type { FlatTree } from '../compile/flat.ts';
import { FeelFunction } from '../feel/index.ts';
import type { FeelType, FeelValue, Runtime, Scope } from '../feel/index.ts';
import { compileBoxed, functionDefinition } from './boxed.ts';
import { decisionAt, inputAt, placeOf } from './graph.ts';
import type { Decision, Decisions, Graph, Imported } from './graph.ts';
import { importedTypes, importsIn } from './imports.ts';
import type { ImportWanted } from './imports.ts';
import { itemTypes, typeOfRef } from './item-types.ts';
import { Model, Names, convertOr } from './model.ts';
import type { Boxed } from './model.ts';
import type { DecisionProblem } from './problem.ts';
import { childOf, childrenOf, readModel, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';
import { runDecision } from './run-decision.ts';
import { compileTable } from './table.ts';
import type { TableResult } from './table.ts';

export interface CompileOptions {
  /** a broken expression fails when it is evaluated instead of refusing the file */
  readonly lenient?: boolean;
  /** finds the model that this one uses; absent or undefined: there is none; `circle`: it uses this one */
  readonly imported?: (wanted: ImportWanted) => Decisions | 'circle' | undefined;
}

/** Compiles all decisions of a DMN 1.2 to 1.5 file. Decisions are keyed by id. */
export async function compileDecisions(
  xml: string,
  options: CompileOptions = {},
): Promise<Decisions | { ok: false; problems: readonly DecisionProblem[] }> {
  const read = await readModel(xml, options.lenient);
  return read.ok ? compileModel(read.tree, options) : { ok: false, problems: [read.problem] };
}

/** The second half of `compileDecisions`: what `readModel` read → decisions. */
export function compileModel(
  tree: FlatTree,
  options: CompileOptions = {},
): Decisions | { ok: false; problems: readonly DecisionProblem[] } {
  const root: Element = unflatten(tree);
  const { imports, problems } = usedBy(root, options);
  const names = [...new Set([...namesIn(root), ...imports.flatMap(({ graph }) => graph.names)])];
  const model = new Model(names, itemTypes(root, names, importedTypes(imports)));
  for (const { element, problem } of problems) model.broken(element, problem);
  const graph = compileGraph(model, root, imports);
  findCycles(graph, model);
  if (model.problems.length > 0 && !options.lenient) return { ok: false, problems: model.problems };
  const requirements = { id: textOf(root, 'id') ?? '', name: textOf(root, 'name') ?? '', namespace: graph.namespace };
  return { ok: true, requirements, decisions: graph.decisions, graph, problems: model.problems };
}

interface Broken {
  readonly element: Element;
  readonly problem: Omit<DecisionProblem, 'elementId'>;
}

/** The models that this one uses, and what is wrong with those that it cannot. */
function usedBy(
  root: Element,
  { imported }: CompileOptions,
): { readonly imports: readonly Imported[]; readonly problems: readonly Broken[] } {
  const [imports, problems]: [Imported[], Broken[]] = [[], []];
  for (const [at, wanted] of importsIn(root).entries()) {
    const element = childrenOf(root, 'import')[at] ?? root;
    const model = isDecisions(wanted) ? (imported?.(wanted) ?? 'missing') : 'other';
    if (typeof model !== 'string') imports.push({ name: wanted.name, namespace: wanted.namespace, graph: model.graph });
    else problems.push({ element, problem: importProblem(wanted, model) });
  }
  return { imports, problems };
}

function isDecisions({ type }: ImportWanted): boolean {
  return type === '' || /\/DMN\//.test(type);
}

function importProblem({ name, namespace, locationURI, type }: ImportWanted, what: 'missing' | 'circle' | 'other'): Broken['problem'] {
  if (what === 'circle')
    return {
      code: 'CYCLE',
      message: `Expected models that do not import each other, but "${name}" leads back here.`,
      hint: 'Remove one of the imports.',
    };
  if (what === 'other')
    return {
      code: 'UNSUPPORTED',
      message: `Expected imports of decision models only, but "${name}" is of the type ${type}.`,
      hint: 'Describe its types in this model.',
    };
  return {
    code: 'MISSING_IMPORT',
    message: `Expected the imported model "${name}"${locationURI === undefined ? '' : ` (${locationURI})`} with the namespace ${namespace}, but there is none that has what is used of it.`,
    hint: 'Deploy the imported model before this one or together with it.',
  };
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

/** `id`, or `namespace#id` */
const refOf = (href: string | undefined): string => (href ?? '').replace(/^#/, '');
const hrefs = (element: Element, list: string, reference: string): string[] =>
  childrenOf(element, list).flatMap((each) => {
    const target = childOf(each, reference);
    return target ? [refOf(textOf(target, 'href'))] : [];
  });

/** An element without an id is known by its name. */
const idOf = (element: Element): string => textOf(element, 'id') ?? textOf(element, 'name') ?? '';
const variableOf = (element: Element): string => textOf(childOf(element, 'variable'), 'name') ?? textOf(element, 'name') ?? '';
const typeOf = (model: Model, element: Element): FeelType | undefined =>
  typeOfRef(textOf(childOf(element, 'variable'), 'typeRef'), model.types);

function compileGraph(model: Model, root: Element, imports: readonly Imported[]): Graph {
  const elements = childrenOf(root, 'drgElement');
  const graph: Graph = {
    namespace: textOf(root, 'namespace') ?? '',
    imports,
    ids: new Set(elements.map(idOf)),
    names: model.names,
    types: model.types,
    decisions: new Map(),
    inputs: new Map(),
    functions: new Map(),
    inputTypes: new Map(),
    results: new Set(),
  };
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
  for (const element of elements) checkReferences(model, element, graph);
  return graph;
}

function checkReferences(model: Model, element: Element, graph: Graph): void {
  const wanted = [
    ...hrefs(element, 'informationRequirement', 'requiredDecision'),
    ...hrefs(element, 'informationRequirement', 'requiredInput'),
    ...hrefs(element, 'knowledgeRequirement', 'requiredKnowledge'),
  ];
  for (const ref of wanted) {
    const place = placeOf(graph, ref);
    if (!place?.graph.ids.has(place.id))
      model.broken(element, {
        code: 'MISSING_REFERENCE',
        message: `Expected the required element "${ref}" in the model, but there is none.`,
        hint: 'Draw the requirement again.',
      });
  }
}

const KINDS: ReadonlyMap<string, Decision['kind']> = new Map([
  ['dmn:DecisionTable', 'DECISION_TABLE'],
  ['dmn:LiteralExpression', 'LITERAL_EXPRESSION'],
]);

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
    kind: KINDS.get(logicElement?.$type ?? '') ?? 'UNKNOWN',
    ...versionTagOf(element),
    variables: [...model.reads].filter((name) => !model.bound.has(name) && !isKnown(graph, name)).sort(),
    graph,
    logic,
  };
}

/** Something of the model itself, or the name of a model that it uses. */
function isKnown({ functions, results, imports }: Graph, name: string): boolean {
  return functions.has(name) || results.has(name) || imports.some((one) => one.name === name);
}

function versionTagOf(element: Element): { readonly versionTag?: string } {
  const extensions = childrenOf(childOf(element, 'extensionElements'), 'values');
  const value = textOf(
    extensions.find(({ $type }) => /^zeebe:versionTag$/i.test($type)),
    'value',
  );
  return value === undefined || value.trim() === '' ? {} : { versionTag: value };
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
  const refs = (name: string): string[] => childrenOf(element, name).map((reference) => refOf(textOf(reference, 'href')));
  const [outputs, inputDecisions, inputData] = [refs('outputDecision'), refs('inputDecision'), refs('inputData')];
  const type = typeOf(model, element);
  return (scope) => {
    const given = inputDecisions.map((ref) => decisionAt(graph, ref));
    const parameters = [
      ...inputData.map((ref) => inputAt(graph, ref)).map((input) => parameter(input?.name, input?.type)),
      ...given.map((decision) => parameter(decision?.variable, decision?.type)),
    ];
    const invoke = (args: readonly FeelValue[], runtime: unknown): FeelValue => {
      const inner = (runtime as Runtime).within(
        new Names(
          scope,
          parameters.map((each, at) => [each.name, args[at] ?? null]),
        ),
      );
      const known = new Map(given.flatMap((decision, at) => (decision ? [[decision, args[inputData.length + at] ?? null] as const] : [])));
      const results = outputs.map((ref) => runDecision(decisionAt(graph, ref), inner, { known, visited: [] }));
      if (results.length === 1) return convertOr(inner, results[0] ?? null, type?.name === 'function' ? type.result : type);
      const names = new Names(
        { get: () => undefined },
        outputs.map((ref, at) => [decisionAt(graph, ref)?.variable ?? '', results[at] ?? null]),
      );
      return Object.assign(Object.create(null) as object, Object.fromEntries(names.values)) as FeelValue;
    };
    return new FeelFunction({ parameters, invoke });
  };
}

const parameter = (name: string | undefined, type: FeelType | undefined): { name: string; type?: FeelType } =>
  type ? { name: name ?? '', type } : { name: name ?? '' };

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
