/** One command for many, counts of what waits, and one's own rights. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { files } from '../clients/diagrams.ts';
import { openHouse, password } from './house.ts';
import type { Caller, House } from './house.ts';

let house: House;
let admin: Caller;
let stranger: Caller;
beforeAll(async () => {
  house = await openHouse();
  const person = { username: 'operator.beta', name: 'Oki', realm: 'staff', agency: 'beta', roles: ['operator'] } as const;
  await putAccount(house.runtime.store, person, password);
  [admin, stranger] = await Promise.all([house.as('admin'), house.as('operator.beta')]);
  const { 'weighing.bpmn': weighing = '', 'review.bpmn': review = '', 'ask.form': ask = '', 'answer.form': answer = '' } = files;
  const made = await house.deploy(admin, { 'weighing.bpmn': weighing, 'review.bpmn': review, 'ask.form': ask, 'answer.form': answer });
  expect(made.status).toBe(200);
});
afterAll(() => house.close());

const begin = async (processDefinitionId: string): Promise<string> =>
  String((await admin('POST', '/v2/process-instances', { processDefinitionId })).body['processInstanceKey']);
const stateOf = async (key: string) => (await house.runtime.store.get('processInstances', key))?.['state'];
const counts = async (call: Caller, batchOperationKey: unknown) => {
  const { body } = await call('GET', `/v2/batch-operations/${String(batchOperationKey)}`);
  return [body['state'], body['operationsTotalCount'], body['operationsFailedCount']];
};

describe('one command for many', () => {
  test('[V2-88] cases that a filter names are suspended and resumed; others are not', async () => {
    const [one, two, other] = [await begin('review'), await begin('review'), await begin('review')];
    const filter = { processInstanceKey: { $in: [one, two] } };
    const none = await stranger('POST', '/v2/process-instances/suspension', { filter });
    expect(await counts(stranger, none.body['batchOperationKey'])).toEqual(['COMPLETED', 0, 0]);
    const made = await admin('POST', '/v2/process-instances/suspension', { filter });
    expect(made.body['batchOperationType']).toBe('SUSPEND_PROCESS_INSTANCE');
    expect(await counts(admin, made.body['batchOperationKey'])).toEqual(['COMPLETED', 2, 0]);
    expect([await stateOf(one), await stateOf(two), await stateOf(other)]).toEqual(['SUSPENDED', 'SUSPENDED', 'ACTIVE']);
    const back = await admin('POST', '/v2/process-instances/resumption', { filter: {} });
    expect(await counts(admin, back.body['batchOperationKey'])).toEqual(['COMPLETED', 2, 0]);
    expect([await stateOf(one), await stateOf(two)]).toEqual(['ACTIVE', 'ACTIVE']);
  });

  test('[V2-88] open jobs that a filter names get retries; those of others do not, and nothing else may be changed', async () => {
    const keys = [await begin('weighing'), await begin('weighing')];
    const changeset = { retries: 7 };
    const filter = { type: 'weigh' };
    expect((await stranger('POST', '/v2/jobs/batch-update', { filter, changeset })).status).toBe(200);
    const before = await house.runtime.store.search('jobs', { filter: { retries: 7 } });
    const made = await admin('POST', '/v2/jobs/batch-update', { filter, changeset });
    const after = await house.runtime.store.search('jobs', { filter: { processInstanceKey: { $in: keys } } });
    expect(await counts(admin, made.body['batchOperationKey'])).toEqual(['COMPLETED', 2, 0]);
    expect([before.totalItems, after.items.map((row) => row['retries'])]).toEqual([0, [7, 7]]);
    for (const odd of [{}, { timeout: 5 }, { retries: 0 }, { worker: 'me' }])
      expect((await admin('POST', '/v2/jobs/batch-update', { filter, changeset: odd })).status).toBe(400);
  });

  test('[V2-89] a case tells what of it waits, to those who see the case', async () => {
    const path = `/v2/process-instances/${await begin('review')}/statistics/wait-states`;
    expect((await admin('GET', path)).body['items']).toEqual([{ elementId: 'read', waitingCount: 1 }]);
    expect((await stranger('GET', path)).status).toBe(404);
  });

  test('[V2-89] everybody on the staff reads the own rights, and nobody else’s', async () => {
    const path = '/v2/authentication/me/authorizations/search';
    const { body } = await stranger('POST', path, {});
    const owners = new Set((body['items'] as readonly { readonly ownerId: string }[]).map(({ ownerId }) => ownerId));
    expect([[...owners], body['authorizationsEnabled']]).toEqual([['operator'], true]);
    expect((await stranger('POST', path, { filter: { ownerId: 'admin' } })).body['items']).toEqual([]);
  });
});
