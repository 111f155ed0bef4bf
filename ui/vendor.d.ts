/** The shapes that we use of packages that ship without types. */
declare module '*.css';
declare module '*.bpmn?raw' {
  const text: string;
  export default text;
}
declare module '*?worker' {
  const WorkerClass: new () => Worker;
  export default WorkerClass;
}
// bpmn-js ships types, but as CommonJS: under `nodenext` its default exports cannot be constructed
declare module 'bpmn-js/lib/NavigatedViewer.js' {
  export default class NavigatedViewer {
    constructor(options: object);
    importXML(xml: string): Promise<{ warnings: { message: string }[] }>;
    get<Part>(name: string, strict?: boolean): Part;
    on<Event>(event: string, listener: (event: Event) => void): void;
    destroy(): void;
  }
}
declare module 'bpmn-js/lib/Modeler.js' {
  import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';
  export default class Modeler extends NavigatedViewer {
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
    saveSVG(): Promise<{ svg: string }>;
    createDiagram(): Promise<unknown>;
    /** makes the reader and writer; not part of what bpmn-js promises */
    protected _createModdle(options: object): object;
  }
}
declare module 'bpmn-js-properties-panel' {
  export const BpmnPropertiesPanelModule: object;
  export const BpmnPropertiesProviderModule: object;
  export const ZeebePropertiesProviderModule: object;
  export const ZeebeTooltipProvider: object;
  export function useService(name: string): unknown;
}
declare module '@bpmn-io/properties-panel' {
  interface EntryProps {
    id: string;
    element: unknown;
    label: string;
    description?: string;
    getValue: (element?: unknown) => unknown;
    setValue: (value: string | undefined) => void;
    debounce?: unknown;
    getOptions?: () => { value: string; label: string; disabled?: boolean }[];
    disabled?: boolean;
  }
  export function TextFieldEntry(props: EntryProps): unknown;
  export function TextAreaEntry(props: EntryProps): unknown;
  export function SelectEntry(props: EntryProps): unknown;
  export function CheckboxEntry(props: EntryProps): unknown;
  export function isTextFieldEntryEdited(node: unknown): boolean;
  export function isTextAreaEntryEdited(node: unknown): boolean;
  export function isSelectEntryEdited(node: unknown): boolean;
  export function isCheckboxEntryEdited(node: unknown): boolean;
  export const Group: unknown;
  export const ListGroup: unknown;
}
declare module '@bpmn-io/properties-panel/preact/jsx-runtime' {
  export function jsx(type: unknown, props: object, key?: string): unknown;
}
declare module 'camunda-bpmn-js-behaviors/lib/camunda-cloud' {
  const module: object;
  export default module;
}
declare module 'bpmn-js-create-append-anything' {
  export const CreateAppendAnythingModule: object;
}
declare module 'diagram-js-minimap' {
  const module: object;
  export default module;
}
declare module '@bpmn-io/variable-resolver' {
  export const ZeebeVariableResolverModule: object;
}
declare module 'zeebe-bpmn-moddle/resources/zeebe.json' {
  const descriptor: Record<string, unknown>;
  export default descriptor;
}
