import { compileExpression, scopeOf, toJson } from '../engine/feel/index.ts';
import { valueAt } from './paths.ts';
import type { FormField, Path, Values } from './schema.ts';

const ZONE = 'Asia/Jakarta';
const BUDGET = 100_000;

/** The FEEL of a form over its answers. What cannot be told hides nothing. */
export function conditionsOf(values: Values, now: number) {
  const evaluate = (text: string, parent: Path): unknown => {
    const compiled = compileExpression(text.replace(/^=/, ''), { budget: BUDGET });
    if (!compiled.ok) return undefined;
    const result = compiled.expression.evaluate(scopeOf(namesAt(values, parent)), { now, zone: ZONE });
    return result.ok ? toJson(result.value) : undefined;
  };
  const isHidden = ({ conditional }: FormField, parent: Path): boolean =>
    typeof conditional?.hide === 'string' && evaluate(conditional.hide, parent) === true;
  return { evaluate, isHidden };
}

/** Everything at the top, the names around the field, and `this` and `parent`, as form-js has it. */
function namesAt(values: Values, parent: Path): Values {
  const here = parent.length === 0 ? values : valueAt(values, parent);
  const above = valueAt(values, parent.slice(0, -1));
  const local = typeof here === 'object' && here !== null && !Array.isArray(here) ? here : {};
  return { ...values, ...local, this: local, parent: above ?? null };
}
