/** The parts of bpmn-js that we touch, as far as we touch them. */
export interface ModdleElement {
  readonly $type: string;
  readonly $parent?: ModdleElement;
  id?: string;
  name?: string;
  get: (name: string) => unknown;
  readonly [attribute: string]: unknown;
}
export interface Shape {
  readonly id: string;
  readonly type: string;
  readonly businessObject: ModdleElement;
  readonly labelTarget?: Shape;
  readonly parent?: Shape;
  /** left edge; connections and the root have none */
  readonly x?: number;
}
export interface Canvas {
  zoom: (to?: number | 'fit-viewport', center?: 'auto') => number;
  addMarker: (element: string, marker: string) => void;
  removeMarker: (element: string, marker: string) => void;
  scrollToElement: (element: Shape, padding: { top: number; right: number; bottom: number; left: number }) => void;
  getRootElement: () => Shape;
  getSize: () => { width: number; height: number };
  viewbox: () => { x: number; y: number; scale: number };
  scroll: (by: { dx: number; dy: number }) => void;
}
export interface ElementRegistry {
  get: (id: string) => Shape | undefined;
  filter: (keep: (element: Shape) => boolean) => Shape[];
}
export interface Overlays {
  add: (element: string, kind: string, overlay: { position: object; html: HTMLElement }) => void;
  remove: (filter: { type: string }) => void;
}
export interface Selection {
  select: (element: Shape | null) => void;
}
export interface CommandStack {
  undo: () => void;
  redo: () => void;
  canUndo: () => boolean;
  canRedo: () => boolean;
}
export interface Modeling {
  updateModdleProperties: (element: Shape, moddle: ModdleElement, properties: object) => void;
  updateProperties: (element: Shape, properties: object) => void;
}
export interface BpmnFactory {
  create: (type: string, attributes: object) => ModdleElement;
}
export interface EventBus {
  fire: (event: string, payload?: object) => void;
}
