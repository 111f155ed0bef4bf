/**
 * One scenario on bpmn-engine. Its tokens move by its own rules; from us it gets FEEL for conditions, scripts and mappings, and the
 * scenario's answers for jobs, tasks, messages and timers.
 *
 * LAW: nothing of a model runs as JavaScript. bpmn-engine would run scripts and `${...}` expressions; both doors are replaced here by
 * ours, which know only FEEL that our own compiler has accepted (`scripts`, `expressions`), and no service is ever looked up by name.
 */
import { Engine } from 'bpmn-engine';
import { feel } from '../../engine/index.ts';
import type { Element, Json, Process, Variables } from '../../engine/index.ts';
import type { Scenario, Stimulus, Trace } from './rehearsal.ts';
import type { Decided } from './ours.ts';
import { Scopes } from './scopes.ts';

const CLOCK = { now: 1_767_225_600_000, zone: 'UTC' };
/** It has no limit of its own for loops in which nothing waits. */
const ENTER_LIMIT = 2_000;
/** Timers never fire by themselves: their length says nothing. */
const FAR = 'P900D';

export interface Given {
  readonly stimuli: readonly Stimulus[];
  readonly decisions: readonly Decided[];
}

export async function runTheirs(
  source: { readonly xml: string; readonly process: Process },
  scenario: Scenario,
  given: Given,
): Promise<Trace> {
  const run = new Run(source.process, scenario, given);
  await run.start(source.xml);
  for (const stimulus of given.stimuli) await run.react(stimulus);
  return run.finish();
}

/** What a message of bpmn-engine carries, as far as we read it. */
interface Content {
  readonly id: string;
  readonly type?: string;
  readonly executionId: string;
  readonly parent?: { readonly id: string; readonly executionId: string; readonly path?: readonly { readonly executionId: string }[] };
}
interface Api {
  readonly content: Content;
  signal(message?: unknown): void;
}
interface Activity {
  readonly id: string;
  readonly behaviour: Record<string, unknown>;
  readonly outbound?: readonly { discard(content?: unknown): unknown }[];
  readonly broker: { publish(exchange: string, key: string, content: unknown, options?: unknown): void };
}
/**
 * bpmn-engine sends a "discard" along every flow that is not taken, and its joins count a discard as an arrival. Behind an exclusive
 * join the discard of one branch overtakes the token of the other, and a parallel join goes on too early. BPMN has tokens only
 * (2.0.2, 13.4.1: a parallel gateway needs a token on each incoming flow), so the discards stay where they arise.
 */
function withoutDiscards(activity: Activity): void {
  for (const flow of activity.outbound ?? []) flow.discard = () => undefined;
}

const MESSAGE_FLOW = /<((?:[\w.-]+:)?messageFlow)\b(?:"[^"]*"|'[^']*'|[^'"<>])*(?:\/>|>[^]*?<\/\1\s*>)/g;

/** bpmn-engine cannot read a message flow to a pool without a process. Message flows move no token: messages come from the scenario. */
function withoutMessageFlows(xml: string): string {
  return xml.replace(MESSAGE_FLOW, '');
}

interface Waiting {
  readonly chain: readonly string[];
  complete(): void;
  fail?(code: string): void;
}

class Run {
  private readonly process: Process;
  private readonly scopes: Scopes;
  private readonly decisions: Decided[];
  /** executions whose result has gone outwards */
  private readonly finished = new Set<string>();
  private readonly completed: string[] = [];
  private readonly flows: string[] = [];
  private readonly work = new Map<string, Waiting[]>();
  private readonly timers = new Map<string, (() => void)[]>();
  /** entered and not yet left, by execution */
  private readonly active = new Map<string, string>();
  private engine: Engine | undefined;
  private ended = false;
  private entered = 0;
  private failure: { readonly at: string; readonly message: string } | undefined;

  constructor(process: Process, scenario: Scenario, given: Given) {
    this.process = process;
    this.scopes = new Scopes(scenario.variables ?? {});
    this.decisions = [...given.decisions];
  }

