/** Reading and writing what rides in `bpmn:extensionElements`: every change is one undoable command, made on a copy. */
import type { BpmnFactory, ModdleElement, Modeling, Shape } from '../bpmn-io/types.ts';

export interface Tools {
  readonly modeling: Modeling;
  readonly bpmnFactory: BpmnFactory;
}
/** The diagram's shape that is selected, and the model element that carries the property (a pool shows its process's properties). */
export interface Target {
  readonly shape: Shape;
  readonly owner: ModdleElement;
}

function extensions(owner: ModdleElement): readonly ModdleElement[] {
  const holder = owner.get('extensionElements') as ModdleElement | undefined;
  return (holder?.get('values') as ModdleElement[] | undefined) ?? [];
}

function find(owner: ModdleElement, type: string): ModdleElement | undefined {
  return extensions(owner).find((value) => value.$type === type);
}

function listOf(owner: ModdleElement, type: string, list: string): readonly ModdleElement[] {
  return (find(owner, type)?.get(list) as ModdleElement[] | undefined) ?? [];
}

/** Puts `next` where the extension of its type was (or takes that away) and leaves all others as they are. */
function replace(
  { shape, owner }: Target,
  type: string,
  change: { readonly next: ModdleElement | undefined; readonly tools: Tools },
): void {
  const { modeling, bpmnFactory } = change.tools;
  const others = extensions(owner).filter((value) => value.$type !== type);
  const values = change.next ? [...others, change.next] : others;
  const holder = values.length > 0 ? bpmnFactory.create('bpmn:ExtensionElements', { values }) : undefined;
  modeling.updateModdleProperties(shape, owner, { extensionElements: holder });
}

/** A list of named things inside one extension: which extension, which list, what its items are called. */
interface NamedList {
  readonly holder: string;
  readonly list: string;
  readonly item: string;
  readonly key: string;
  readonly value: string;
}
const properties: NamedList = { holder: 'zeebe:Properties', list: 'properties', item: 'zeebe:Property', key: 'name', value: 'value' };
const headers: NamedList = { holder: 'zeebe:TaskHeaders', list: 'values', item: 'zeebe:Header', key: 'key', value: 'value' };

function readNamed(owner: ModdleElement, kind: NamedList, name: string): string {
  const item = listOf(owner, kind.holder, kind.list).find((each) => each.get(kind.key) === name);
  return String(item?.get(kind.value) ?? '');
}

function writeNamed(
  target: Target,
  kind: NamedList,
  change: { readonly name: string; readonly value: string | undefined; readonly tools: Tools },
): void {
  const kept = listOf(target.owner, kind.holder, kind.list).filter((each) => each.get(kind.key) !== change.name);
  const made = change.value ? [change.tools.bpmnFactory.create(kind.item, { [kind.key]: change.name, [kind.value]: change.value })] : [];
  const items = [...kept, ...made];
  const next = items.length > 0 ? change.tools.bpmnFactory.create(kind.holder, { [kind.list]: items }) : undefined;
  replace(target, kind.holder, { next, tools: change.tools });
}

/** `zeebe:property` with this name; empty when there is none. Writing nothing takes it away. */
export const readProperty = (owner: ModdleElement, name: string): string => readNamed(owner, properties, name);
export const writeProperty = (target: Target, change: { name: string; value: string | undefined; tools: Tools }): void =>
  writeNamed(target, properties, change);

/** `zeebe:header` with this key. */
export const readHeader = (owner: ModdleElement, name: string): string => readNamed(owner, headers, name);
export const writeHeader = (target: Target, change: { name: string; value: string | undefined; tools: Tools }): void =>
  writeNamed(target, headers, change);

/** Type of `zeebe:taskDefinition`. */
export const readJobType = (owner: ModdleElement): string => String(find(owner, 'zeebe:TaskDefinition')?.get('type') ?? '');
export function writeJobType(target: Target, type: string | undefined, tools: Tools): void {
  const retries = find(target.owner, 'zeebe:TaskDefinition')?.get('retries') as string | undefined;
  const next = type ? tools.bpmnFactory.create('zeebe:TaskDefinition', { type, ...(retries ? { retries } : {}) }) : undefined;
  replace(target, 'zeebe:TaskDefinition', { next, tools });
}

/** Source expression of the `zeebe:input` with this target. */
export function readInput(owner: ModdleElement, name: string): string {
  const input = listOf(owner, 'zeebe:IoMapping', 'inputParameters').find((each) => each.get('target') === name);
  return String(input?.get('source') ?? '');
}
export function writeInput(
  target: Target,
  change: { readonly name: string; readonly value: string | undefined; readonly tools: Tools },
): void {
  const { name, value, tools } = change;
  const kept = listOf(target.owner, 'zeebe:IoMapping', 'inputParameters').filter((each) => each.get('target') !== name);
  const made = value ? [tools.bpmnFactory.create('zeebe:Input', { source: value, target: name })] : [];
  const outputs = listOf(target.owner, 'zeebe:IoMapping', 'outputParameters');
  const inputs = [...kept, ...made];
  const next =
    inputs.length + outputs.length > 0
      ? tools.bpmnFactory.create('zeebe:IoMapping', { inputParameters: inputs, outputParameters: [...outputs] })
      : undefined;
  replace(target, 'zeebe:IoMapping', { next, tools });
}

/** Id of the linked form (`zeebe:formDefinition`). */
export const readFormId = (owner: ModdleElement): string => String(find(owner, 'zeebe:FormDefinition')?.get('formId') ?? '');
/** Links a deployed form by its id; a user task thereby becomes one that people work on here (`zeebe:userTask`). */
export function writeFormId(target: Target, formId: string | undefined, tools: Tools): void {
  const next = formId ? tools.bpmnFactory.create('zeebe:FormDefinition', { formId }) : undefined;
  replace(target, 'zeebe:FormDefinition', { next, tools });
}
