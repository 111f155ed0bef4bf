/** docs/SPEC.md, the titles of the tests and the coverage tables as data, and what does not fit between them. Pure: texts in, findings out. */
import ts from 'typescript';

/** `M3`, `RT12`, or `V2-7` where the prefix itself ends in a digit. */
const ID = String.raw`[A-Z]+(?:\d+-)?\d+`;
const RULE = new RegExp(String.raw`^- \*\*(${ID})\*\* `, 'gm');
const TITLE = new RegExp(String.raw`^['"\`]\[(${ID})\] `);

export interface Title {
  /** `test/engine/x.test.ts:12` */
  readonly place: string;
  readonly id: string | undefined;
  /** as it stands in the source, without its quotes: `%s` and `${…}` stay */
  readonly text: string;
  /** texts, numbers and names of properties that stand in its file: what may fill a `%s` */
  readonly words: ReadonlySet<string>;
}

export interface Row {
  readonly name: string;
  readonly outcome: string;
  /** titles of the tests that prove it */
  readonly tests: readonly string[];
}

/** Ids of the rules, in order; one that is defined twice comes twice. */
export function rulesOf(specification: string): readonly string[] {
  return [...specification.matchAll(RULE)].map(([, id]) => id ?? '');
}

/** Every `test(…)`, `test.each(…)(…)`, `it(…)` of a source, with the rule that its title starts with. */
export function titlesOf(file: string, source: string): readonly Title[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: Title[] = [];
  const words = new Set(['true', 'false', 'null']);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || ts.isIdentifier(node)) words.add(node.text);
    const title = ts.isCallExpression(node) ? titleOf(node) : undefined;
    if (title) {
      const line = parsed.getLineAndCharacterOfPosition(title.getStart()).line + 1;
      found.push({ place: `${file}:${line}`, id: TITLE.exec(title.getText())?.[1], text: textOf(title), words });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

function textOf(title: ts.Expression): string {
  return ts.isStringLiteralLike(title) ? title.text : title.getText().slice(1, -1);
}

function titleOf(call: ts.CallExpression): ts.Expression | undefined {
  const table = ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === 'each';
  const isTest = ['test', 'it'].includes(calledName(call.expression));
  return isTest && !table && call.arguments.length >= 2 ? call.arguments[0] : undefined;
}

/** `test` of `test.each([…])`; nothing for `/x/.test` and methods of others. */
function calledName(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression)) return calledName(expression.expression);
  return ts.isTaggedTemplateExpression(expression) ? calledName(expression.tag) : '';
}

/** What does not fit between rules and tests; each list is empty when all is well. */
export function misfits(specification: string, titles: readonly Title[]) {
  const rules = rulesOf(specification);
  const tested = new Set(titles.map(({ id }) => id));
  return {
    rulesDefinedTwice: rules.filter((id, at) => rules.indexOf(id) !== at),
    rulesWithoutTest: rules.filter((id) => !tested.has(id)),
    testsWithoutRule: titles
      .filter(({ id }) => id === undefined || !rules.includes(id))
      .map(({ place, id }) => `${place} ${id ?? ''}`.trim()),
  };
}

/** A row of a table whose last column names tests. */
export interface Defence {
  readonly attack: string;
  readonly defence: string;
  /** titles of the tests that try the attack */
  readonly tests: readonly string[];
  /** the last column as it stands */
  readonly cell: string;
}

/** Rows `| attack | what stops it | … | titles of tests in backticks |` of the table under one heading of a page. */
export function defencesOf(page: string, heading: string): readonly Defence[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split(/\n## /);
  return own
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map((cells) => ({
      attack: cells[0] ?? '',
      defence: cells.slice(1, -1).join(' ').trim(),
      tests: titlesIn(cells.at(-1) ?? ''),
      cell: cells.at(-1) ?? '',
    }));
}

/** Attacks that no test of that title tries, or that nothing is said to stop. */
export function untried(defences: readonly Defence[], titles: readonly Title[]): readonly string[] {
  const known = new Set(titles.map(({ text }) => text));
  return defences.flatMap(({ attack, defence, tests }) => [
    ...(defence === '' ? [`${attack}: nothing stops it`] : []),
    ...(tests.length === 0 ? [`${attack}: no test`] : []),
    ...tests.filter((title) => !known.has(title)).map((title) => `${attack}: there is no test "${title}"`),
  ]);
}

/** Faults whose rules (last column of the table under the heading) do not exist or have no test, or that name none. */
export function unprovenFaults(rows: readonly Defence[], specification: string, titles: readonly Title[]): readonly string[] {
  const rules = new Set(rulesOf(specification));
  const tested = new Set(titles.map(({ id }) => id));
  return rows.flatMap(({ attack, defence, cell }) => {
    const ids = cell.split(/,\s*/).filter((id) => id !== '');
    return [
      ...(defence === '' || ids.length === 0 ? [`${attack}: nothing holds, or no rule says so`] : []),
      ...ids
        .filter((id) => !rules.has(id) || !tested.has(id))
        .map((id) => `${attack}: ${id} is ${rules.has(id) ? 'not tested' : 'no rule'}`),
    ];
  });
}

/** Rows ``| what | executed | `[M1] title`, `[M2] title` |`` of all tables of a page. */
export function rowsOf(coverage: string): readonly Row[] {
  return coverage
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter(([, first]) => first !== 'Variant')
    .map(([, name = '', outcome = '', tests = '']) => ({ name, outcome, tests: titlesIn(tests) }));
}

/** Rows that claim what no test proves, that say nothing, or that stand twice in one table. */
export function unprovenRows(coverage: string, titles: readonly Title[]): readonly string[] {
  const names = coverage.split(/^## /m).flatMap((section) => doubles(rowsOf(section).map(({ name }) => name)));
  return [
    ...names.map((name) => `${name}: stands twice`),
    ...rowsOf(coverage).flatMap(({ name, outcome, tests }) => [
      ...(/^(executed|refused|carried)$/.test(outcome) ? [] : [`${name}: "${outcome}" is neither executed, refused nor carried`]),
      ...(tests.length > 0 ? [] : [`${name}: no test`]),
      ...tests.filter((test) => !titles.some((title) => isNamed(test, title))).map((test) => `${name}: there is no test "${test}"`),
    ]),
  ];
}

const doubles = (names: readonly string[]): readonly string[] => names.filter((name, at) => names.indexOf(name) !== at);
const titlesIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, title]) => (title ?? '').replaceAll('\\|', '|'));

const PLACEHOLDER = /%[sdijp#]/;

/** Does the name mean this test, or one row of its table: with each `%s` filled by something that stands in the test's file? */
export function isNamed(name: string, { text, words }: Title): boolean {
  if (name === text) return true;
  if (!PLACEHOLDER.test(text)) return false;
  const parts = text.split(PLACEHOLDER).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const fillers = new RegExp(`^${parts.join('(.+?)')}$`, 's').exec(name)?.slice(1);
  return fillers !== undefined && fillers.every((filler) => words.has(filler) || PLACEHOLDER.test(filler));
}
