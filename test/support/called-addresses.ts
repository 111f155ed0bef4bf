/**
 * Which addresses the tests call, read off their sources: `('GET', '/api/v1/x')`, `['GET', '/x']`, and texts like `GET /x`. What a template puts in
 * is looked up where a constant of the same file says it, and is otherwise one segment, told as a star.
 */
import ts from 'typescript';

const METHOD = /^(GET|POST|PUT|PATCH|DELETE)$/;
const CALL = /^(GET|POST|PUT|PATCH|DELETE) \/\S/;

/** `GET /v2/jobs/…` and the like, without what stands behind a `?` (several segments as they come) */
export function calledIn(file: string, source: string): readonly string[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(parsed);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...callsAt(node, constants));
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found.map((call) => call.split('?')[0] ?? call);
}

type Constants = ReadonlyMap<string, ts.Expression>;

function constantsOf(parsed: ts.SourceFile): Constants {
  const found = new Map<string, ts.Expression>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) found.set(node.name.text, node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

function callsAt(node: ts.Node, constants: Constants): readonly string[] {
  if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name)) return [node.name.text].filter((text) => CALL.test(text));
  const list = ts.isCallExpression(node) ? node.arguments : ts.isArrayLiteralExpression(node) ? node.elements : undefined;
  const texts = [...(list ?? [])].map((one) => textOf(one, constants) ?? '');
  const pairs = texts.slice(1).flatMap((path, at) => (METHOD.test(texts[at] ?? '') ? [`${texts[at] ?? ''} ${path}`] : []));
  return [...texts, ...pairs].filter((text) => CALL.test(text));
}

/** Text of an expression, `*` for what is only known when it runs. Constants of constants are followed a few times. */
function textOf(expression: ts.Expression, constants: Constants, depth = 0): string | undefined {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isAsExpression(expression)) return textOf(expression.expression, constants, depth);
  if (ts.isArrowFunction(expression) && !ts.isBlock(expression.body)) return textOf(expression.body, constants, depth);
  if (ts.isTemplateExpression(expression)) return templateText(expression, constants, depth);
  const name = ts.isCallExpression(expression) ? expression.expression : expression;
  const meant = ts.isIdentifier(name) && depth < 4 ? constants.get(name.text) : undefined;
  return meant && textOf(meant, constants, depth + 1);
}

function templateText({ head, templateSpans }: ts.TemplateExpression, constants: Constants, depth: number): string {
  const inside = (one: ts.Expression): string => (depth < 4 && textOf(one, constants, depth + 1)) || '*';
  return head.text + templateSpans.map(({ expression, literal }) => inside(expression) + literal.text).join('');
}
