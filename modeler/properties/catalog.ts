/** What the properties panel offers to choose from; fetched once per editor and then again when asked. */
import { request } from '../../ui/client.ts';
import { inLanguage } from '../../ui/i18n.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}
interface Agency {
  readonly agencyId: string;
  readonly name: string;
  readonly nameEn?: string | null;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string | null;
  readonly method?: string;
  readonly path?: string;
}

/** Lists of choices: empty = on its way, undefined = nothing to choose from, so that the field is a plain text. */
let agencies: readonly Agency[] | undefined = [];
let forms: readonly Option[] | undefined = [];
const operations = new Map<string, readonly Operation[] | undefined>();

/** Fetches agencies and forms. */
export async function loadCatalog(): Promise<void> {
  const [found, deployed] = await Promise.allSettled([
    request<{ items: Agency[] }>('/api/v1/agencies'),
    request<{ items: { formId: string }[] }>('/api/v1/forms'),
  ]);
  agencies = found.status === 'fulfilled' ? unlessEmpty(found.value.items) : undefined;
  const ids = deployed.status === 'fulfilled' ? [...new Set(deployed.value.items.map((form) => form.formId))] : [];
  forms = unlessEmpty(ids.map((id) => ({ value: id, label: id })));
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

export function agencyOptions(): readonly Option[] | undefined {
  return agencies?.map((agency) => ({ value: agency.agencyId, label: inLanguage(agency.name, agency.nameEn) }));
}
/** whom a lane may stand for: an agency, or the citizen (docs/api.md, Conventions) */
export function laneOptions(): readonly Option[] {
  return [...(agencyOptions() ?? []), { value: 'citizen', label: inLanguage('Warga', 'Citizen') }];
}
export function formOptions(): readonly Option[] | undefined {
  return forms;
}

/** Operations of one agency's interface. `onLoaded` is called once when they come, or when it is known that none do. */
export function operationOptions(agencyId: string, onLoaded: () => void): readonly Option[] | undefined {
  if (agencyId === '') return undefined;
  if (!operations.has(agencyId)) void loadOperations(agencyId).then(onLoaded);
  return operations
    .get(agencyId)
    ?.map(({ operationId, summary }) => ({ value: operationId, label: summary ? `${summary} (${operationId})` : operationId }));
}

async function loadOperations(agencyId: string): Promise<void> {
  operations.set(agencyId, []);
  const address = `/api/v1/agencies/${encodeURIComponent(agencyId)}/operations`;
  const items = await request<{ items: Operation[] }>(address, { anonymous: true }).then(
    (found) => unlessEmpty(found.items),
    () => undefined, // not served
  );
  operations.set(agencyId, items);
}
