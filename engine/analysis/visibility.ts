/**
 * What each agency may see of a case, read off the diagram: the owner sees every variable, an agency those that its own steps write or read.
 * Pure: computed at deployment, stored with the definition, enforced by the server's queries, explained to the analyst.
 *
 * A step belongs to the agency of its lane; a user task besides to the agencies that it names as candidate groups.
 * A name is meant as the case's variable: what an input mapping makes inside a step is the step's own, and no other agency's.
 * WHAT THE DIAGRAM DOES NOT NAME (a job's unmapped result, a message's content) IS SEEN BY THE OWNER ONLY. Silence never widens a view.
 *
 * Overrides, as properties of the process: `alur:visible.NAME` = agencies with commas between them, `*` = all agencies of the case, empty = the
 * owner alone. `alur:class.NAME` = `identity`: shown with only its last digits to those whose work does not need it.
 */
import type { Element, ElementKind, Process, Value } from '../process.ts';
import type { ElementId, Json } from '../terms.ts';
import { formNames } from './form-names.ts';
import type { FormNames, Label } from './form-names.ts';
import { localNames, allNames } from './reads.ts';
import { triggersOf } from './scope-net.ts';
import { constantOf } from './words.ts';
import { decisionOf, innerWrites } from './writes.ts';

export type Because = 'writes' | 'reads' | 'declared';

export interface Sight {
  readonly agency: string;
  readonly because: Because;
  /** the step; absent where a property of the process says so */
  readonly elementId?: ElementId;
  readonly elementName?: string;
}

export interface VisibleVariable {
  readonly name: string;
  /** as a form calls it */
  readonly label?: string;
  readonly labelEn?: string;
  /** besides the owner; sorted */
  readonly agencies: readonly string[];
  readonly sights: readonly Sight[];
  readonly identity: boolean;
}

/** JSON as it stands: it is stored with the process definition. */
export interface Visibility {
  readonly owner?: string;
  readonly variables: readonly VisibleVariable[];
  /** decisions whose inputs and result the agencies may all see, so that they may see how it was made */
  readonly decisions: readonly { readonly decisionId: string; readonly agencies: readonly string[] }[];
  /** who may see a document that a step makes, besides the owner */
  readonly documents: readonly { readonly elementId: ElementId; readonly agencies: readonly string[] }[];
  /** messages and signals that the process waits for or starts with, where their names are fixed */
  readonly hears: readonly { readonly kind: 'message' | 'signal'; readonly name: string }[];
  /** steps whose result has no name in the diagram: only the owner sees it */
  readonly unnamed: readonly { readonly elementId: ElementId; readonly elementName: string }[];
}

export interface VisibilityOptions {
  /** form id → schema */
  readonly form?: (id: string) => Json | undefined;
  /** decision id → names of the variables that it reads, through all that it requires */
  readonly decision?: (id: string) => readonly string[] | undefined;
}

/** kinds that end or divert a case: what they bring along is no step's result */
const passing: ReadonlySet<ElementKind> = new Set(['boundary-event', 'end-event', 'throw-event']);

const OVERRIDE = 'alur:visible.';
const CLASS = 'alur:class.';
/** names that say themselves what they hold */
const IDENTITY = /^(nik|no_?nik|nomor_?nik|no_?ktp|nomor_?ktp|no_?kk|nomor_?kk)$|[a-z](Nik|NIK|Ktp|KTP)$|_nik$/i;

/** Never throws for a compiled process; the same process gives the same answer. */
export function visibilityOf(process: Process, options: VisibilityOptions = {}): Visibility {
  const steps = [...process.elements.values()].filter(({ kind }) => kind !== 'process').map((element) => stepOf(process, element, options));
  const variables = variablesOf(process, steps);
  return {
    ...(process.agency === undefined ? {} : { owner: process.agency }),
    variables,
    decisions: steps.flatMap((step) => decisionView(step, variables)),
    documents: steps.flatMap((step) => documentView(step, variables)),
    hears: steps.flatMap(({ element }) => heardBy(element)),
    unnamed: steps
      .filter(({ element, writes }) => writes === 'anything' && !passing.has(element.kind))
      .map(({ element }) => ({ elementId: element.id, elementName: nameOf(element) })),
  };
}

interface Step {
  readonly element: Element;
  readonly agencies: readonly string[];
  readonly writes: 'anything' | ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly identity: ReadonlySet<string>;
  readonly labels: ReadonlyMap<string, Label>;
  readonly decision?: { readonly id: string; readonly names: readonly string[] };
}

function stepOf(process: Process, element: Element, options: VisibilityOptions): Step {
  const form = formOf(element, options);
  const decision = decisionNames(element, options);
  const forms = new Map('form' in element && element.form && form ? [[element.form.id, [...form.writes]]] : []);
  const local = localNames(element);
  // what a step's own answer calls something is read only where the diagram names it elsewhere as the case's: see `known`
  const names = [...allNames(element), ...(form?.reads ?? []), ...(decision?.names ?? [])];
  return {
    element,
    agencies: agenciesOf(process, element),
    writes: innerWrites(process, element, { forms }),
    reads: new Set(names.filter((name) => !local.has(name))),
    identity: form?.identity ?? new Set(),
    labels: form?.labels ?? new Map(),
    ...(decision && { decision }),
  };
}

function formOf(element: Element, { form }: VisibilityOptions): FormNames | undefined {
  const id = 'form' in element ? element.form?.id : undefined;
  const schema = id === undefined ? undefined : form?.(id);
  return schema === undefined ? undefined : formNames(schema);
}

function decisionNames(element: Element, { decision }: VisibilityOptions): Step['decision'] {
  const id = decisionOf(element);
  return id === undefined ? undefined : { id, names: decision?.(id) ?? [] };
}

