import type { Definition } from '../../runtime/runtime.ts';
import { allRows } from '../all-rows.ts';
import { textParam } from '../input.ts';
import { anyone, staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { mayStart } from '../starters.ts';

/** Does the portal offer it? To be asked of latest versions. */
export function isService({ row, properties }: Definition): boolean {
  return row['service'] === true || properties.get('alur:service') === 'true';
}

export function serviceOf(asked: Asked): Definition {
  const id = textParam(asked, 'processDefinitionId');
  return offeredService(asked, id);
}

export function offeredService({ context }: Asked, id: string): Definition {
  const definition = context.runtime.definitions.latest(id);
  if (definition === undefined || !isService(definition))
    throw new Problem('NOT_FOUND', 'Expected a service that is offered, but there is none with this name');
  return definition;
}

function show({ context }: Asked, { row, properties, phases }: Definition) {
  const agency = (row['ownerAgency'] as string | undefined) ?? properties.get('alur:owner') ?? null;
  const agencies = ((row['agencies'] ?? []) as readonly string[]).map((agencyId) => {
    const known = context.agencies.all.find((one) => one.agencyId === agencyId);
    return { agencyId, name: context.agencies.nameOf(agencyId), nameEn: known?.nameEn ?? null };
  });
  return {
    processDefinitionId: row['processDefinitionId'],
    processDefinitionKey: row['processDefinitionKey'],
    name: row['name'] ?? row['processDefinitionId'],
    nameEn: properties.get('alur:label.en') ?? null,
    description: properties.get('alur:description') ?? null,
    descriptionEn: properties.get('alur:description.en') ?? null,
    agency,
    agencyName: context.agencies.nameOf(agency),
    agencies,
    stages: phases.map(({ id, label, labelEn }) => ({ id, label, labelEn: labelEn ?? null })),
  };
}

export function startFormOf({ context }: Asked, definition: Definition) {
  return definition.startFormKey === undefined ? undefined : context.runtime.definitions.form(definition.startFormKey);
}

function list(asked: Asked) {
  const ids = new Set(asked.context.runtime.definitions.all().map(({ row }) => String(row['processDefinitionId'])));
  const services = [...ids]
    .map((id) => asked.context.runtime.definitions.latest(id))
    .filter((found) => found !== undefined && isService(found) && mayStart(asked.reader, found));
  const items = services.flatMap((found) => (found === undefined ? [] : [show(asked, found)]));
  return ok({ items: items.sort((left, right) => String(left.name).localeCompare(String(right.name))) });
}

function one(asked: Asked) {
  const definition = serviceOf(asked);
  return ok({ ...show(asked, definition), form: startFormOf(asked, definition)?.schema ?? null });
}

async function forms({ context }: Asked) {
  const rows = await allRows(context.runtime.store, 'forms', { isLatest: true });
  return ok({ items: rows.map(({ formId, formKey, version, resourceName }) => ({ formId, formKey, version, resourceName })) });
}

async function operations(asked: Asked) {
  const agencyId = textParam(asked, 'agencyId');
  const { agencies, operationsOf } = asked.context;
  if (!agencies.has(agencyId)) throw new Problem('NOT_FOUND', 'Expected an agency with this id, but there is none');
  return ok({ items: operationsOf === undefined ? [] : await operationsOf(agencyId) });
}

export const serviceRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/agencies',
    allow: anyone,
    handler: ({ context }) =>
      ok({ items: context.agencies.all.map(({ agencyId, name, nameEn, kind }) => ({ agencyId, name, nameEn, kind })) }),
  },
  { method: 'get', path: '/api/v1/agencies/:agencyId/operations', allow: staff, handler: operations },
  { method: 'get', path: '/api/v1/services', allow: anyone, handler: list },
  { method: 'get', path: '/api/v1/services/:processDefinitionId', allow: anyone, handler: one },
  { method: 'get', path: '/api/v1/forms', allow: staff, handler: forms },
];
