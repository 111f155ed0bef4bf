import type { Visibility } from '../engine/analysis/visibility.ts';
import type { Row } from '../runtime/collections.ts';
import type { Store } from '../runtime/ports.ts';

/** What a worker hands over to be kept. */
export interface NewDocument {
  /** stable across retries of the job */
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly processInstanceKey: string;
  /** step that made it */
  readonly elementId?: string;
  readonly businessId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Keeps documents of workers: readable by the owner of the case, the agencies that the diagram shows it to, and its applicant. A permit is kept under its verification code.
 * A repeated job finds its document there and changes nothing: its first bytes are the issued ones.
 */
export function documentSink(
  store: () => Promise<Store>,
  now: () => number,
): (document: NewDocument) => Promise<{ readonly documentId: string }> {
  return async (document) => {
    const kept = await store();
    const { id, name, contentType, bytes, sha256, processInstanceKey, businessId, metadata } = document;
    const documentId = typeof metadata['code'] === 'string' ? metadata['code'] : id;
    if ((await kept.get('documents', documentId)) !== undefined) return { documentId };
    const instance = await kept.get('processInstances', processInstanceKey);
    const root = await kept.get('processInstances', String(instance?.['rootProcessInstanceKey'] ?? processInstanceKey));
    const agencies = await readersOf(kept, { instance, root, elementId: document.elementId });
    const citizen = (root ?? instance)?.['startedBy'];
    const row = {
      documentId,
      name,
      contentType,
      size: bytes.length,
      sha256,
      processInstanceKey,
      createdAt: now(),
      createdBy: 'alur',
      agencies,
      metadata,
      ...(businessId === null ? {} : { businessId }),
      ...(typeof citizen === 'string' ? { citizen } : {}),
    };
    // bytes first: a row never speaks of a file that is not there
    await kept.putBlob(documentId, bytes);
    await kept.write([{ op: 'put', collection: 'documents', key: documentId, row }], [{ collection: 'documents', key: documentId }]);
    return { documentId };
  };
}

interface Made {
  readonly instance: Row | undefined;
  readonly root: Row | undefined;
  readonly elementId: string | undefined;
}

/** The owners, and whom the diagram shows the documents of this step to (engine/analysis/visibility.ts). `*`: all agencies of the case. */
async function readersOf(store: Store, { instance, root, elementId }: Made): Promise<readonly string[]> {
  const definition = await store.get('processDefinitions', String(instance?.['processDefinitionKey'] ?? '0'));
  const visibility = definition?.['visibility'] as Visibility | undefined;
  const shown = visibility?.documents.find((one) => one.elementId === elementId)?.agencies ?? [];
  const all = shown.includes('*') ? [instance, root].flatMap((row) => (row?.['agencies'] ?? []) as readonly string[]) : [];
  const owners = [instance, root].map((row) => row?.['ownerAgency']).filter((owner) => typeof owner === 'string');
  return [...new Set([...owners, ...shown, ...all])].filter((agency) => agency !== '*');
}
