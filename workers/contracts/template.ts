/** An operation as an element template: a step that an analyst fills in, in the modeler of this house and in others that know the format. */
import type { Field } from './fields.ts';
import { laterOptions } from './template-later.ts';
import { templateWords as words, type Words } from './template-words.ts';
import type { ContractOperation } from './operation.ts';

export type Template = { readonly id: string; readonly version: number; readonly [name: string]: unknown };
type Property = { readonly [name: string]: unknown };

export interface TemplateFor {
  readonly agencyId: string;
  /** as the reader calls it */
  readonly agencyName: string;
  readonly language: 'id' | 'en';
  /** the import that changed the operation last */
  readonly version: number;
  readonly operation: ContractOperation;
}

const SCHEMA = 'https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json';
export function templateOf({ agencyId, agencyName, language, version, operation }: TemplateFor): Template {
  const word = words[language];
  const name = operation.summary.replace(/\s+/g, ' ');
  const template: Template = {
    $schema: SCHEMA,
    id: `agency.${agencyId}.${operation.operationId}`,
    version,
    name: `${agencyName}: ${name}`,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.documentation === undefined ? {} : { documentationRef: operation.documentation }),
    category: { id: `agency.${agencyId}`, name: agencyName },
    appliesTo: ['bpmn:Task', 'bpmn:ServiceTask'],
    elementType: { value: 'bpmn:ServiceTask' },
    groups: [
      { id: 'inputs', label: word.inputs },
      { id: 'output', label: word.output },
      { id: 'errors', label: word.errors },
      { id: 'later', label: word.later.group },
    ],
    properties: [
      hidden('agency-call', { type: 'zeebe:taskDefinition', property: 'type' }),
      hidden(agencyId, { type: 'zeebe:taskHeader', key: 'agency' }),
      hidden(operation.operationId, { type: 'zeebe:taskHeader', key: 'operation' }),
      text('name', { optional: false, label: word.name, group: 'inputs', value: name, binding: { type: 'property', name: 'name' } }),
      text('purpose', { label: word.purpose, group: 'inputs', binding: { type: 'zeebe:taskHeader', key: 'purpose' } }),
      ...operation.inputs.map((field) => inputOf(field, word.choices)),
      outputOf(operation, word),
      ...errorsOf(operation, word),
      ...laterOptions(operation, word),
    ],
  };
  return template;
}

/** Rejects with an Error when what we made is no template: that is our own mistake. */
export async function checkTemplate(template: object): Promise<void> {
  // only who imports a contract needs the validator
  const { validateZeebe } = await import('@bpmn-io/element-templates-validator');
  const { valid, errors } = validateZeebe(template);
  if (!valid) throw new Error(`Expected an operation to become a template, but ${errors?.[0]?.message ?? 'it is none'}`);
}

const hidden = (value: string, binding: Property): Property => ({ type: 'Hidden', value, binding });
const text = (id: string, rest: Property): Property => ({ id, type: 'String', optional: true, ...rest });

const plain = new Map([['boolean', 'Boolean'], ['integer', 'Number'], ['number', 'Number'], ['string', 'String']]); // prettier-ignore

function inputOf({ place, type, required, label, description, choices }: Field, oneOf: string): Property {
  // a box that nobody ticked would send `false`, which is not the same as nothing
  const kind = type === 'boolean' && !required ? undefined : plain.get(type);
  const about = [description, type === 'boolean' && !required && '=true, =false', choices && `${oneOf}: ${choices.join(', ')}`]
    .filter(Boolean)
    .join(' ');
  return {
    id: place,
    group: 'inputs',
    label: required ? `${label} *` : label,
    ...(about ? { description: about.slice(0, 400) } : {}),
    type: kind ?? 'String',
    // a list, an object and what may be anything come from the case's data
    feel: kind === undefined ? 'required' : 'optional',
    ...(required ? { constraints: { notEmpty: true } } : { optional: true }),
    binding: { type: 'zeebe:input', name: place },
  };
}

function outputOf({ operationId, outputs, callback }: ContractOperation, word: Words): Property {
  // what is brought later is the answer
  const names = (callback?.outputs ?? outputs).map(({ place }) => place.replace(/^response\.body\.?/, '')).filter(Boolean);
  return {
    id: 'result',
    group: 'output',
    label: word.result,
    ...(names.length > 0 ? { description: `${word.fields}: ${names.join(', ').slice(0, 300)}` } : {}),
    type: 'String',
    value: variableName(operationId),
    constraints: { notEmpty: true, pattern: { value: '^[A-Za-z_][A-Za-z0-9_]*$', message: word.result } },
    binding: { type: 'zeebe:output', source: '=response.body' },
  };
}

function errorsOf({ errors }: ContractOperation, word: Words): readonly Property[] {
  const property = { group: 'errors', label: word.errors, description: word.codes, binding: { type: 'zeebe:taskHeader', key: 'errors' } };
  return [text('errors', errors.length > 0 ? { ...property, value: errors.join(', ') } : property)];
}

/** `get-pet_byId` → `getPet_byId` */
function variableName(operationId: string): string {
  const joined = operationId.replace(/[^A-Za-z0-9_]+([A-Za-z0-9])?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  return /^[A-Za-z_]/.test(joined) ? joined : `answer${joined}`;
}
