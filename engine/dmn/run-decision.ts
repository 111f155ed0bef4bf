/** Decisions at work: what they require first, then themselves. */
import type { FeelValue, Runtime, Scope } from '../feel/index.ts';
import { entryOf, isContext } from '../feel/values.ts';
import { placeOf } from './graph.ts';
import type { Decision, Graph, Imported } from './graph.ts';
import { importedContext } from './imports.ts';
import { convertOr } from './model.ts';
import type { TableResult } from './table.ts';

export interface Visit {
  readonly decision: Decision;
  readonly result: TableResult;
  readonly output: FeelValue;
}

/** Evaluates what the decision requires, then the decision; every decision once. `known` results are not computed again. */
export function runDecision(
  decision: Decision | undefined,
  runtime: Runtime,
  on: { known: Map<Decision, FeelValue>; visited: Visit[] },
): FeelValue {
  if (!decision) return null;
  const done = on.known.get(decision);
  if (done !== undefined) return done;
  const inner = runtime.within(visibleTo(decision.graph, runtime, resultsFor(decision, runtime, on)));
  const result = decision.logic(inner);
  const output = convertOr(inner, result.output, decision.type);
  on.known.set(decision, output);
  on.visited.push({ decision, result, output });
  return output;
}

/** Results of required decisions by their variable, those of other models under their import. */
interface Results {
  readonly own: Map<string, FeelValue>;
  readonly imported: Map<Imported, Map<string, FeelValue>>;
}

function resultsFor({ graph, requires }: Decision, runtime: Runtime, on: Parameters<typeof runDecision>[2]): Results {
  const results: Results = { own: new Map(), imported: new Map() };
  for (const ref of requires) {
    const place = placeOf(graph, ref);
    const required = place?.graph.decisions.get(place.id);
    if (place === undefined || required === undefined) continue;
    const under = place.through === undefined ? results.own : (results.imported.get(place.through) ?? new Map<string, FeelValue>());
    if (place.through) results.imported.set(place.through, under);
    under.set(required.variable, runDecision(required, runtime, on));
  }
  return results;
}

const NO_RESULTS: Results = { own: new Map(), imported: new Map() };

/**
 * What a decision sees: its required decisions, then the variables, inputs checked against their type, then functions and what it uses of other
 * models. Functions are made when they are first named; they see the scope around the decision's own.
 */
function visibleTo(graph: Graph, runtime: Runtime, { own, imported }: Results = NO_RESULTS): Scope {
  const outer = runtime.scope;
  const made = new Map<string, FeelValue>();
  const within = (other: Graph): Scope => visibleTo(other, runtime);
  const used = (one: Imported): FeelValue => importedContext(one, { results: imported.get(one) ?? new Map(), runtime, outer, within });
  const unnamed = (name: string): FeelValue | undefined => {
    for (const one of graph.imports) {
      const context = one.name === '' ? used(one) : null;
      const found = isContext(context) ? entryOf(context, name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = (name: string): FeelValue | undefined => {
    const result = own.get(name);
    if (result !== undefined) return convertOr(runtime, result, graph.inputTypes.get(name));
    const through = graph.imports.find((one) => one.name === name && name !== '');
    if (through) return used(through);
    const value = outer.get(name);
    return value === undefined
      ? (graph.functions.get(name)?.(scope) ?? unnamed(name))
      : convertOr(runtime, value, graph.inputTypes.get(name));
  };
  const scope: Scope = {
    get(name) {
      if (made.has(name)) return made.get(name);
      const value = found(name);
      if (value !== undefined) made.set(name, value);
      return value;
    },
  };
  return scope;
}
