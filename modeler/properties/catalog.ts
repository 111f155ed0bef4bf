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

let agencies: readonly Agency[] = [];
let forms: readonly Option[] = [];
const operations = new Map<string, readonly Operation[]>();

/** Fetches agencies and forms. A failure leaves the lists empty: the fields are then plain texts. */
export async function loadCatalog(): Promise<void> {
  const [found, deployed] = await Promise.allSettled([
    request<{ items: Agency[] }>('/api/v1/agencies'),
    request<{ items: { formId: string }[] }>('/api/v1/forms'),
  ]);
  agencies = found.status === 'fulfilled' ? found.value.items : [];
  forms =
    deployed.status === 'fulfilled'
      ? [...new Set(deployed.value.items.map((form) => form.formId))].map((id) => ({ value: id, label: id }))
      : [];
}

export function agencyOptions(): readonly Option[] {
  return agencies.map((agency) => ({ value: agency.agencyId, label: inLanguage(agency.name, agency.nameEn) }));
}
/** whom a lane may stand for: an agency, or the citizen (docs/api.md, Conventions) */
export function laneOptions(): readonly Option[] {
  return [...agencyOptions(), { value: 'citizen', label: inLanguage('Warga', 'Citizen') }];
}
export function formOptions(): readonly Option[] {
  return forms;
}

/** Operations of one agency's interface; undefined until they are here. `onLoaded` is called once when they come. */
export function operationOptions(agencyId: string, onLoaded: () => void): readonly Option[] | undefined {
  const known = operations.get(agencyId);
  if (!known && agencyId) {
    operations.set(agencyId, []);
    void request<{ items: Operation[] }>(`/api/v1/agencies/${encodeURIComponent(agencyId)}/operations`, { anonymous: true })
      .then(({ items }) => {
        operations.set(agencyId, items);
        onLoaded();
      })
      .catch(() => undefined); // not served: the field stays a text
  }
  if (!known?.length) return undefined;
  return known.map(({ operationId, summary }) => ({ value: operationId, label: summary ? `${summary} (${operationId})` : operationId }));
}
