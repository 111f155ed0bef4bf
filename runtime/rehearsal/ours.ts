/** One scenario on our own engine, in memory: `decide` directly, no store, no queue, no clock. */
import { decide } from '../../engine/index.ts';
import type { Library, Command, Event, InstanceState, Process, Variables, World } from '../../engine/index.ts';
import type { LooseStep, Scenario, ScenarioStep, Stimulus, Trace } from './rehearsal.ts';

export type OurRun =
  | { readonly ok: true; readonly trace: Trace; readonly stimuli: readonly Stimulus[]; readonly decisions: readonly Decided[] }
  | { readonly ok: false; readonly reason: string };

/** What a decision answered, in the order in which they were asked. */
export interface Decided {
  readonly elementId: string;
  readonly output: Variables[string];
}

const START = 1_767_225_600_000;
/** A scenario without end is a scenario with a fault. */
const STEP_LIMIT = 10_000;

/** Picks what happens next of what could happen; undefined ends the run. For random tests and for walking by hand. */
export type Choose = (possible: readonly ScenarioStep[]) => ScenarioStep | undefined;

export function runOurs(process: Process, scenario: Scenario, choose?: Choose, library?: Library): OurRun {
  const run = new Run(process, scenario, library);
  const fault = run.start(scenario.variables ?? {}) ?? run.answer();
  if (fault !== undefined) return { ok: false, reason: fault };
  for (const [index, step] of (scenario.steps ?? []).entries()) {
    const problem = run.loose(step) ?? run.answer();
    if (problem !== undefined) return { ok: false, reason: `Step ${index + 1}: ${problem}` };
  }
  const problem = choose === undefined ? undefined : run.walk(choose);
  if (problem !== undefined) return { ok: false, reason: problem };
  const stopped = run.stopped();
  if (stopped !== undefined) return { ok: false, reason: stopped };
  return { ok: true, trace: run.trace(), stimuli: run.stimuli, decisions: run.decisions };
}

/** A command without who and when. */
type Bare = Command extends infer C ? (C extends Command ? Omit<C, 'at' | 'by'> : never) : never;

class Run {
  readonly stimuli: Stimulus[] = [];
  readonly decisions: Decided[] = [];
  private readonly world: World;
  private readonly scenario: Scenario;
  private readonly elements = new Map<number, { readonly id: string; readonly body: boolean }>();
  private readonly incidents = new Map<number, string>();
  private readonly published: Extract<LooseStep, { do: 'publish' }>[] = [];
  private readonly completed: string[] = [];
  private readonly flows: string[] = [];
  private state: InstanceState | undefined;
  private ended = false;
  private at = START;

  constructor(process: Process, scenario: Scenario, library: Library | undefined) {
    this.scenario = scenario;
    const outputs = new Map(Object.entries(scenario.decisions ?? {}));
    this.world = {
      process,
      processKey: '1',
      processVersion: 1,
      zone: 'UTC',
      library: {
        decision: (id, binding) =>
          outputs.has(id)
            ? { key: '2', evaluate: () => ({ ok: true, output: outputs.get(id) ?? null, matchedRules: [], inputs: [] }) }
            : library?.decision(id, binding),
        form: () => ({ key: '3' }),
        process: () => ({ key: '4' }),
        resource: () => ({ key: '5' }),
      },
    };
  }

  start(variables: Variables): string | undefined {
    return this.send({ type: 'create-instance', instanceKey: String(1 << 20), variables });
  }

  /** Answers everything that the scenario answers by itself, until nothing of it waits. */
  answer(): string | undefined {
    const answers = new Map(Object.entries(this.scenario.answers ?? {}));
    for (let left = STEP_LIMIT; left > 0; left--) {
      const before = this.stimuli.length;
      const elementId = this.waitingForWork().find((id) => answers.has(id));
      const problem =
        elementId === undefined ? this.deliver() : this.step({ do: 'complete', elementId, variables: answers.get(elementId)! });
      if (problem !== undefined) return problem;
      if (this.stimuli.length === before) return undefined;
    }
    return `Expected the answers to lead somewhere, but after ${STEP_LIMIT} of them the case still asks.`;
  }

