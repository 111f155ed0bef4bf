/** Machine clients as an administrator reaches them: within the own scope, one change after the other. */
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { textParam } from '../input.ts';
import { Problem } from '../problem.ts';
import { isCityWide } from '../reader.ts';
import type { Reader } from '../reader.ts';
import type { Asked } from '../route.ts';
import { inTurn } from '../v2/account-changes.ts';

/** Clients that the reader may see and keep. One that was removed stays as a row, so that the audit's name is never another program's. */
export function clientScope(reader: Reader): Filter {
  return isCityWide(reader) ? { disabled: false } : { disabled: false, agency: reader.agency ?? '' };
}

/** The client that the address names; NOT_FOUND also for those of other agencies. */
export async function readableClient(asked: Asked): Promise<Row> {
  const { store } = asked.context.runtime;
  const filter = { clientId: textParam(asked, 'clientId') };
  const row = (await store.search('machineClients', { filter, scope: clientScope(asked.reader), limit: 1 })).items[0];
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected a client with this id, but there is none for you');
  return row;
}

/** Reads and changes it with nobody in between. */
export function changeClient(asked: Asked, change: (row: Row) => Row): Promise<Row> {
  return inTurn(asked, async () => {
    const row = await readableClient(asked);
    const fields = change(row);
    await asked.context.runtime.store.write([{ op: 'patch', collection: 'machineClients', key: String(row['clientId']), fields }]);
    return { ...row, ...fields };
  });
}
