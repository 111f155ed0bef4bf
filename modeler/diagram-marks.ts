import type { Modeler } from './bpmn-io/create-modeler.ts';
import type { Canvas, ElementRegistry, Overlays, Selection, Shape } from './bpmn-io/types.ts';
import type { Found } from './checker.ts';

const markers = ['alur-problem-error', 'alur-problem-warning', 'alur-problem-info'];
const letters = { error: '!', warning: '?', info: 'i' } as const;

function sign(problems: readonly Found[], severity: Found['severity']): HTMLElement {
  const element = document.createElement('span');
  element.className = `m-sign m-sign-${severity}`;
  element.textContent = letters[severity];
  element.title = problems.map((problem) => problem.message).join('\n');
  return element;
}

/** Problems by the shape that shows them. What has no shape of its own (a process inside a pool) is not drawn, only listed. */
function byShape(modeler: Modeler, problems: readonly Found[]): Map<string, Found[]> {
  const registry = modeler.get<ElementRegistry>('elementRegistry');
  const found = new Map<string, Found[]>();
  for (const problem of problems) {
    const shape = shapeOf(registry, problem.elementId);
    if (shape) found.set(shape.id, [...(found.get(shape.id) ?? []), problem]);
  }
  return found;
}

/** The shape for a model element: its own, or the pool that stands for a process. */
export function shapeOf(registry: ElementRegistry, elementId: string | undefined): Shape | undefined {
  if (!elementId) return undefined;
  return (
    registry.get(elementId) ??
    registry.filter(({ businessObject }) => (businessObject.processRef as { id?: string } | undefined)?.id === elementId)[0]
  );
}

/** Shows the problems on the elements; takes the earlier ones away. */
export function markProblems(modeler: Modeler, problems: readonly Found[]): void {
  const canvas = modeler.get<Canvas>('canvas');
  const overlays = modeler.get<Overlays>('overlays');
  overlays.remove({ type: 'alur-problem' });
  for (const shape of modeler.get<ElementRegistry>('elementRegistry').filter(() => true))
    for (const marker of markers) canvas.removeMarker(shape.id, marker);
  for (const [id, list] of byShape(modeler, problems)) {
    const severity = (['error', 'warning'] as const).find((one) => list.some((problem) => problem.severity === one)) ?? 'info';
    canvas.addMarker(id, `alur-problem-${severity}`);
    if (id !== canvas.getRootElement().id)
      overlays.add(id, 'alur-problem', { position: { top: -10, left: -10 }, html: sign(list, severity) });
  }
}

/** Selects an element, brings it into view and fills the properties panel. False when the diagram does not draw it. */
export function selectElement(modeler: Modeler, elementId: string | undefined): boolean {
  const shape = shapeOf(modeler.get<ElementRegistry>('elementRegistry'), elementId);
  if (!shape) return false;
  modeler.get<Selection>('selection').select(shape);
  if (shape.parent) modeler.get<Canvas>('canvas').scrollToElement(shape, { top: 60, right: 120, bottom: 60, left: 140 }); // the palette lies over the left edge
  return true;
}

/** Marks these elements and flows, and nothing else, with a marker of this kind. What is not drawn is left out. */
export function markOnly(modeler: Modeler, marker: string, ids: Iterable<string>): void {
  const canvas = modeler.get<Canvas>('canvas');
  const registry = modeler.get<ElementRegistry>('elementRegistry');
  for (const shape of registry.filter(() => true)) canvas.removeMarker(shape.id, marker);
  for (const id of new Set(ids)) if (registry.get(id)) canvas.addMarker(id, marker);
}

const oneLine = (text: string | undefined): string | undefined => text?.replace(/\s+/g, ' ').trim();

/** What a person would call an element; a flow by its name or by its ends; the id of what is not drawn or has no name. */
export function nameIn(modeler: Modeler, id: string): string {
  const shape = shapeOf(modeler.get<ElementRegistry>('elementRegistry'), id);
  const name = oneLine(shape?.businessObject.name);
  if (name || shape?.type !== 'bpmn:SequenceFlow') return name || id;
  const end = (which: string): string => {
    const element = shape.businessObject.get(which) as { readonly id: string; readonly name?: string } | undefined;
    return oneLine(element?.name) || (element?.id ?? '?');
  };
  return `${end('sourceRef')} → ${end('targetRef')}`;
}

/** The elements of a path as a person would call them, flows left out. */
export function namesOf(modeler: Modeler, path: readonly string[]): readonly string[] {
  const registry = modeler.get<ElementRegistry>('elementRegistry');
  return path.flatMap((id) => {
    const shape = registry.get(id);
    if (shape?.type === 'bpmn:SequenceFlow') return shape.businessObject.name ? [`“${shape.businessObject.name}”`] : [];
    return [shape?.businessObject.name?.replace(/\s+/g, ' ') || id];
  });
}

/** Everything that a person may want to reach without a mouse, in drawing order. */
export function outline(modeler: Modeler): readonly Shape[] {
  const wanted = /Task$|Event$|Gateway$|SubProcess$|CallActivity$|Participant$|Lane$/;
  return modeler.get<ElementRegistry>('elementRegistry').filter((shape) => !shape.labelTarget && wanted.test(shape.type));
}
