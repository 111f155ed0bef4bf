import { language } from '../../ui/i18n.ts';
import { request } from '../../ui/client.ts';
import type { Modeler } from './create-modeler.ts';

interface Loader {
  setTemplates: (templates: readonly object[]) => void;
}

/** Agencies' operations as steps to draw with. When they cannot be had, the diagram is drawn without them. */
export async function loadTemplates(modeler: Modeler, isOpen: () => boolean): Promise<void> {
  const answer = await request<{ readonly items: readonly object[] }>(`/api/v1/element-templates?language=${language()}`, {
    anonymous: true,
  }).catch(() => undefined);
  if (answer !== undefined && answer.items.length > 0 && isOpen()) modeler.get<Loader>('elementTemplatesLoader').setTemplates(answer.items);
}
