import type { Json } from '../engine/index.ts';
import { request } from '../ui/client.ts';

/** What is deployed beside the diagram that is drawn, as far as the analysis needs it. */
export interface Surroundings {
  /** names that each form writes, and the form itself */
  readonly forms: readonly { readonly formId: string; readonly names: readonly string[]; readonly schema: Json }[];
  /** texts of decision models */
  readonly decisions: readonly string[];
  /** texts of diagrams */
  readonly diagrams: readonly string[];
}

export async function fetchSurroundings(): Promise<Surroundings> {
  return request<Surroundings>('/api/v1/surroundings');
}