  /** A step of the scenario: as it is, or by type, name or time. */
  loose(step: ScenarioStep | LooseStep): string | undefined {
    if (step.do === 'advance') return this.advance(this.at + step.milliseconds);
    if (step.do === 'publish') {
      this.published.push(step);
      return this.deliver();
    }
    if (!('oneOf' in step)) return this.step(step);
    const { oneOf, ...rest } = step;
    const elementId = oneOf.find((id) => this.commandFor({ ...rest, elementId: id }) !== undefined) ?? oneOf.join(' or ');
    return this.step({ ...rest, elementId });
  }

  /** Fires what is due until then. Answers and messages come in between, as they would. */
  private advance(until: number): string | undefined {
    for (let left = STEP_LIMIT; left > 0; left--) {
      const due = [...(this.ended ? [] : this.state!.timers.values())]
        .filter(({ dueAt }) => dueAt <= until)
        .sort((a, b) => a.dueAt - b.dueAt)[0];
      if (due === undefined) break;
      const problem = this.step({ do: 'fire', elementId: due.element }) ?? this.answer();
      if (problem !== undefined) return problem;
    }
    this.at = Math.max(this.at, until);
    return undefined;
  }

  /** Gives kept messages to whoever waits for them by now. */
  private deliver(): string | undefined {
    for (const message of [...this.published]) {
      const waiting = this.ended
        ? undefined
        : [...this.state!.subscriptions.values()].find(({ name, kind }) => name === message.name && kind !== 'condition');
      if (waiting === undefined) continue;
      this.published.splice(this.published.indexOf(message), 1);
      const problem = this.step({ do: 'receive', elementId: waiting.element, variables: message.variables ?? {} });
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  step(step: ScenarioStep): string | undefined {
    const command = this.commandFor(step);
    if (command === undefined) return `Expected something to ${step.do} at '${step.elementId}', but nothing of the kind waits there.`;
    this.stimuli.push(step);
    return this.send(command);
  }

  /** The model or its data stopped us: that says nothing about the path. An error that nobody catches does, and tokens that are stuck do. */
  stopped(): string | undefined {
    const data = [...(this.state?.incidents.values() ?? [])].find(
      ({ kind, step }) => kind !== 'UNHANDLED_ERROR_EVENT' && step?.do !== 'stuck',
    );
    return this.ended || data === undefined
      ? undefined
      : (this.incidents.get(data.n) ?? `'${this.nameOf(data.el)}': it stops with an incident.`);
  }

  walk(choose: Choose): string | undefined {
    for (let left = STEP_LIMIT; left > 0; left--) {
      const possible = this.possible();
      const step = possible.length === 0 ? undefined : choose(possible);
      if (step === undefined) return undefined;
      const problem = this.step(step);
      if (problem !== undefined) return problem;
    }
    return `Expected the walk to end, but after ${STEP_LIMIT} steps it goes on.`;
  }

  /** Everything that could happen from outside now, in a fixed order. */
  private possible(): ScenarioStep[] {
    if (this.ended || this.state === undefined) return [];
    const work = this.waitingForWork().map((elementId): ScenarioStep => ({ do: 'complete', elementId }));
    const timers = [...this.state.timers.values()].map(({ element }): ScenarioStep => ({ do: 'fire', elementId: element }));
    const received = [...this.state.subscriptions.values()].map(({ element }): ScenarioStep => ({ do: 'receive', elementId: element }));
    return [...work, ...timers, ...received];
  }

  trace(): Trace {
    const incidents = [...(this.state?.incidents.values() ?? [])]
      .filter(({ step }) => step?.do !== 'stuck')
      .map(({ el }) => this.nameOf(el));
    const failed = !this.ended && incidents.length > 0;
    const at = failed ? incidents : this.ended ? [] : this.waiting();
    return {
      completed: this.completed,
      flows: this.flows,
      ended: this.ended ? 'completed' : failed ? 'failed' : 'waiting',
      at: [...at].sort(),
    };
  }

  private send(command: Bare): string | undefined {
    return this.command(command) ?? this.agree();
  }

  /** Listeners agree at once and change nothing: they move no token, and the other side has none. */
  private agree(): string | undefined {
    for (let left = STEP_LIMIT; left > 0; left--) {
      const asked = [...this.state!.jobs.values()].find(({ kind }) => kind === 'EXECUTION_LISTENER' || kind === 'TASK_LISTENER');
      if (this.ended || asked === undefined) return undefined;
      const problem = this.command({ type: 'complete-job', n: asked.n, variables: {} });
      if (problem !== undefined) return problem;
    }
    return `Expected the listeners to come to an end, but after ${STEP_LIMIT} of them there are more.`;
  }

  private command(command: Bare): string | undefined {
    this.at += 1000;
    const result = decide(this.world, this.state, { ...command, at: this.at, by: { id: 'rehearsal' } } as Command);
    if (!result.ok) return result.reason;
    this.state = result.state;
    for (const event of result.events) this.note(event);
    return undefined;
  }

  private note(event: Event): void {
    if (event.t === 'element-activated') this.elements.set(event.n, { id: event.element, body: event.body === true });
    else if (event.t === 'element-completed') this.noteCompleted(event.n);
    else if (event.t === 'incident-raised') this.incidents.set(event.n, `'${event.element}': ${event.message}`);
    else if (event.t === 'flow-taken') this.flows.push(event.flow);
    else if (event.t === 'decision-evaluated') this.decisions.push({ elementId: this.nameOf(event.el), output: event.output });
    else if (event.t === 'instance-completed' || event.t === 'instance-terminated') this.ended = true;
  }

  private noteCompleted(n: number): void {
    const element = this.elements.get(n);
    if (element !== undefined && !element.body && element.id !== this.world.process.id) this.completed.push(element.id);
  }

  private nameOf(n: number): string {
    return this.elements.get(n)?.id ?? this.world.process.id;
  }

  private commandFor(step: ScenarioStep): Bare | undefined {
    const { elementId } = step;
    const variables = 'variables' in step ? (step.variables ?? {}) : {};
    const job = [...this.state!.jobs.values()].find(({ el }) => this.nameOf(el) === elementId);
    const child = this.childAt(elementId);
    if (step.do === 'complete') {
      if (job !== undefined) return { type: 'complete-job', n: job.n, variables };
      const task = [...this.state!.tasks.values()].find(({ el }) => this.nameOf(el) === elementId);
      if (task !== undefined) return { type: 'complete-user-task', n: task.n, variables };
      return child === undefined ? undefined : { type: 'complete-child', n: child, variables };
    }
    if (step.do === 'error') {
      if (job !== undefined) return { type: 'throw-job-error', n: job.n, errorCode: step.code, variables };
      return child === undefined ? undefined : { type: 'propagate-from-child', n: child, kind: 'error', code: step.code, variables };
    }
    if (step.do === 'fire') {
      const timer = [...this.state!.timers.values()].find(({ element }) => element === elementId);
      if (timer === undefined) return undefined;
      this.at = Math.max(this.at, timer.dueAt);
      return { type: 'fire-timer', n: timer.n };
    }
    return this.receive(elementId, variables);
  }

  private receive(elementId: string, variables: Variables): Bare | undefined {
    const subscription = [...this.state!.subscriptions.values()].find(({ element }) => element === elementId);
    if (subscription === undefined || subscription.kind === 'condition') return undefined;
    if (subscription.kind === 'signal') return { type: 'trigger-signal', n: subscription.n, variables };
    return { type: 'correlate-message', n: subscription.n, messageKey: '5', variables };
  }

  private childAt(elementId: string): number | undefined {
    if (this.world.process.elements.get(elementId)?.kind !== 'call-activity') return undefined;
    return [...this.state!.elements.values()].find(({ element, body }) => element === elementId && body === undefined)?.n;
  }

  private waitingForWork(): string[] {
    const { jobs, tasks, elements } = this.state!;
    if (this.ended) return [];
    const calls = [...elements.values()]
      .filter(({ element }) => this.world.process.elements.get(element)?.kind === 'call-activity')
      .map(({ element }) => element);
    return [...[...jobs.values(), ...tasks.values()].map(({ el }) => this.nameOf(el)), ...calls];
  }

  /** Elements that are entered and not left, without scopes. */
  private waiting(): string[] {
    const { elements } = this.world.process;
    return [...this.state!.elements.values()].map(({ element }) => element).filter((id) => !isAround(elements.get(id)?.kind));
  }
}

function isAround(kind: string | undefined): boolean {
  return kind === 'process' || kind === 'sub-process';
}
