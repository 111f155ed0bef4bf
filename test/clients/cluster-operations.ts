/** Task listeners and variables of the whole cluster: one entry per operation. Each cleans up, because they reach into the cases of the others. */
import { expect } from '@jest/globals';
import type { Operation } from './engine-operations.ts';
import type { World } from './world.ts';

const variable = async ({ call }: World, name: string, value: object = { limit: 3 }): Promise<string> => {
  await call('createGlobalClusterVariable', { name, value });
  return name;
};
const tenantId = '<default>';
const named = async (world: World, name: string): Promise<string> => {
  await world.call('createTenantClusterVariable', { tenantId, name, value: { limit: 4 } });
  return name;
};
const listener = async ({ call }: World, id: string): Promise<string> => {
  await call('createGlobalTaskListener', { id, type: `${id}-job`, eventTypes: ['creating'] });
  return id;
};

export const clusterWide: Readonly<Record<string, Operation>> = {
  createGlobalClusterVariable: async ({ call }) => {
    const made = await call('createGlobalClusterVariable', { name: 'ONE', value: { a: 1 } });
    expect(made).toEqual({ name: 'ONE', scope: 'GLOBAL', tenantId: null, value: '{"a":1}' });
  },
  getGlobalClusterVariable: async (world) => {
    const name = await variable(world, 'TWO');
    expect((await world.call('getGlobalClusterVariable', { name }))['value']).toBe('{"limit":3}');
  },
  updateGlobalClusterVariable: async (world) => {
    const name = await variable(world, 'THREE');
    await world.call('updateGlobalClusterVariable', { name, value: { limit: 9 } });
    expect((await world.call('getGlobalClusterVariable', { name }))['value']).toBe('{"limit":9}');
  },
  deleteGlobalClusterVariable: async (world) => {
    const name = await variable(world, 'FOUR');
    await world.call('deleteGlobalClusterVariable', { name });
    expect(await world.find('searchClusterVariables', { name })).toEqual([]);
  },
  createTenantClusterVariable: async ({ call }) => {
    const made = await call('createTenantClusterVariable', { tenantId, name: 'ONE', value: { b: 1 } });
    expect(made).toEqual({ name: 'ONE', scope: 'TENANT', tenantId, value: '{"b":1}' });
  },
  getTenantClusterVariable: async (world) => {
    const name = await named(world, 'TWO');
    expect((await world.call('getTenantClusterVariable', { tenantId, name }))['scope']).toBe('TENANT');
  },
  updateTenantClusterVariable: async (world) => {
    const name = await named(world, 'THREE');
    await world.call('updateTenantClusterVariable', { tenantId, name, value: { limit: 8 } });
    expect((await world.call('getTenantClusterVariable', { tenantId, name }))['value']).toBe('{"limit":8}');
    expect((await world.call('getGlobalClusterVariable', { name }))['value']).toBe('{"limit":9}');
  },
  deleteTenantClusterVariable: async (world) => {
    const name = await named(world, 'FIVE');
    await world.call('deleteTenantClusterVariable', { tenantId, name });
    expect(await world.find('searchClusterVariables', { name })).toEqual([]);
  },
  searchClusterVariables: async ({ find }) => {
    const sort = [{ field: 'name' }, { field: 'scope' }];
    const found = await find('searchClusterVariables', { tenantId, name: { $like: 'T*' }, isTruncated: false }, { sort });
    expect(found.map(({ name }) => name)).toEqual(['THREE', 'TWO']);
  },
  createGlobalTaskListener: async ({ call }) => {
    const made = await call('createGlobalTaskListener', { id: 'first', type: 'audit', eventTypes: ['all'], priority: 70 });
    expect(made).toEqual({
      id: 'first',
      type: 'audit',
      eventTypes: ['all'],
      retries: 3,
      afterNonGlobal: false,
      priority: 70,
      source: 'API',
    });
    await call('deleteGlobalTaskListener', { id: 'first' });
  },
  getGlobalTaskListener: async (world) => {
    const id = await listener(world, 'second');
    expect((await world.call('getGlobalTaskListener', { id }))['type']).toBe('second-job');
    await world.call('deleteGlobalTaskListener', { id });
  },
  updateGlobalTaskListener: async (world) => {
    const id = await listener(world, 'third');
    expect(await world.call('updateGlobalTaskListener', { id, retries: 5 })).toMatchObject({ retries: 5, eventTypes: ['creating'] });
    await world.call('deleteGlobalTaskListener', { id });
  },
  searchGlobalTaskListeners: async (world) => {
    const ids = [await listener(world, 'x1'), await listener(world, 'x2')];
    const sort = [{ field: 'id', order: 'DESC' }];
    const found = await world.find('searchGlobalTaskListeners', { eventTypes: ['creating'], source: 'API' }, { sort });
    expect(found.map(({ id }) => id)).toEqual(['x2', 'x1']);
    for (const id of ids) await world.call('deleteGlobalTaskListener', { id });
  },
  deleteGlobalTaskListener: async (world) => {
    await world.call('deleteGlobalTaskListener', { id: await listener(world, 'fourth') });
    expect(await world.find('searchGlobalTaskListeners')).toEqual([]);
  },
};
