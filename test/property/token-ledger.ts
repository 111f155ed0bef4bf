/**
 * The law of the tokens (docs/SPEC.md T9), kept as a book of its own beside the machine: it reads the events of an instance and the
 * diagram, nothing else. Every token that moves is paid for by one that was there; whoever breaks the law is named.
 */
import { elementOf } from '../../engine/process.ts';
import type { Element, Process } from '../../engine/process.ts';
import type { Event } from '../../engine/index.ts';

interface Entry {
  readonly n: number;
  readonly element: Element;
  readonly scope: number;
  readonly body: boolean;
  readonly loop: number | undefined;
  /** a complex gateway that has absorbed late tokens: it may leave by none */
  readonly resets: boolean;
  /** tokens that wait at joins of this scope, by flow */
  readonly waiting: Map<string, number>;
  children: number;
}

/** What an element instance owes since it has completed. */
interface Debt {
  readonly of: Entry;
  readonly taken: string[];
}

export class TokenLedger {
  readonly #process: Process;
  readonly #entries = new Map<number, Entry>();
  /** a flow was taken and its target has to be activated next */
  #due: { readonly scope: number; readonly element: string } | undefined;
  #debt: Debt | undefined;
  #ended = false;
  /** complex gateways that were just reset: scope and id */
  readonly #reset = new Set<string>();

  constructor(process: Process) {
    this.#process = process;
    this.#entries.set(0, this.#entry({ n: 0, element: process.id, scope: -1 }));
  }

