/** Who sees what of a service's cases, in sentences, for those who draw it. */
import type { VisibleVariable } from '../../engine/analysis/visibility.ts';
import { CITIZEN } from '../../runtime/citizen.ts';
import type { Definition } from '../../runtime/runtime.ts';
import { keyParam } from '../input.ts';
import { staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

function explain(asked: Asked) {
  const key = keyParam(asked, 'processDefinitionKey');
  const definition = asked.context.runtime.definitions.byKey(key);
  if (definition === undefined) throw new Problem('NOT_FOUND', `Expected a process definition with the key ${key}, but there is none`);
  const { owner, variables, documents, unnamed } = definition.visibility;
  const ownerName = named(asked, owner);
  return ok({
    processDefinitionKey: key,
    processDefinitionId: definition.row['processDefinitionId'],
    owner: owner ?? null,
    ownerName: ownerName.id,
    agencies: agenciesOf(definition).map((agency) => agencyView(asked, agency, variables)),
    hidden: variables.filter(({ agencies }) => agencies.every((agency) => agency === CITIZEN)).map(shown),
    identity: variables.filter(({ identity }) => identity).map(shown),
    documents,
    unnamed,
    sentence: `${ownerName.id} melihat semua data; yang tidak disebut dalam diagram hanya dilihat pemilik proses.`,
    sentenceEn: `${ownerName.en} sees everything; what the diagram does not name is seen by the owner only.`,
  });
}

/** Everybody with a step, except the owner, who sees all, and the citizen, who sees the own tasks' forms. */
function agenciesOf({ visibility, row }: Definition): readonly string[] {
  const all = [...((row['agencies'] ?? []) as readonly string[]), ...visibility.variables.flatMap(({ agencies }) => agencies)];
  return [...new Set(all)].filter((agency) => agency !== visibility.owner && agency !== CITIZEN).toSorted();
}

function agencyView(asked: Asked, agency: string, variables: readonly VisibleVariable[]): object {
  const seen = variables.filter(({ agencies }) => agencies.includes(agency));
  const name = named(asked, agency);
  const words = {
    id: seen.map(({ name: id, label }) => label ?? id),
    en: seen.map(({ name: id, label, labelEn }) => labelEn ?? label ?? id),
  };
  return {
    agency,
    agencyName: name.id,
    agencyNameEn: name.en,
    sentence: `${name.id} melihat: ${words.id.join(', ') || 'tidak ada'}`,
    sentenceEn: `${name.en} sees: ${words.en.join(', ') || 'nothing'}`,
    variables: seen.map((variable) => ({ ...shown(variable), because: variable.sights.filter((sight) => sight.agency === agency) })),
  };
}

function shown({ name, label, labelEn, identity }: VisibleVariable): object {
  return { name, label: label ?? name, labelEn: labelEn ?? label ?? name, identity };
}

function named({ context }: Asked, agency: string | undefined): { readonly id: string; readonly en: string } {
  const id = context.agencies.nameOf(agency) ?? 'Pemilik proses';
  return { id, en: context.agencies.nameEnOf(agency) ?? context.agencies.nameOf(agency) ?? 'The owner' };
}

export const visibilityRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/processes/:processDefinitionKey/visibility', allow: staff, handler: explain },
];
