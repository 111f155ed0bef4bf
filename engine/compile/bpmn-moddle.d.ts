/** The part of bpmn-moddle that the compiler uses; the package ships types for its model only. */
declare module 'bpmn-moddle' {
  export class BpmnModdle {
    constructor(packages?: Readonly<Record<string, unknown>>);
    /** `type`: of the root element; default bpmn:Definitions */
    fromXML(
      xml: string,
      type?: string,
    ): Promise<{ readonly rootElement: object; readonly warnings: readonly { readonly message: string }[] }>;
    toXML(element: object, options?: { readonly format?: boolean }): Promise<{ readonly xml: string }>;
  }
}
