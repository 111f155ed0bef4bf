/**
 * given a diagram, when commands, then what has happened. Every command is checked against law 1: the state must be the fold of all events,
 * and must survive serialize → parse. So each engine test is a replay test too.
 */
import { compile, decide, evolve, parse, serialize } from '../../engine/index.ts';
import type {
  Command,
  CommandOf,
  CommandType,
  Decision,
  Event,
  EventType,
  InstanceState,
  Library,
  Process,
  Rejection,
  Variables,
  World,
} from '../../engine/index.ts';

export const NOBODY: Library = { decision: () => undefined, form: () => undefined, process: () => undefined };
export const T0 = Date.UTC(2026, 0, 5, 8, 0, 0);

type Plain<T extends CommandType> = Omit<CommandOf<T>, 'type' | 'at' | 'by'>;

export async function compiled(xml: string): Promise<Process> {
  const result = await compile(xml);
  if (!result.ok)
    throw new Error(result.problems.map((problem) => `${problem.code} ${problem.elementId ?? ''}: ${problem.message}`).join('\n'));
  const [process] = result.processes;
  if (process === undefined) throw new Error('no process');
  return process;
}

export async function given(xml: string, library: Partial<Library> = {}): Promise<Story> {
  return new Story(await compiled(xml), { ...NOBODY, ...library });
}

export class Story {
  /** what the next command finds; a test may change it between commands */
  world: World;
  readonly events: Event[] = [];
  at = T0;
  state: InstanceState | undefined;
  last: Decision | undefined;
  #fold: InstanceState | undefined;

  constructor(process: Process, library: Library) {
    this.world = { process, processKey: '1', processVersion: 1, library, zone: 'Asia/Jakarta' };
  }

  /** Does a command; throws when it is rejected. */
  when<T extends CommandType>(type: T, fields: Plain<T>, world: World = this.world): this {
    const rejected = this.rejected(type, fields, world);
    if (rejected) throw new Error(`rejected: ${rejected.kind} ${rejected.reason}`);
    return this;
  }

  /** Does a command that may be rejected; answers the rejection. */
  rejected<T extends CommandType>(type: T, fields: Plain<T>, world: World = this.world): Rejection | undefined {
    const before = this.state && serialize(this.state);
    this.last = decide(world, this.state, { type, ...fields, at: this.at, by: { id: 'tester' } } as unknown as Command);
    if (!this.last.ok) {
      if (this.state && serialize(this.state) !== before) throw new Error('a rejection has changed the state');
      return this.last;
    }
    this.state = this.last.state;
    for (const event of this.last.events) this.events.push(event);
    this.#checkFold(this.last.events);
    return undefined;
  }

  #checkFold(events: readonly Event[]): void {
    for (const event of JSON.parse(JSON.stringify(events)) as Event[]) this.#fold = evolve(this.#fold, event);
    const text = serialize(this.#now());
    if (this.#fold === undefined || serialize(this.#fold) !== text) throw new Error('the state is not the fold of the events');
    if (serialize(parse(text)) !== text) throw new Error('the state does not survive serialize and parse');
    // go on with what was read back, so that nothing that is not in the text can matter
    this.state = parse(text);
  }

  #now(): InstanceState {
    if (this.state === undefined) throw new Error('the instance has not been started');
    return this.state;
  }

  // ------------------------------------------------------------ when

  start(variables: Variables = {}, more: Partial<Plain<'create-instance'>> = {}): this {
    return this.when('create-instance', { instanceKey: '1048576', variables, ...more });
  }

  completeJob(elementId: string, variables: Variables = {}, result?: Plain<'complete-job'>['result']): this {
    return this.when('complete-job', { n: this.job(elementId), variables, ...(result && { result }) });
  }

  throwError(elementId: string, errorCode: string, variables: Variables = {}): this {
    return this.when('throw-job-error', { n: this.job(elementId), errorCode, variables });
  }

  completeTask(elementId: string, variables: Variables = {}): this {
    return this.when('complete-user-task', { n: this.task(elementId), variables });
  }

  /** Lets time pass until the timer of this event element is due, and fires it. */
  fire(elementId: string): this {
    const timer = this.timer(elementId);
    this.at = Math.max(this.at, timer.dueAt);
    return this.when('fire-timer', { n: timer.n });
  }

  message(name: string, variables: Variables = {}): this {
    return this.when('correlate-message', { n: this.subscription(name), messageKey: '7', variables });
  }

  signal(name: string, variables: Variables = {}): this {
    return this.when('trigger-signal', { n: this.subscription(name), variables });
  }

  // ------------------------------------------------------------ then

  /** The first open thing of this element; throws when there is none. */
  job(elementId: string): number {
    return this.#first(
      [...this.#now().jobs.values()].filter((job) => this.#elementOf(job.el) === elementId),
      `job of '${elementId}'`,
    ).n;
  }

  task(elementId: string): number {
    return this.#first(
      [...this.#now().tasks.values()].filter((task) => this.#elementOf(task.el) === elementId),
      `user task '${elementId}'`,
    ).n;
  }

  timer(elementId: string) {
    return this.#first(
      [...this.#now().timers.values()].filter((timer) => timer.element === elementId),
      `timer of '${elementId}'`,
    );
  }

  subscription(name: string): number {
    return this.#first(
      [...this.#now().subscriptions.values()].filter((wait) => wait.name === name),
      `subscription to '${name}'`,
    ).n;
  }

  incident() {
    const raised = this.of('incident-raised').filter((event) => this.#now().incidents.has(event.n));
    return this.#first(raised, 'incident');
  }

  /** Ids of the active elements, sorted; bodies and the process left out. */
  active(): readonly string[] {
    return [...this.#now().elements.values()]
      .filter((instance) => instance.n > 0 && !instance.body)
      .map((instance) => instance.element)
      .sort();
  }

  instance(elementId: string): number {
    return this.#first(
      [...this.#now().elements.values()].filter((instance) => instance.element === elementId && !instance.body),
      `instance of '${elementId}'`,
    ).n;
  }

  /** Ids of the elements that were completed, in order, runs and bodies alike. */
  completed(): readonly string[] {
    return this.#ended('element-completed');
  }

  terminated(): readonly string[] {
    return this.#ended('element-terminated');
  }

  get status(): InstanceState['status'] {
    return this.#now().status;
  }

  /** Variables of the process as they were last, also after its end. */
  variables(): Variables {
    return Object.fromEntries(
      this.of('variable-set')
        .filter((event) => event.scope === 0)
        .map((event) => [event.name, event.value]),
    );
  }

  of<T extends EventType>(type: T): readonly Extract<Event, { readonly t: T }>[] {
    return this.events.filter((event): event is Extract<Event, { readonly t: T }> => event.t === type);
  }

  lastEvents(): readonly Event[] {
    return this.last?.ok ? this.last.events : [];
  }

  #ended(type: 'element-completed' | 'element-terminated'): readonly string[] {
    const names = new Map(this.of('element-activated').map((event) => [event.n, event.element]));
    return this.of(type).map((event) => names.get(event.n) ?? '?');
  }

  #elementOf(n: number): string {
    return this.#now().elements.get(n)?.element ?? '?';
  }

  #first<T>(found: readonly T[], what: string): T {
    const [first] = found;
    if (first === undefined)
      throw new Error(
        `Expected a ${what}, but there is none. Active: ${this.active().join(', ')}; incidents: ${this.of('incident-raised')
          .map((event) => event.message)
          .join(' | ')}`,
      );
    return first;
  }
}
