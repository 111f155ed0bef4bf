import { compileExpression, scopeOf, toJson } from '../../engine/feel/index.ts';
import type { Expression } from '../../engine/feel/index.ts';
import { valueAt } from './paths.ts';
import type { FormComponent, Path, Values } from './schema.ts';

export interface Conditions {
  readonly isHidden: (component: FormComponent, parent: Path) => boolean;
  readonly evaluate: (expression: string, parent: Path) => unknown;
}

const zone = 'Asia/Jakarta';
/** a form asks for the same few expressions at every key press */
const compiled = new Map<string, Expression | undefined>();
const cacheLimit = 500;

function expressionOf(text: string): Expression | undefined {
  const source = text.replace(/^=/, '');
  if (!compiled.has(source)) {
    if (compiled.size >= cacheLimit) compiled.clear();
    const result = compileExpression(source, { budget: 100_000 });
    compiled.set(source, result.ok ? result.expression : undefined);
  }
  return compiled.get(source);
}

/** What an expression at this place may read: everything at the top, the names around it, and `this` and `parent`, as form-js has it. */
function namesAt(values: Values, parent: Path): Readonly<Record<string, unknown>> {
  const here = parent.length === 0 ? values : valueAt(values, parent);
  const outer = parent.slice(0, -1);
  const above = outer.length === 0 ? values : valueAt(values, outer);
  const local = typeof here === 'object' && here !== null && !Array.isArray(here) ? here : {};
  return { ...values, ...local, this: local, parent: above };
}

/** The FEEL of a form over the answers so far. What cannot be told hides nothing and leaves texts empty. */
export function conditionsOf(values: Values): Conditions {
  const evaluate = (expression: string, parent: Path): unknown => {
    const result = expressionOf(expression)?.evaluate(scopeOf(namesAt(values, parent)), { now: Date.now(), zone });
    return result?.ok ? toJson(result.value) : undefined;
  };
  const isHidden = ({ conditional }: FormComponent, parent: Path): boolean =>
    Boolean(conditional?.hide) && evaluate(conditional?.hide ?? '', parent) === true;
  return { isHidden, evaluate };
}
