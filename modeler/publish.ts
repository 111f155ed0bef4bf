import { request } from '../ui/client.ts';

export interface Deployed {
  readonly processDefinitionId: string;
  readonly processDefinitionVersion: number;
  readonly processDefinitionKey: string;
}
interface DeploymentAnswer {
  readonly deploymentKey: string;
  readonly deployments: readonly { readonly processDefinition?: Deployed | null }[];
}

/** File name of a diagram: letters, digits and dashes only. */
export function fileName(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, ''); // prettier-ignore
  return `${plain || 'diagram'}.bpmn`;
}

/** Publishes the diagram with the forms and decisions that belong to it: all or nothing. Rejects with `ProblemError` (`problem.problems` for a refused diagram). */
export async function publish(name: string, xml: string, companions: readonly File[]): Promise<readonly Deployed[]> {
  const body = new FormData();
  body.append('resources', new File([xml], fileName(name), { type: 'application/xml' }));
  for (const file of companions) body.append('resources', file, file.name);
  const { deployments } = await request<DeploymentAnswer>('/v2/deployments', { method: 'POST', body });
  return deployments.map((each) => each.processDefinition).filter((process) => process !== null && process !== undefined);
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
