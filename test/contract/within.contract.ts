/** Rows of one instance, found by its key alone: also where the instance went on beyond its first 2^20 keys, and nobody else's. */
import { expect, test } from '@jest/globals';
import { keyOf, keyOfNumber } from '../../engine/index.ts';
import type { Filter, RowChange, Store } from '../../runtime/ports.ts';

const [first, second] = [keyOfNumber(7), keyOfNumber(8)];
const LAST_OF_BLOCK = 2 ** 20 - 1;

function variable(instance: string, n: number): RowChange {
  const key = keyOf(instance, n);
  return {
    op: 'put',
    collection: 'variables',
    key,
    row: { variableKey: key, name: `v${n}`, value: '1', scopeKey: instance, processInstanceKey: instance },
  };
}

function flow(instance: string, name: string): RowChange {
  const id = `${instance}_${name}`;
  return { op: 'put', collection: 'sequenceFlows', key: id, row: { processInstanceKey: instance, elementId: name, sequenceFlowId: id } };
}

export function testWithin(storeOf: () => Store): void {
  const names = async (filter: Filter): Promise<readonly unknown[]> =>
    (await storeOf().search('variables', { filter, sort: [{ field: 'name' }] })).items.map(
      (row) => `${String(row['processInstanceKey'])} ${String(row['name'])}`,
    );

  test('[ST23] an instance has its own variables, the last of a block and those of later blocks too', async () => {
    const numbers = [1, LAST_OF_BLOCK, LAST_OF_BLOCK + 1, 3 * 2 ** 20 + 5];
    await storeOf().write([...numbers.map((n) => variable(first, n)), ...numbers.map((n) => variable(second, n))]);
    const wanted = numbers.map((n) => `v${n}`).sort();
    expect(await names({ processInstanceKey: first })).toEqual(wanted.map((name) => `${first} ${name}`));
    expect(await names({ processInstanceKey: { $in: [second, keyOfNumber(9)] } })).toEqual(wanted.map((name) => `${second} ${name}`));
    expect((await names({ $or: [{ processInstanceKey: first }, { processInstanceKey: second }] })).length).toBe(8);
    expect((await names({ processInstanceKey: { $neq: first } })).length).toBe(4);
    expect(await names({ processInstanceKey: keyOfNumber(9) })).toEqual([]);
  });

  test('[ST23] flows under text keys: an instance whose key begins like another has its own only', async () => {
    await storeOf().write([flow('1048576', 'a'), flow('10485760', 'b'), flow('1048576', 'c')]);
    const flows = async (filter: Filter) => (await storeOf().search('sequenceFlows', { filter })).items.map((row) => row['elementId']);
    expect(await flows({ processInstanceKey: '1048576' })).toEqual(['a', 'c']);
    expect(await flows({ processInstanceKey: { $in: ['10485760'] } })).toEqual(['b']);
  });
}
