/** What the parts of the compiler share while they read one diagram: the problems found so far and how to read a value. */
import { compileExpression } from '../feel/index.ts';
import type { Expression } from '../feel/index.ts';
import type { Value } from '../process.ts';
import type { Problem } from '../problem.ts';
import { idOf, text } from './node.ts';
import type { Node } from './node.ts';

export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export class Context {
  readonly problems: Problem[] = [];

  error(node: Node, complaint: Complaint): void {
    this.problems.push({ ...placeOf(node), ...complaint, severity: 'error' });
  }

  warn(node: Node, complaint: Complaint): void {
    this.problems.push({ ...placeOf(node), ...complaint, severity: 'warning' });
  }

  /** FEEL without the leading `=`. Never fails: what does not compile is a problem, and a stand-in is used that nobody will ever run. */
  expression(node: Node, source: string, what: string): Expression {
    const compiled = compileExpression(source);
    // `camunda` is known to every expression: a secret would silently be null
    if (/\bcamunda\s*\.\s*secrets\b/.test(source))
      this.error(node, {
        code: 'SECRET_REFERENCE',
        message: `Expected the ${what} to read no secret, because secrets are no values of a case, but '${shortened(source)}' does.`,
        hint: "Keep it as a credential of the agency's connection: calls are made with it.",
      });
    if (compiled.ok) return compiled.expression;
    const { message, position } = compiled.problem;
    this.error(node, {
      code: 'EXPRESSION_SYNTAX',
      message: `Expected the ${what} to be a FEEL expression, but '${shortened(source)}' is not, at character ${position + 1}: ${message}`,
      hint: 'Correct the expression.',
    });
    return NEVER_RUN;
  }

  /** An attribute that is a fixed text or, with a leading `=`, FEEL. */
  value(node: Node, source: string, what: string): Value {
    const trimmed = source.trimStart();
    return trimmed.startsWith('=') ? { expression: this.expression(node, trimmed.slice(1), what) } : { fixed: source };
  }

  optional(node: Node, source: string | undefined, what: string): Value | undefined {
    return source === undefined ? undefined : this.value(node, source, what);
  }

  /** An expression where BPMN demands one: a condition. The `=` in front may be missing, as in plain BPMN. */
  condition(node: Node, source: string, what: string): Expression {
    return this.expression(node, source.trim().replace(/^=/, ''), what);
  }
}

/** Stands where an expression did not compile; the diagram is refused anyway. */
const NEVER_RUN = nullExpression();

function nullExpression(): Expression {
  const compiled = compileExpression('null');
  if (!compiled.ok) throw new Error(`Expected 'null' to compile, but: ${compiled.problem.message}`);
  return compiled.expression;
}

function placeOf(node: Node): { readonly elementId?: string; readonly elementName?: string } {
  const name = text(node, 'name');
  return { ...(idOf(node) !== '' && { elementId: idOf(node) }), ...(name !== undefined && { elementName: name }) };
}

function shortened(source: string): string {
  return source.length > 80 ? `${source.slice(0, 80)}…` : source;
}
