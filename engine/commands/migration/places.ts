/** In which scope each element instance goes on. Sub-processes that the target has and the instance has not are made. */
import { elementOf } from '../../process.ts';
import type { ElementInstance } from '../../state.ts';
import type { ElementId } from '../../terms.ts';
import { isEmbedded } from './elements.ts';
import type { Moving } from './moving.ts';

/** A scope to make; its number is negative until it is. */
export interface Made {
  readonly n: number;
  readonly element: ElementId;
  readonly scope: number;
}

export class Places {
  readonly made: Made[] = [];
  readonly #moving: Moving;
  readonly #scopes = new Map<number, number>();
  /** what stays, by target element; without the bodies of repeated activities */
  readonly #kept = new Map<ElementId, number[]>();

  constructor(moving: Moving) {
    this.#moving = moving;
    for (const instance of moving.run.state.elements.values()) {
      if (instance.body || instance.draining || moving.dissolved.has(instance.n)) continue;
      const to = moving.to(instance.element);
      this.#kept.set(to, [...(this.#kept.get(to) ?? []), instance.n]);
    }
  }

  /** Number of the scope around element instance `n`. */
  scopeOf(n: number): number {
    const known = this.#scopes.get(n);
    if (known !== undefined) return known;
    const instance = this.#moving.run.instance(n);
    const isRun = instance.loop !== undefined || n === 0;
    const scope = isRun
      ? instance.scope
      : this.under(instance.scope, { wanted: this.#moving.aimOf(instance).parent, who: instance.element });
    this.#scopes.set(n, scope);
    return scope;
  }

  /** The instance of scope `wanted` for somebody who was in scope `from`: out of what no longer contains him, then into what does. */
  under(from: number, { wanted, who }: { readonly wanted: ElementId; readonly who: ElementId }): number {
    const { run } = this.#moving;
    let at = this.#moving.keptAround(from);
    for (; !this.#contains(this.#elementAt(at), wanted); at = this.#moving.keptAround(run.instance(at).scope)) {
      const problem = this.#isShut(run.instance(at));
      if (problem) return this.#refuse(who, `it would have to leave the ${problem}`);
    }
    for (const id of this.#wayDown(this.#elementAt(at), wanted)) at = this.#inside(at, id, who);
    return at;
  }

  #elementAt(n: number): ElementId {
    return n < 0 ? (this.made[-n - 1]?.element ?? '') : this.#moving.to(this.#moving.run.instance(n).element);
  }

  #contains(outer: ElementId, inner: ElementId): boolean {
    const { target } = this.#moving;
    for (let id = inner; ; id = elementOf(target, id).parent) {
      if (id === outer) return true;
      if (id === target.id) return false;
    }
  }

  /** Ids of the scopes from `outer` (without it) to `inner`. */
  #wayDown(outer: ElementId, inner: ElementId): readonly ElementId[] {
    const ids: ElementId[] = [];
    for (let id = inner; id !== outer; id = elementOf(this.#moving.target, id).parent) ids.unshift(id);
    return ids;
  }

  #isShut(instance: ElementInstance): string | undefined {
    const { kind } = this.#moving.aimOf(instance);
    if (instance.body || instance.loop !== undefined) return `repeated activity '${instance.element}'`;
    return isEmbedded(this.#moving.aimOf(instance)) ? undefined : `${kind} '${instance.element}'`;
  }

  #inside(at: number, id: ElementId, who: ElementId): number {
    const active = (this.#kept.get(id) ?? []).filter((n) => this.scopeOf(n) === at);
    const [found, ...more] = active;
    if (more.length > 0) return this.#refuse(who, `'${id}', which it would be in, is active several times`);
    const known = found ?? this.made.find(({ element, scope }) => element === id && scope === at)?.n;
    if (known !== undefined) return known;
    const element = elementOf(this.#moving.target, id);
    if (!isEmbedded(element) || element.loop)
      return this.#refuse(who, `it would be in the ${element.loop ? 'repeated ' : ''}${element.kind} '${id}', which is not active`);
    this.made.push({ n: -this.made.length - 1, element: id, scope: at });
    return -this.made.length;
  }

  #refuse(who: ElementId, why: string): number {
    this.#moving.refuse(`'${who}' to '${this.#moving.to(who)}'`, why);
    return 0;
  }
}

/** A scope that loses everything to other scopes would never end. */
export function refuseEmptied(moving: Moving, places: Places, tokens: readonly { readonly scope: number }[]): void {
  const { elements } = moving.run.state;
  const full = new Set(tokens.map(({ scope }) => scope));
  for (const { n } of elements.values()) if (n > 0 && !moving.dissolved.has(n)) full.add(places.scopeOf(n));
  for (const { scope } of places.made) full.add(scope);
  for (const { n, element, children, tokens: waiting } of elements.values()) {
    const had = (children?.size ?? 0) + (waiting?.size ?? 0) > 0;
    if (had && !moving.dissolved.has(n) && !full.has(n)) moving.refuse(`everything that is in '${element}'`, 'nothing would be left in it');
  }
}