  /** `byHand`: an operator may put tokens anywhere in this command. Throws a sentence when the law is broken. */
  book(events: readonly Event[], byHand = false): void {
    for (const event of events) this.#one(event, byHand);
    this.#settleDebt();
    if (this.#due) throw new Error(`The token on its way to '${this.#due.element}' was lost.`);
  }

  /** Tokens that exist: active element instances that are no scopes' frames, and tokens waiting at joins. */
  get alive(): number {
    return this.#ended ? 0 : this.#entries.size - 1 + [...this.#entries.values()].reduce((sum, entry) => sum + sumOf(entry.waiting), 0);
  }

  #entry(of: { n: number; element: string; scope: number; body?: true; loop?: number }): Entry {
    const { n, scope, body, loop } = of;
    return {
      n,
      scope,
      loop,
      resets: this.#reset.delete(`${scope} ${of.element}`),
      body: body === true,
      element: elementOf(this.#process, of.element),
      waiting: new Map(),
      children: 0,
    };
  }

  #one(event: Event, byHand: boolean): void {
    if (this.#ended) throw new Error(`'${event.t}' happened after the end.`);
    if (event.t === 'flow-taken') return this.#flow(event);
    if (event.t === 'element-activated') return this.#activated(event, byHand);
    if (event.t === 'element-completed') return this.#completed(event.n);
    if (event.t === 'element-terminated') return void this.#gone(event.n);
    if (event.t === 'internal' && event.what === 'reset') this.#reset.add(`${String(event['n'])} ${String(event['gateway'])}`);
    if (event.t === 'internal' && event.what === 'draining') this.#of(event['n'] as number).waiting.clear();
    if (event.t === 'instance-completed') this.#finished();
    if (event.t === 'instance-terminated') this.#end();
  }

  #flow({ flow, scope, waitsAt }: Extract<Event, { t: 'flow-taken' }>): void {
    const { target, source } = this.#process.flows.get(flow)!;
    if (this.#debt?.of.element.id !== source || this.#debt.of.scope !== scope)
      throw new Error(`Flow '${flow}' was taken, but '${source}' had not just completed there.`);
    this.#debt.taken.push(flow);
    if (waitsAt === undefined) {
      if (isJoin(elementOf(this.#process, target))) throw new Error(`A token passed the join '${target}' without waiting.`);
      this.#due = { scope, element: target };
      return;
    }
    if (waitsAt !== target || !isJoin(elementOf(this.#process, target)))
      throw new Error(`A token on '${flow}' waits at '${waitsAt}', which is no join.`);
    const { waiting } = this.#of(scope);
    waiting.set(flow, (waiting.get(flow) ?? 0) + 1);
  }

  #activated(event: Extract<Event, { t: 'element-activated' }>, byHand: boolean): void {
    const entry = this.#entry(event);
    const parent = this.#of(event.scope);
    if (this.#due) {
      if (this.#due.element !== event.element || this.#due.scope !== event.scope)
        throw new Error(`The token was on its way to '${this.#due.element}', but '${event.element}' was activated.`);
      this.#due = undefined;
    } else if (event.takes) this.#take(parent, entry.element, event.takes);
    else {
      if (this.#debt && entry.element.kind !== 'catch-event') this.#settleDebt();
      if (!byHand && !this.#mayAppear(entry, parent)) throw new Error(`'${event.element}' was activated, but no token came there.`);
    }
    parent.children++;
    this.#entries.set(event.n, entry);
  }

  #take(scope: Entry, gateway: Element, flows: readonly string[]): void {
    const all = gateway.incoming.map(({ id }) => id);
    if (gateway.kind === 'parallel-gateway' && flows.length !== all.length)
      throw new Error(`The parallel join '${gateway.id}' went on with ${flows.length} of ${all.length} tokens.`);
    if (flows.length === 0 || new Set(flows).size !== flows.length || !flows.every((id) => all.includes(id)))
      throw new Error(`The join '${gateway.id}' took tokens that are not its own: ${flows.join(', ')}.`);
    for (const flow of flows) {
      const there = scope.waiting.get(flow) ?? 0;
      if (there === 0) throw new Error(`The join '${gateway.id}' took a token on '${flow}', but none was there.`);
      if (there === 1) scope.waiting.delete(flow);
      else scope.waiting.set(flow, there - 1);
    }
  }

  /** What begins without a flow: with its scope, by an event, a loop, a link, a worker's decision, or to undo something. */
  #mayAppear({ element, loop }: Entry, parent: Entry): boolean {
    if (loop !== undefined) return parent.body && parent.element.id === element.id;
    if (element.kind === 'start-event' || element.kind === 'boundary-event' || element.kind === 'event-sub-process') return true;
    if (element.kind === 'catch-event' && element.trigger.type === 'link') return this.#followsLink(element.trigger.name);
    if (element.forCompensation || parent.element.kind === 'ad-hoc-sub-process') return true;
    return parent.n === 0 && element.incoming.length === 0;
  }

  #followsLink(name: string): boolean {
    const thrower = this.#debt?.of.element;
    const follows = thrower?.kind === 'throw-event' && thrower.trigger.type === 'link' && thrower.trigger.name === name;
    if (follows) this.#debt = undefined;
    return follows;
  }

  #completed(n: number): void {
    this.#settleDebt();
    const entry = this.#gone(n);
    this.#debt = { of: entry, taken: [] };
    if (entry.children > 0 || entry.waiting.size > 0)
      throw new Error(
        `'${entry.element.id}' completed with ${entry.children} element instances and ${sumOf(entry.waiting)} waiting tokens in it.`,
      );
  }

  #gone(n: number): Entry {
    if (this.#due) throw new Error(`The token on its way to '${this.#due.element}' was lost.`);
    const entry = this.#of(n);
    if (entry.children > 0) throw new Error(`'${entry.element.id}' ended before the ${entry.children} element instances in it.`);
    this.#entries.delete(n);
    this.#of(entry.scope).children--;
    return entry;
  }

  /** The completed one has left by as many flows as its kind says. */
  #settleDebt(): void {
    const { of: entry, taken } = this.#debt ?? {};
    this.#debt = undefined;
    if (entry === undefined || taken === undefined) return;
    const wrong = leavesWrongly(entry, taken);
    if (wrong) throw new Error(`'${entry.element.id}' (${entry.element.kind}) left by [${taken.join(', ')}]: ${wrong}.`);
  }

  #finished(): void {
    this.#settleDebt();
    const root = this.#of(0);
    if (root.children > 0 || root.waiting.size > 0)
      throw new Error(`The instance completed with ${root.children} element instances and ${sumOf(root.waiting)} waiting tokens in it.`);
    this.#end();
  }

  #end(): void {
    if (this.#of(0).children > 0) throw new Error(`The instance ended before the ${this.#of(0).children} element instances in it.`);
    this.#ended = true;
  }

  #of(n: number): Entry {
    const entry = this.#entries.get(n);
    if (entry === undefined) throw new Error(`Element instance ${n} does not exist (any more).`);
    return entry;
  }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function isJoin({ kind, incoming }: Element): boolean {
  return incoming.length > 1 && (kind === 'parallel-gateway' || kind === 'inclusive-gateway' || kind === 'complex-gateway');
}

function leavesWrongly({ element, loop, body, resets }: Entry, taken: readonly string[]): string | undefined {
  const { outgoing, defaultFlow } = element;
  if (new Set(taken).size !== taken.length) return 'one of them twice';
  if (loop !== undefined && !body) return taken.length > 0 ? 'the whole activity leaves, not one of its runs' : undefined;
  if (outgoing.length === 0) return undefined;
  const always = outgoing.filter(({ id, condition }) => condition === undefined && id !== defaultFlow).map(({ id }) => id);
  switch (element.kind) {
    case 'exclusive-gateway':
    case 'event-based-gateway':
      return taken.length === 1 ? undefined : 'it leaves by exactly one';
    case 'parallel-gateway':
      return taken.length === outgoing.length ? undefined : 'it leaves by all';
    case 'complex-gateway':
      return taken.length > 0 || resets ? undefined : 'it leaves by one at least';
    case 'inclusive-gateway':
      return taken.length > 0 ? undefined : 'it leaves by one at least';
    default:
      return always.every((id) => taken.includes(id)) ? undefined : 'what has no condition is always taken';
  }
}
