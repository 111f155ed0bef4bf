import type { InstanceState } from '../state.ts';
import type { Json, Variables } from '../terms.ts';

/** Variables that the element instance `n` sees: its own and those of every scope around it, inner ones first. */
export function visibleVariables(state: InstanceState, n: number): Variables {
  const seen = Object.create(null) as Record<string, Json>;
  for (let at: number | undefined = n; at !== undefined && at >= 0; at = state.elements.get(at)?.scope) {
    for (const [name, variable] of state.variables.get(at) ?? []) if (!(name in seen)) seen[name] = variable.value;
  }
  return seen;
}

/** Variables of exactly this scope. */
export function localVariables(state: InstanceState, n: number): Variables {
  const own = Object.create(null) as Record<string, Json>;
  for (const [name, variable] of state.variables.get(n) ?? []) own[name] = variable.value;
  return own;
}
