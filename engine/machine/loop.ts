/** Multi-instance and standard loops: the body decides how often the activity runs; each run is an element instance inside it. */
import type { Element, LoopSpec } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { Json } from '../terms.ts';
import { activate, isIdle } from './activation.ts';
import type { AnyBehavior } from './behavior.ts';
import { evaluateBoolean, evaluateJson, evaluateNumber, evaluate, wrongType } from './evaluate.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';
import { propagate, setLocal } from './variables.ts';
import { toJson } from '../feel/index.ts';

/** They all are in one state, so their number is bounded. */
export const MAX_RUNS = 20_000;
/** Runs that one step begins; the next ones are another step, so that a commit in slices can stop between them. */
const BATCH = 250;

type MultiInstance = Extract<LoopSpec, { readonly type: 'multi-instance' }>;

export const body: AnyBehavior = {
  enter: (run, instance, element) => {
    if (element.loop?.type === 'multi-instance') begin(run, instance, element.loop);
    else if (element.loop) nextTurn(run, instance, element.loop);
  },
  resume: (run, instance, element) => {
    if (element.loop?.type === 'multi-instance' && !element.loop.sequential)
      nextBatch(run, instance.n, { loop: element.loop, items: instance.body?.items ?? [] });
    else if (element.loop?.type === 'multi-instance') nextItem(run, instance, element.loop);
    else if (element.loop) nextTurn(run, instance, element.loop);
  },
  completing: (run, instance, element) => {
    const { loop } = element;
    if (loop?.type !== 'multi-instance' || loop.outputCollection === undefined) return;
    propagate(run, instance.scope, { [loop.outputCollection]: instance.body?.output ?? [] });
  },
  childEnded: (run, instance, element) => {
    const goesOn = element.loop?.type === 'standard' || element.loop?.sequential === true;
    if (!isIdle(instance) || (!goesOn && hasMore(instance))) return;
    run.push(goesOn ? { do: 'resume', n: instance.n } : { do: 'complete', n: instance.n });
  },
};

// ---------------------------------------------------------------- multi-instance

function begin(run: Run, instance: ElementInstance, loop: MultiInstance): void {
  const items = itemsOf(run, instance.n, loop);
  if (items.length > MAX_RUNS)
    throw new Fault(
      'EXTRACT_VALUE_ERROR',
      `Expected at most ${MAX_RUNS} items for a multi-instance activity, but there are ${items.length}.`,
    );
  run.emit({
    t: 'internal',
    what: 'looping',
    n: instance.n,
    size: items.length,
    ...((loop.sequential || items.length > BATCH) && { items }),
    ...(loop.outputCollection !== undefined && { collects: true }),
  });
  if (loop.sequential || items.length === 0) return nextItem(run, instance, loop);
  nextBatch(run, instance.n, { loop, items });
}

/** Parallel runs: some more of them. Then either a step for the next ones is waiting, or all have begun. */
function nextBatch(run: Run, n: number, { loop, items }: { readonly loop: MultiInstance; readonly items: readonly Json[] }): void {
  const { body: counts, draining, interrupted } = run.instance(n);
  // the completion condition holds already, or has held
  if (draining || interrupted) return;
  const { started = 0 } = counts ?? {};
  items
    .slice(started, started + BATCH)
    .forEach((item, index) => startRun(run, run.instance(n), { loop, item, counter: started + index + 1 }));
  if (started + BATCH < items.length) run.push({ do: 'resume', n });
}

/** Whether runs of a parallel activity are still to begin. */
function hasMore({ body: counts }: ElementInstance): boolean {
  return counts?.items !== undefined && counts.started < counts.items.length;
}

