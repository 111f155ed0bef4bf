declare module 'dmn-moddle' {
  export interface ModdleElement {
    readonly $type: string;
    readonly [name: string]: unknown;
  }
  export class DmnModdle {
    constructor(packages?: Record<string, unknown>);
    getPackage(prefix: string): unknown;
    fromXML(xml: string, type?: string): Promise<{ rootElement: ModdleElement; warnings: readonly { message: string }[] }>;
  }
}
