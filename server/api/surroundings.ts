import type { Json } from '../../engine/terms.ts';
import { allRows } from '../all-rows.ts';
import { deploys } from '../policy.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

/** Most diagrams that one answer carries. */
const MOST = 200;

/** Root names that a form's fields write: `address.street` writes `address`. */
export function namesWritten(schema: Json): readonly string[] {
  const names = new Set<string>();
  const visit = (component: Json | undefined): void => {
    if (component === null || typeof component !== 'object' || Array.isArray(component)) return;
    const { key, path, components } = component as Readonly<Record<string, Json | undefined>>;
    const name = typeof key === 'string' ? key : typeof path === 'string' ? path : '';
    if (name) names.add(name.split('.')[0] ?? name);
    if (Array.isArray(components) && !(typeof path === 'string' && path)) components.forEach(visit);
  };
  visit(schema);
  return [...names];
}

/** What the analysis of a drawing wants to know of what is deployed: who else sends and receives, what forms write, what decisions read. */
async function surroundings({ context }: Asked) {
  const { definitions, store } = context.runtime;
  const ids = [...new Set(definitions.all().map(({ row }) => String(row['processDefinitionId'])))].slice(0, MOST);
  const texts = new Set(ids.flatMap((id) => definitions.latest(id)?.xml ?? []));
  const forms = (await allRows(store, 'forms', { isLatest: true })).flatMap(({ formKey, formId }) => {
    const schema = definitions.form(String(formKey))?.schema;
    return schema === undefined ? [] : [{ formId: String(formId), names: namesWritten(schema), schema }];
  });
  return ok({ forms, decisions: await latestModels(context.runtime.store), diagrams: [...texts] });
}

/** Texts of the latest version of each decision model. */
export async function latestModels(store: Asked['context']['runtime']['store']): Promise<readonly string[]> {
  const rows = await allRows(store, 'decisionRequirements', { isLatest: true });
  const texts = await Promise.all(rows.slice(0, MOST).map(({ resourceKey }) => store.get('resources', String(resourceKey))));
  return texts.flatMap((row) => (typeof row?.['text'] === 'string' ? [row['text']] : []));
}

export const surroundingsRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/surroundings', allow: deploys, handler: surroundings },
];