function agenciesOf(process: Process, element: Element): readonly string[] {
  const groups = element.kind === 'user-task' ? groupsOf(element.candidateGroups) : [];
  return [...new Set([element.agency ?? process.agency, ...groups].filter((agency) => agency !== undefined))];
}

/** groups that are always the same: `a, b`, or the list `=["a", "b"]` */
function groupsOf(value: Value | undefined): readonly string[] {
  const list = value !== undefined && 'expression' in value ? /^\s*\[([^\]]*)\]\s*$/.exec(value.expression.text)?.[1] : undefined;
  if (list === undefined) return split(constantOf(value));
  return [...list.matchAll(/"([^"\\]*)"/g)].map(([, group = '']) => group);
}

function split(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function variablesOf(process: Process, steps: readonly Step[]): readonly VisibleVariable[] {
  const known = new Set(steps.flatMap(({ writes }) => (writes === 'anything' ? [] : [...writes])));
  const found = new Map<string, Sight[]>();
  const see = (name: string, step: Step, because: Because): void => {
    const sights = found.get(name) ?? [];
    found.set(name, sights);
    for (const agency of step.agencies) {
      if (sights.some((one) => one.agency === agency && one.elementId === step.element.id && one.because === because)) continue;
      sights.push({ agency, because, elementId: step.element.id, elementName: nameOf(step.element) });
    }
  };
  for (const step of steps) {
    if (step.writes !== 'anything') for (const name of step.writes) see(name, step, 'writes');
    const own = ownResult(step);
    for (const name of step.reads) if (!own.has(name) || known.has(name)) see(name, step, 'reads');
  }
  const identity = new Set(steps.flatMap((step) => [...step.identity]));
  // the first form that asks for it names it best
  const labels = new Map(steps.flatMap((step) => [...step.labels]).toReversed());
  const all = new Set([...found.keys(), ...declared(process, OVERRIDE), ...declared(process, CLASS)]);
  return [...all]
    .filter((name) => name !== '')
    .toSorted()
    .map((name) => variableOf(process, name, { sights: found.get(name) ?? [], identity, labels }));
}

/** names in output mappings that speak of what the step itself answered */
function ownResult({ element, writes }: Step): ReadonlySet<string> {
  const names = element.outputs.flatMap(({ source }) => ('fixed' in source ? [] : source.expression.variables));
  const answers = element.outputs.length > 0 && writes !== 'anything';
  const elsewhere = new Set(element.inputs.flatMap(({ source }) => ('fixed' in source ? [] : source.expression.variables)));
  return new Set(answers ? names.filter((name) => !elsewhere.has(name)) : []);
}

function declared(process: Process, prefix: string): readonly string[] {
  return [...process.properties.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

function variableOf(
  process: Process,
  name: string,
  { sights, identity, labels }: { readonly sights: readonly Sight[] } & Pick<Step, 'identity' | 'labels'>,
): VisibleVariable {
  const override = process.properties.get(OVERRIDE + name);
  const shown =
    override === undefined ? sights : partiesNamed(process, override).map((agency) => ({ agency, because: 'declared' as const }));
  const others = shown.map(({ agency }) => agency).filter((agency) => agency !== process.agency);
  const isIdentity = process.properties.get(CLASS + name) === 'identity' || identity.has(name) || IDENTITY.test(name);
  return { name, ...labels.get(name), agencies: [...new Set(others)].toSorted(), sights: shown, identity: isIdentity };
}

function partiesNamed(process: Process, text: string): readonly string[] {
  return text.trim() === '*' ? partiesOf(process) : split(text);
}

/** every agency that has a step or a lane */
function partiesOf(process: Process): readonly string[] {
  const all = [
    ...[...process.elements.values()].flatMap((element) => agenciesOf(process, element)),
    ...process.lanes.map(({ agency }) => agency),
  ];
  return [...new Set(all.filter((agency) => agency !== undefined))].toSorted();
}

function decisionView({ element, decision }: Step, variables: readonly VisibleVariable[]): Visibility['decisions'] {
  if (decision === undefined || element.kind !== 'business-rule-task' || element.decision === undefined) return [];
  const shown = [element.decision.resultVariable, ...decision.names].map(
    (name) => variables.find((one) => one.name === name)?.agencies ?? [],
  );
  const [first = [], ...rest] = shown;
  return [{ decisionId: decision.id, agencies: first.filter((agency) => rest.every((others) => others.includes(agency))) }];
}

/** A document is made by a job: for the agency of its step, and for those who may see a variable that the step puts it into. */
function documentView({ element, agencies, writes }: Step, variables: readonly VisibleVariable[]): Visibility['documents'] {
  if (!('job' in element) || element.job === undefined) return [];
  const override = element.properties.get('alur:visible.document');
  if (override !== undefined && override.trim() !== '*') return [{ elementId: element.id, agencies: split(override) }];
  const names = writes === 'anything' ? [] : [...writes];
  const readers = names.flatMap((name) => variables.find((one) => one.name === name)?.agencies ?? []);
  const all = override === undefined ? [] : ['*'];
  return [{ elementId: element.id, agencies: [...new Set([...agencies, ...readers, ...all])].toSorted() }];
}

function heardBy(element: Element): Visibility['hears'] {
  if (!('trigger' in element) || element.kind === 'throw-event' || element.kind === 'end-event') return [];
  return triggersOf(element.trigger).flatMap((trigger) => {
    if (trigger.type !== 'message' && trigger.type !== 'signal') return [];
    const name = constantOf(trigger.name);
    return name === undefined ? [] : [{ kind: trigger.type, name }];
  });
}

function nameOf(element: Element): string {
  return element.name?.replace(/\s+/g, ' ').trim() || element.id;
}
