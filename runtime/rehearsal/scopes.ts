import type { Json, Variables } from '../../engine/index.ts';

/** Variables by scope, for the second implementation, which has no scopes of its own. A chain goes from the inside out. */
export class Scopes {
  private readonly root = new Map<string, Json>();
  private readonly scopes = new Map<string, Map<string, Json>>();

  constructor(variables: Variables) {
    for (const [name, value] of Object.entries(variables)) this.root.set(name, value);
  }

  get(chain: readonly string[], name: string): Json | undefined {
    for (const id of chain) {
      const value = this.scopes.get(id)?.get(name);
      if (value !== undefined) return value;
    }
    return this.root.get(name);
  }

  setLocal(id: string, name: string, value: Json): void {
    const scope = this.scopes.get(id) ?? new Map<string, Json>();
    scope.set(name, value);
    this.scopes.set(id, scope);
  }

  /** Where the name exists, from the inside out; else outermost. */
  set(chain: readonly string[], name: string, value: Json): void {
    for (const id of chain) {
      const scope = this.scopes.get(id);
      if (scope?.has(name)) {
        scope.set(name, value);
        return;
      }
    }
    this.root.set(name, value);
  }
}
