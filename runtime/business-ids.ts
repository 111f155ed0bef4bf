/**
 * One running case per process and business id, where the installation wants it so (ALUR_UNIQUE_BUSINESS_IDS). Called cases do not count: they
 * bear their caller's id. What ends or goes to another process by migration gives the id back with the very commit that says so.
 */
import type { Command, Event, InstanceState, Key } from '../engine/index.ts';
import type { DefinitionEntry } from './definitions.ts';
import type { Extras, Outcome } from './execute.ts';
import type { RowChange, Store } from './ports.ts';

type Act = (instanceKey: Key, command: Command, extras?: Extras) => Promise<Outcome>;

function lockOf(processDefinitionId: string, businessId: string): { readonly collection: 'idempotency'; readonly key: string } {
  return { collection: 'idempotency', key: `business-${JSON.stringify([processDefinitionId, businessId])}` };
}

function late(): Outcome {
  const reason = 'Expected a business id at the start of the case, because this installation keeps them unique, but it comes later';
  return { ok: false, kind: 'INVALID_STATE', reason };
}

/** Refuses to begin a second one, and to give an id late. */
export function withUniqueBusinessIds(store: Pick<Store, 'search'>, act: Act): Act {
  return async (instanceKey, command, extras = {}) => {
    if (command.type === 'assign-business-id' || (command.type === 'complete-job' && command.businessId !== undefined)) return late();
    if (command.type !== 'create-instance' || command.parent || command.businessId === undefined || !extras.definition)
      return await act(instanceKey, command, extras);
    const { id } = extras.definition;
    const { businessId } = command;
    // those that were begun before uniqueness was switched on hold no lock
    const filter = { processDefinitionId: id, businessId, endDate: { $exists: false }, parentProcessInstanceKey: { $exists: false } };
    if ((await store.search('processInstances', { filter, limit: 1 })).totalItems > 0) return taken(id, businessId);
    const lock = lockOf(id, businessId);
    const row: RowChange = { op: 'put', ...lock, row: { id: lock.key } };
    const outcome = await act(instanceKey, command, {
      ...extras,
      claims: [...(extras.claims ?? []), lock],
      rows: [...(extras.rows ?? []), row],
    });
    return outcome.ok || outcome.kind !== 'CLAIMED' || !outcome.reason.includes(lock.key) ? outcome : taken(id, businessId);
  };
}

function taken(processDefinitionId: string, businessId: string): Outcome {
  const reason = `Expected no running case of '${processDefinitionId}' with the business id '${businessId}', but there is one`;
  return { ok: false, kind: 'ALREADY_EXISTS', reason };
}

/** What a commit gives back. The definition is the one that the case ran on before it. */
export function givenBack(
  events: readonly Event[],
  { businessId, parent }: InstanceState,
  { id }: Pick<DefinitionEntry, 'id'>,
): readonly RowChange[] {
  const gone = events.some(({ t }) => t === 'instance-completed' || t === 'instance-terminated' || t === 'instance-migrated');
  return gone && businessId !== undefined && parent === undefined ? [{ op: 'delete', ...lockOf(id, businessId) }] : [];
}