  async start(xml: string): Promise<void> {
    const engine = new Engine({
      name: 'second opinion',
      source: withoutMessageFlows(xml),
      scripts: { register: () => undefined, getScript: (_language: string, owner: { id: string }) => this.scriptFor(owner.id) },
      expressions: {
        resolveExpression: (text: unknown) => (typeof text === 'string' && text.startsWith('=') ? FAR : text),
        isExpression: () => false,
        hasExpression: () => false,
      },
      extensions: { alur: (activity: Activity) => this.extend(activity) },
      extendFn: (behaviour: Record<string, unknown>) => this.prepare(behaviour),
      timers: this.manualTimers(),
    } as never);
    this.engine = engine;
    engine.once('end', () => (this.ended = true));
    engine.on('error', (error: unknown) => this.fail(error));
    const listener = { emit: (key: string, api: Api) => this.hear(key, api) };
    await this.guarded(() => engine.execute({ listener } as never));
  }

  /** What it throws is how its run ended, not an error of ours. */
  private async guarded(act: () => unknown): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.fail(error);
    }
  }

  async react(stimulus: Stimulus): Promise<void> {
    if (!this.ended && this.failure === undefined) await this.guarded(() => this.apply(stimulus));
  }

  private apply(stimulus: Stimulus): void {
    const { elementId } = stimulus;
    if (stimulus.do === 'fire') return this.timers.get(elementId)?.shift()?.();
    const waiting = this.work.get(elementId)?.shift();
    if (waiting === undefined) return;
    const element = this.process.elements.get(elementId);
    if (stimulus.do === 'error') {
      this.setAll(waiting.chain.slice(1), stimulus.variables ?? {});
      return waiting.fail?.(stimulus.code);
    }
    if (element !== undefined) this.finishElement(element, waiting.chain, stimulus.variables ?? {});
    waiting.complete();
  }

  async finish(): Promise<Trace> {
    // what bpmn-engine defers to a later turn of the event loop must be done before we look
    await new Promise((resolve) => setImmediate(resolve));
    const at =
      this.failure !== undefined ? [this.failure.at] : [...this.active.values()].filter((id) => !isAround(this.process.elements.get(id)));
    const ended = this.failure !== undefined ? 'failed' : this.ended ? 'completed' : 'waiting';
    const trace: Trace = {
      completed: this.completed,
      flows: this.flows,
      ended,
      at: ended === 'completed' ? [] : at.sort(),
      ...(this.failure && { failure: this.failure.message }),
    };
    if (!this.ended && this.failure === undefined) await this.engine?.stop().catch(() => undefined);
    return trace;
  }

  // ------------------------------------------------------------ what it asks us

  /** Conditions and scripts: the expression that our compiler made of them. Undefined: there is none, the flow is unconditional. */
  private scriptFor(
    id: string,
  ): { execute(scope: { content: Content }, callback: (error: unknown, result?: unknown) => void): void } | undefined {
    const condition = this.process.flows.get(id)?.condition;
    const element = this.process.elements.get(id);
    const script = element?.kind === 'script-task' ? element.script : undefined;
    if (condition === undefined && script === undefined) return undefined;
    return {
      execute: ({ content }, callback) => {
        const chain = chainOf(content);
        const result = this.evaluate(condition ?? script!.expression, chain);
        if (!result.ok) return callback(new Error(result.message));
        if (condition !== undefined)
          return typeof result.value === 'boolean'
            ? callback(null, result.value)
            : callback(new Error(`Expected '${condition.text}' to be true or false.`));
        this.finishElement(element!, chain, { [script!.resultVariable]: result.value });
        return callback(null);
      },
    };
  }

  private evaluate(
    expression: { readonly text: string; evaluate: feel.Expression['evaluate'] },
    chain: readonly string[],
  ): { ok: true; value: Json } | { ok: false; message: string } {
    const result = expression.evaluate({ get: (name: string) => this.scopes.get(chain, name) as never }, CLOCK);
    if (!result.ok) return { ok: false, message: result.message };
    const missing = result.warnings.find(({ kind }) => kind === 'missing-variable');
    return missing === undefined
      ? { ok: true, value: feel.toJson(result.value) as Json }
      : { ok: false, message: `There is no variable '${missing.name ?? ''}'.` };
  }

  private extend(activity: Activity): { activate(message: { content: Content }): void; deactivate(): void } | undefined {
    withoutDiscards(activity);
    const element = this.process.elements.get(activity.id);
    if (element === undefined) return undefined;
    if (worksByJob(element) || element.kind === 'business-rule-task' || element.kind === 'script-task')
      activity.behaviour['Service'] = this.serviceFor(element);
    const sends = (element.kind === 'throw-event' || element.kind === 'end-event') && element.job !== undefined;
    return { activate: ({ content }) => (sends ? this.holdUp(activity, content) : undefined), deactivate: () => undefined };
  }

  /** A service that waits for the scenario; a decision answers at once, as it does with us. */
  private serviceFor(element: Element): unknown {
    const enter = (content: Content, callback: (error: unknown) => void): void => {
      const chain = chainOf(content);
      if (element.kind === 'business-rule-task' && element.decision !== undefined) {
        const at = this.decisions.findIndex(({ elementId }) => elementId === element.id);
        const [decided] = at === -1 ? [] : this.decisions.splice(at, 1);
        this.finishElement(element, chain, { [element.decision.resultVariable]: decided?.output ?? null });
        return callback(null);
      }
      this.waitAt(element.id, {
        chain,
        complete: () => callback(null),
        fail: (code) => callback(Object.assign(new Error(code), { code })),
      });
    };
    return function Service(): unknown {
      return { type: 'alur', execute: ({ content }: { content: Content }, callback: (error: unknown) => void) => enter(content, callback) };
    };
  }

  /** A throwing event that a job performs waits in front of it; bpmn-engine itself would pass at once. */
  private holdUp(activity: Activity, content: Content): void {
    const done = `run.enter.${content.executionId}.done`;
    activity.broker.publish('format', `run.enter.${content.executionId}`, { endRoutingKey: done }, { persistent: false });
    this.waitAt(activity.id, {
      chain: chainOf(content),
      complete: () => activity.broker.publish('format', done, {}, { persistent: false }),
    });
  }

  private prepare(behaviour: Record<string, unknown>): void {
    // it would start every process of the diagram
    if (behaviour['$type'] === 'bpmn:Process' && behaviour['id'] !== this.process.id) behaviour['isExecutable'] = false;
    const element = this.process.elements.get(String(behaviour['id']));
    if (element === undefined) return;
    // with us a job sends the message, and a signal goes out of the instance: what comes back comes from the scenario
    const throws = element.kind === 'throw-event' || element.kind === 'end-event';
    if (throws && ['message', 'signal'].includes(element.trigger.type)) delete behaviour['eventDefinitions'];
  }

  private manualTimers(): unknown {
    const setTimeout = (callback: (...args: unknown[]) => void, _delay: number, ...args: unknown[]): (() => void) => {
      const id = (args[0] as { id?: string } | undefined)?.id ?? '';
      const fire = (): void => callback(...args);
      this.timers.set(id, [...(this.timers.get(id) ?? []), fire]);
      return fire;
    };
    const clearTimeout = (ref: unknown): void => {
      for (const [id, waiting] of this.timers)
        this.timers.set(
          id,
          waiting.filter((other) => other !== ref),
        );
    };
    return { executing: [], setTimeout, clearTimeout, register: () => ({ setTimeout, clearTimeout }) };
  }

  // ------------------------------------------------------------ what it tells us

  private hear(key: string, api: Api): void {
    const content = api?.content;
    if (content === undefined) return;
    if (key === 'flow.take') this.flows.push(content.id);
    const element = this.process.elements.get(content.id);
    if (element === undefined || element.kind === 'process') return;
    if (key === 'activity.enter' && ++this.entered > ENTER_LIMIT)
      throw new Error(`Expected the run to come to rest, but after ${ENTER_LIMIT} elements it goes on.`);
    if (key === 'activity.enter') this.active.set(content.executionId, element.id);
    if (key === 'activity.start') this.enterElement(element, chainOf(content));
    if (key === 'activity.wait') this.hearWait(element, api);
    if (key === 'activity.call') this.waitAt(element.id, { chain: chainOf(content), complete: () => api.signal(), fail: () => undefined });
    // whatever nobody has answered: sub-processes, gateways, start events, timers
    if (key === 'activity.execution.completed' && !this.finished.has(content.executionId))
      this.finishElement(element, chainOf(content), {});
    if (key === 'activity.end') this.completed.push(element.id);
    if (key === 'activity.leave' || key === 'activity.discard') this.forget(content.executionId);
  }

  /** An execution is over: nothing of it, and nothing inside it, waits any more. */
  private forget(executionId: string): void {
    this.active.delete(executionId);
    this.finished.delete(executionId);
    for (const [id, waiting] of this.work) {
      const left = waiting.filter(({ chain }) => !chain.includes(executionId));
      if (left.length < waiting.length) this.work.set(id, left);
    }
  }

  private hearWait(element: Element, api: Api): void {
    const trigger = 'trigger' in element ? element.trigger.type : undefined;
    if (element.kind === 'manual-task') return api.signal();
    if (element.kind === 'user-task' || trigger === 'message' || trigger === 'signal')
      this.waitAt(element.id, { chain: chainOf(api.content), complete: () => api.signal() });
  }

  private waitAt(id: string, waiting: Waiting): void {
    this.work.set(id, [...(this.work.get(id) ?? []), waiting]);
  }

  private fail(error: unknown): void {
    const problem = error as { message?: string; source?: { content?: { id?: string } } };
    this.failure ??= { at: problem.source?.content?.id ?? this.process.id, message: problem.message ?? String(error) };
  }

  // ------------------------------------------------------------ variables

  private enterElement(element: Element, chain: readonly string[]): void {
    for (const { source, target } of element.inputs) {
      const value = 'fixed' in source ? source.fixed : this.evaluate(source.expression, chain);
      const json =
        value !== null && typeof value === 'object' && 'ok' in value
          ? value.ok
            ? (value as { value: Json }).value
            : undefined
          : (value as Json);
      if (json !== undefined) this.write(target, json, { chain, set: (name, all) => this.scopes.setLocal(chain[0]!, name, all) });
    }
  }

  /** The result goes outwards: through the output mappings when there are some, else as it is. */
  private finishElement(element: Element, chain: readonly string[], result: Variables): void {
    const outer = chain.slice(1);
    this.finished.add(chain[0]!);
    if (element.outputs.length === 0) return this.setAll(outer, result);
    for (const [name, value] of Object.entries(result)) this.scopes.setLocal(chain[0]!, name, value);
    for (const { source, target } of element.outputs) {
      const value = 'fixed' in source ? { ok: true as const, value: source.fixed } : this.evaluate(source.expression, chain);
      if (value.ok) this.write(target, value.value, { chain: outer, set: (name, all) => this.scopes.set(outer, name, all) });
    }
  }

  private setAll(chain: readonly string[], variables: Variables): void {
    for (const [name, value] of Object.entries(variables)) this.scopes.set(chain, name, value);
  }

  /** `a.b.c`: the value goes into a copy of what `a` holds. */
  private write(path: readonly string[], value: Json, into: { chain: readonly string[]; set(name: string, value: Json): void }): void {
    const [root = '', ...rest] = path;
    into.set(root, nested(this.scopes.get(into.chain, root), rest, value));
  }
}

function nested(current: Json | undefined, path: readonly string[], value: Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const entries = current !== null && typeof current === 'object' && !Array.isArray(current) ? Object.entries(current) : [];
  const made = new Map<string, Json>(entries);
  made.set(first, nested(made.get(first), rest, value));
  return Object.fromEntries(made);
}

/** Executions from the inside out: the element, its scope, the scopes around it. The process itself is the root of the scopes. */
function chainOf({ executionId, parent }: Content): string[] {
  const around = parent === undefined ? [] : [parent, ...(parent.path ?? [])];
  return [executionId, ...around.map((scope) => scope.executionId)];
}

function worksByJob(element: Element): boolean {
  return (
    (element.kind === 'service-task' ||
      element.kind === 'send-task' ||
      element.kind === 'script-task' ||
      element.kind === 'business-rule-task') &&
    element.job !== undefined
  );
}

function isAround(element: Element | undefined): boolean {
  return element === undefined || element.kind === 'sub-process' || element.kind === 'boundary-event';
}
