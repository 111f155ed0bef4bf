import type { ComponentType, ReactNode } from 'react';
import { CheckboxField, ChecklistField, RadioField, SelectField } from './choice-fields.tsx';
import { DynamicListField, GroupField } from './containers.tsx';
import { DatetimeField } from './date-field.tsx';
import type { FieldProps } from './field-frame.tsx';
import { useForm } from './form-context.ts';
import { pathOf } from './paths.ts';
import { ExpressionField, FilepickerField, ImageBlock, TableBlock, TextBlock, UnknownField } from './presentation.tsx';
import type { FormComponent, Path } from './schema.ts';
import { NumberField, TextField, TextareaField } from './text-fields.tsx';

const nothing = (): ReactNode => null;

/** Which component shows which type of the form language. */
const views = new Map<string, ComponentType<FieldProps>>([
  ['textfield', TextField],
  ['textarea', TextareaField],
  ['number', NumberField],
  ['checkbox', CheckboxField],
  ['checklist', ChecklistField],
  ['taglist', ChecklistField],
  ['radio', RadioField],
  ['select', SelectField],
  ['datetime', DatetimeField],
  ['text', TextBlock],
  ['html', TextBlock],
  ['image', ImageBlock],
  ['table', TableBlock],
  ['group', GroupField],
  ['dynamiclist', DynamicListField],
  ['filepicker', FilepickerField],
  ['expression', ExpressionField],
  ['separator', () => <hr className="form-separator" />],
  ['spacer', () => <div className="form-spacer" />],
  // The page around the form has its own buttons, in words that fit what happens next.
  ['button', nothing],
]);

/** One component of the form, or nothing while a condition hides it. */
export function FormComponentView({ component, parent }: { readonly component: FormComponent; readonly parent: Path }): ReactNode {
  const { isHidden } = useForm();
  if (isHidden(component, parent)) return null;
  const View = views.get(component.type) ?? UnknownField;
  return <View component={component} path={pathOf(component, parent)} />;
}
