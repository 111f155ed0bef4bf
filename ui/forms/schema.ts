/**
 * The part of the form-js JSON schema that people's screens render.
 * Source: form-js' own format; texts in English ride in `properties` ("label.en", "description.en") and on options ("label.en").
 */
export type Lang = 'id' | 'en';
export type Values = Readonly<Record<string, unknown>>;
/** Where an answer lives in the values: names of groups and lists, indexes of list rows, the key at the end. */
export type Path = readonly (string | number)[];

export interface FormOption {
  readonly label?: string;
  readonly value: unknown;
  readonly 'label.en'?: string;
}

export interface FormRules {
  readonly required?: boolean;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly minLength?: number | string;
  readonly maxLength?: number | string;
  readonly pattern?: string;
  readonly validationType?: string;
}

export interface FormComponent {
  readonly type: string;
  readonly id?: string;
  readonly key?: string;
  readonly path?: string;
  readonly label?: string;
  readonly description?: string;
  readonly text?: string;
  readonly content?: string;
  readonly source?: string;
  readonly alt?: string;
  readonly subtype?: string;
  readonly dateLabel?: string;
  readonly timeLabel?: string;
  readonly readonly?: boolean | string;
  readonly disabled?: boolean;
  readonly defaultValue?: unknown;
  readonly decimalDigits?: number;
  readonly values?: readonly FormOption[];
  readonly valuesKey?: string;
  readonly valuesExpression?: string;
  readonly dataSource?: string;
  readonly columns?: readonly { readonly label?: string; readonly key: string; readonly 'label.en'?: string }[];
  readonly columnsExpression?: string;
  readonly defaultRepetitions?: number;
  readonly allowAddRemove?: boolean;
  readonly appearance?: { readonly prefixAdorner?: string; readonly suffixAdorner?: string };
  readonly conditional?: { readonly hide?: string };
  readonly validate?: FormRules;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly components?: readonly FormComponent[];
}

export interface FormSchema {
  readonly type?: string;
  readonly id?: string;
  readonly components: readonly FormComponent[];
}

/** One thing wrong with one answer. `pointer`: JSON pointer into the values, e.g. `/household/0/name`. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  /** the server's own sentence; shown only when the code is unknown here */
  readonly detail?: string;
  readonly params?: Readonly<Record<string, string | number>>;
}
