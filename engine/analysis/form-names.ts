/** The variables that a form shows, asks for and computes with. */
import { compileExpression } from '../feel/index.ts';
import type { Json } from '../terms.ts';

export interface FormNames {
  /** answered by people: become variables when the form is sent */
  readonly writes: ReadonlySet<string>;
  /** shown, prefilled or computed with */
  readonly reads: ReadonlySet<string>;
  /** fields whose property `alur:class` is `identity`: numbers that name a person, e.g. a NIK */
  readonly identity: ReadonlySet<string>;
  /** what people read beside the field that asks for it */
  readonly labels: ReadonlyMap<string, Label>;
}

export interface Label {
  readonly label: string;
  readonly labelEn?: string;
}

interface Found {
  readonly writes: Set<string>;
  readonly reads: Set<string>;
  readonly identity: Set<string>;
  readonly labels: Map<string, Label>;
}

type Part = { readonly [name: string]: Json };

/** fields that hold prose or marks: a variable's name in them is no use of it */
const prose = new Set(['label', 'id', 'type', 'key', 'path', 'layout', 'appearance', 'properties', 'components']);

/** `schema`: a form-js schema. Never throws; what is no form names nothing. */
export function formNames(schema: Json | undefined): FormNames {
  const found: Found = { writes: new Set(), reads: new Set(), identity: new Set(), labels: new Map() };
  if (isPart(schema)) visitAll(schema['components'], found, undefined);
  return found;
}

function visitAll(components: Json | undefined, found: Found, outer: string | undefined): void {
  if (!Array.isArray(components)) return;
  for (const component of components) if (isPart(component)) visit(component, found, outer);
}

/** `outer`: the variable that holds everything inside a group or list with a path */
function visit(component: Part, found: Found, outer: string | undefined): void {
  const key = first(component['key']);
  const name = outer ?? key;
  if (key !== undefined && name !== undefined) {
    found.reads.add(name);
    if (!isStatic(component)) found.writes.add(name);
    const properties = isPart(component['properties']) ? component['properties'] : {};
    if (properties['alur:class'] === 'identity') found.identity.add(name);
    const [label, labelEn] = [component['label'], properties['label.en']];
    if (outer === undefined && typeof label === 'string' && label !== '' && !label.startsWith('='))
      found.labels.set(name, { label, ...(typeof labelEn === 'string' && { labelEn }) });
  }
  if (typeof component['valuesKey'] === 'string') add(found.reads, first(component['valuesKey']));
  for (const [field, value] of Object.entries(component)) if (!prose.has(field)) texts(value, found.reads);
  visitAll(component['components'], found, outer ?? first(component['path']));
}

/** shown only: never sent back as an answer */
function isStatic(component: Part): boolean {
  return component['readonly'] === true || component['disabled'] === true || component['type'] === 'expression';
}

function first(path: Json | undefined): string | undefined {
  return typeof path === 'string' ? path.split('.')[0] || undefined : undefined;
}

function texts(value: Json | undefined, reads: Set<string>): void {
  if (typeof value === 'string') for (const name of namesIn(value)) reads.add(name);
  else if (Array.isArray(value)) value.forEach((entry) => texts(entry, reads));
  else if (isPart(value)) Object.values(value).forEach((entry) => texts(entry, reads));
}

/** An expression (`=…`), or a text with `{{…}}` in it. */
function namesIn(text: string): readonly string[] {
  if (text.startsWith('=')) {
    const compiled = compileExpression(text.slice(1));
    return compiled.ok ? compiled.expression.variables : words(text);
  }
  return (text.match(/\{\{[^}]{0,1000}\}\}/g) ?? []).flatMap(words);
}

function words(text: string): readonly string[] {
  return text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
}

function add(names: Set<string>, name: string | undefined): void {
  if (name !== undefined) names.add(name);
}

function isPart(value: Json | undefined): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