/** The items of the collection, or 1, 2, 3 … for a cardinality. */
function itemsOf(run: Run, n: number, loop: MultiInstance): readonly Json[] {
  if (loop.inputCollection) {
    const purpose = { n, what: 'the input collection', kind: 'EXTRACT_VALUE_ERROR' as const };
    const items = evaluateJson(run, loop.inputCollection, purpose);
    if (!Array.isArray(items)) throw wrongType(purpose, 'a list', items);
    return items as readonly Json[];
  }
  if (loop.cardinality === undefined) return [];
  const size = evaluateNumber(run, loop.cardinality, { n, what: 'the loop cardinality', kind: 'EXTRACT_VALUE_ERROR' });
  if (!Number.isInteger(size) || size < 0)
    throw new Fault('EXTRACT_VALUE_ERROR', `Expected the loop cardinality to be a whole number from 0, but it is ${size}.`);
  if (size > MAX_RUNS)
    throw new Fault(
      'EXTRACT_VALUE_ERROR',
      `Expected at most ${MAX_RUNS} runs of a multi-instance activity, but the cardinality is ${size}.`,
    );
  return Array.from({ length: size }, (_, index) => index + 1);
}

function nextItem(run: Run, instance: ElementInstance, loop: MultiInstance): void {
  const { started = 0, items = [] } = instance.body ?? {};
  if (started >= items.length) run.push({ do: 'complete', n: instance.n });
  else startRun(run, instance, { loop, item: items[started] ?? null, counter: started + 1 });
}

function startRun(
  run: Run,
  instance: ElementInstance,
  { loop, item, counter }: { readonly loop?: MultiInstance; readonly item?: Json; readonly counter: number },
): void {
  const n = activate(run, run.elementOf(instance), instance.n, { loop: counter });
  setLocal(run, n, 'loopCounter', counter);
  if (loop?.inputElement !== undefined) setLocal(run, n, loop.inputElement, item ?? null);
}

/** Called before a run completes: puts its result into the collection. Answers whether the completion condition says that it is enough. */
export function endOfRun(run: Run, instance: ElementInstance, element: Element): boolean {
  const { loop } = element;
  const { n, scope } = instance;
  if (loop?.type !== 'multi-instance') return false;
  if (loop.outputCollection !== undefined) {
    const value = loop.outputElement
      ? toJson(evaluate(run, loop.outputElement, { n, what: 'the output element', kind: 'EXTRACT_VALUE_ERROR' }))
      : null;
    run.emit({ t: 'internal', what: 'collected', n: scope, index: (instance.loop ?? 1) - 1, value });
  }
  return (
    loop.completionCondition !== undefined &&
    evaluateBoolean(run, loop.completionCondition, {
      n,
      what: 'the completion condition',
      kind: 'EXTRACT_VALUE_ERROR',
      overlay: countsOf(run, scope, loop),
    })
  );
}

/** What a completion condition may read besides variables, counted as if this run had completed. */
function countsOf(run: Run, scope: number, loop: MultiInstance): ReadonlyMap<string, Json> {
  const { body: counts, children } = run.instance(scope);
  const known = new Map<string, Json>([
    ['numberOfInstances', counts?.size ?? 0],
    ['numberOfActiveInstances', (children?.size ?? 1) - 1],
    ['numberOfCompletedInstances', (counts?.completed ?? 0) + 1],
    ['numberOfTerminatedInstances', counts?.terminated ?? 0],
  ]);
  return loop.outputCollection === undefined ? known : known.set(loop.outputCollection, counts?.output ?? []);
}

// ---------------------------------------------------------------- standard loop

/** Begins the next run or completes, as the condition and the maximum say. The condition reads `loopCounter`: runs so far. */
function nextTurn(run: Run, instance: ElementInstance, loop: Extract<LoopSpec, { readonly type: 'standard' }>): void {
  const started = instance.body?.started ?? 0;
  const asks = started > 0 || loop.testBefore;
  const exhausted = loop.maximum !== undefined && started >= loop.maximum;
  const purpose = {
    n: instance.n,
    what: 'the loop condition',
    kind: 'CONDITION_ERROR' as const,
    overlay: new Map<string, Json>([['loopCounter', started]]),
  };
  const again = !exhausted && (!asks || loop.condition === undefined || evaluateBoolean(run, loop.condition, purpose));
  if (again) startRun(run, instance, { counter: started + 1 });
  else run.push({ do: 'complete', n: instance.n });
}
