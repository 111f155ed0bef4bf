declare module 'bpmn-js-element-templates' {
  /** a diagram-js module: templates of the Zeebe dialect in the properties panel */
  export const CloudElementTemplatesPropertiesProviderModule: object;
}
declare module 'bpmn-js-create-append-anything' {
  /** a diagram-js module: templates in the menus that create and append */
  export const CreateAppendElementTemplatesModule: object;
}
