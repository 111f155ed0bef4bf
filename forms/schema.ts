/** The part of the form-js JSON schema that decides which answers are right. */
export type Values = Readonly<Record<string, unknown>>;
/** Names of groups and lists, indexes of list rows, the key at the end. */
export type Path = readonly (string | number)[];

export interface FormField {
  readonly type: string;
  readonly key?: string;
  readonly path?: string;
  readonly readonly?: boolean | string;
  readonly disabled?: boolean;
  readonly subtype?: string;
  readonly decimalDigits?: number;
  readonly values?: readonly { readonly value: unknown }[];
  readonly valuesKey?: string;
  readonly valuesExpression?: string;
  readonly conditional?: { readonly hide?: string };
  readonly validate?: {
    readonly required?: boolean;
    readonly min?: number | string;
    readonly max?: number | string;
    readonly minLength?: number | string;
    readonly maxLength?: number | string;
    readonly pattern?: string;
    readonly validationType?: string;
  };
  readonly components?: readonly FormField[];
}

export interface FormSchema {
  readonly components: readonly FormField[];
}
