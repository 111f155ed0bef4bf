/** Fields of the properties panel. Its components are Preact functions; they are called through its own runtime, never through React. */
import {
  CheckboxEntry,
  SelectEntry,
  TextAreaEntry,
  TextFieldEntry,
  isCheckboxEntryEdited,
  isSelectEntryEdited,
  isTextAreaEntryEdited,
  isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { jsx } from '@bpmn-io/properties-panel/preact/jsx-runtime';
import { useService } from 'bpmn-js-properties-panel';
import i18next from 'i18next';
import type { Option } from './catalog.ts';

export interface FieldSpec {
  readonly id: string;
  /** key in the modeler's words */
  readonly label: string;
  readonly hint?: string;
  readonly read: () => string;
  readonly write: (value: string | undefined) => void;
}
/** An entry as the panel wants it. */
export interface Entry {
  readonly id: string;
  readonly component: (props: { element: unknown }) => unknown;
  readonly isEdited: (node: unknown) => boolean;
}

function common(spec: FieldSpec, element: unknown): Record<string, unknown> {
  return {
    id: spec.id,
    element,
    label: i18next.t(`properties.${spec.label}`),
    ...(spec.hint ? { description: i18next.t(`properties.${spec.hint}`) } : {}),
    debounce: useService('debounceInput'), // eslint-disable-line react-hooks/rules-of-hooks -- called while the panel renders the field
    getValue: spec.read,
    setValue: spec.write,
  };
}

export function textField(spec: FieldSpec): Entry {
  return { id: spec.id, component: ({ element }) => jsx(TextFieldEntry, common(spec, element)), isEdited: isTextFieldEntryEdited };
}
export function textArea(spec: FieldSpec): Entry {
  return { id: spec.id, component: ({ element }) => jsx(TextAreaEntry, common(spec, element)), isEdited: isTextAreaEntryEdited };
}
/** `true` is written as the text "true", off takes the property away. */
export function checkbox(spec: FieldSpec): Entry {
  const component = ({ element }: { element: unknown }): unknown =>
    jsx(CheckboxEntry, {
      ...common(spec, element),
      getValue: () => spec.read() === 'true',
      setValue: (on: unknown) => spec.write(on ? 'true' : undefined),
    });
  return { id: spec.id, component, isEdited: isCheckboxEntryEdited };
}
/** One of a list; a value that is not in the list stays, and is shown as it is. Without a list (undefined) it is a text field; an empty list is on its way. */
export function choice(spec: FieldSpec, options: () => readonly Option[] | undefined): Entry {
  const component = ({ element }: { element: unknown }): unknown => {
    const offered = options();
    const now = spec.read();
    if (offered === undefined) return jsx(TextFieldEntry, common(spec, element));
    const unknown = now && !offered.some((option) => option.value === now) ? [{ value: now, label: now }] : [];
    const getOptions = (): Option[] => [
      { value: '', label: i18next.t(`properties.${offered.length > 0 ? 'choose' : 'loading'}`) },
      ...offered,
      ...unknown,
    ];
    return jsx(SelectEntry, { ...common(spec, element), getOptions, setValue: (value: string) => spec.write(value || undefined) });
  };
  return { id: spec.id, component, isEdited: isSelectEntryEdited };
}
