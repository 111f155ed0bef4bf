import type { Store } from '../runtime/ports.ts';
import { allRows } from './all-rows.ts';
import type { RegistryTools } from './registry-tools.ts';

/** Secrets that an older key sealed are sealed with the newest one, so that the old key can be forgotten. Those whose key is not here stay. */
export async function resealCredentials(store: Store, tools: Pick<RegistryTools, 'resealed'>): Promise<void> {
  const rows = await allRows(store, 'agencyCredentials', {});
  for (const row of rows) {
    const sealed = tools.resealed(row);
    if (sealed === undefined) continue;
    await store.write([{ op: 'patch', collection: 'agencyCredentials', key: String(row['credentialId']), fields: { ...sealed } }]);
  }
}
