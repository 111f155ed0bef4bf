/** A node of the parsed diagram as bpmn-moddle gives it, read with care: everything in it comes from a stranger. */
export interface Node {
  readonly $type: string;
  readonly $parent?: Node;
  /** attributes that the schema does not know, as they stand in the file */
  readonly $attrs?: Readonly<Record<string, unknown>>;
  readonly [property: string]: unknown;
}

/** A text attribute; undefined when absent or empty. */
export function text(node: Node, property: string): string | undefined {
  const value = node[property];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function idOf(node: Node): string {
  return text(node, 'id') ?? '';
}

export function child(node: Node, property: string): Node | undefined {
  const value = node[property];
  return typeof value === 'object' && value !== null && '$type' in value ? (value as Node) : undefined;
}

export function children(node: Node | undefined, property: string): readonly Node[] {
  const value = node?.[property];
  return Array.isArray(value) ? (value as readonly Node[]) : [];
}

/** The extension element of this type, e.g. `zeebe:TaskDefinition`. */
export function extension(node: Node, type: string): Node | undefined {
  const extensions = child(node, 'extensionElements');
  return children(extensions, 'values').find((value) => value.$type === type);
}

/** Names of extensions of engines that we know and are not. */
export const OTHER_ENGINES = /^(?:camunda|activiti|flowable):/;

/** The first extension element or attribute of another engine, e.g. `camunda:inputOutput` or `camunda:asyncBefore`; also of an element's events and marker. */
export function foreignExtension(node: Node): string | undefined {
  const extensions = child(node, 'extensionElements');
  const element = children(extensions, 'values').find(({ $type }) => OTHER_ENGINES.test($type));
  if (element) return element.$type;
  const parts = [node, ...children(node, 'eventDefinitions'), child(node, 'loopCharacteristics')];
  return parts.flatMap((part) => (part && text(part, '$foreign')) ?? [])[0];
}

/** `zeebe:properties` of a node; the last one of a name wins. */
export function propertiesOf(node: Node): ReadonlyMap<string, string> {
  const properties = extension(node, 'zeebe:Properties');
  return new Map(children(properties, 'properties').flatMap((entry) => [[text(entry, 'name') ?? '', text(entry, 'value') ?? ''] as const]));
}

/** Every node inside this one, at any depth, by id. */
export function flowElementsById(root: Node): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>([[idOf(root), root]]);
  const visit = (node: Node) => {
    for (const inner of children(node, 'flowElements')) {
      found.set(idOf(inner), inner);
      visit(inner);
    }
  };
  visit(root);
  return found;
}
