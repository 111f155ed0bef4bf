/** Accounts, agencies and roles: one entry per operation. */
import { expect } from '@jest/globals';
import type { Operation } from './engine-operations.ts';
import type { List, Shown, World } from './world.ts';

const made = async ({ call }: World, username: string): Promise<string> => {
  await call('createUser', { username, password: 'horse staple battery', name: username, email: `${username}@kota.example` });
  return username;
};
const names = (list: readonly Readonly<Record<string, unknown>>[]) => list.map((one) => one['username']);

export const users: Readonly<Record<string, Operation>> = {
  createUser: async (world) => {
    expect(await world.call('createUser', { username: 'nova', password: 'horse staple battery', name: 'Nova' })).toEqual({
      username: 'nova',
      name: 'Nova',
      email: null,
    });
  },
  searchUsers: async ({ find }) => {
    const found = await find('searchUsers', { username: { $in: ['clerk.alpha', 'warga'] } }, { sort: [{ field: 'username' }] });
    expect(names(found)).toEqual(['clerk.alpha']);
  },
  getUser: async (world) =>
    expect((await world.call('getUser', { username: await made(world, 'satu') }))['email']).toBe('satu@kota.example'),
  updateUser: async (world) => {
    const username = await made(world, 'dua');
    expect((await world.call('updateUser', { username, name: 'Dua', email: '' }))['name']).toBe('Dua');
    expect((await world.call('getUser', { username }))['email']).toBe(null);
  },
  deleteUser: async (world) => {
    const username = await made(world, 'tiga');
    await world.call('deleteUser', { username });
    expect(await world.find('searchUsers', { username })).toEqual([]);
  },
};

export const documents: Readonly<Record<string, Operation>> = {
  createDocument: async (world) => {
    const { metadata } = await filed(world, 'createDocument');
    expect(metadata).toMatchObject({ fileName: 'peta.txt', size: 4 });
  },
  getDocument: async (world) => {
    const { documentId, contentHash } = await filed(world, 'createDocument');
    expect(await world.call<string>('getDocument', { documentId, contentHash })).toBe('peta');
  },
  createDocuments: async ({ call }) => {
    const made = await call<{ readonly createdDocuments: List['items'] }>('createDocuments', {
      files: ['a', 'b'],
      metadataList: [{ fileName: '1' }, { fileName: '2' }],
    });
    expect(made.createdDocuments.map(({ metadata }) => (metadata as Shown)['fileName'])).toEqual(['1', '2']);
  },
  createDocumentLink: async (world) => {
    const { documentId, contentHash } = await filed(world, 'createDocument');
    const { url } = await world.call('createDocumentLink', { documentId, contentHash, timeToLive: 60_000 });
    const { pathname, search } = new URL(String(url));
    expect((await world.house.nobody('GET', pathname + search)).text).toBe('peta');
  },
  deleteDocument: async (world) => {
    const { documentId } = await filed(world, 'createDocument');
    await world.call('deleteDocument', { documentId });
    await expect(world.call('getDocument', { documentId })).rejects.toThrow();
  },
};

// strict, the client takes every file for a text, sent and received
const filed = ({ call }: World, operation: string): Promise<Shown> =>
  call(operation, { file: 'peta', metadata: { fileName: 'peta.txt', contentType: 'text/plain' } });

export const groups: Readonly<Record<string, Operation>> = {
  searchGroups: async ({ find }) => expect((await find('searchGroups')).map((one) => one['groupId'])).toEqual(['kota', 'alpha', 'beta']),
  getGroup: async ({ call }) => expect((await call('getGroup', { groupId: 'alpha' }))['name']).toBe('Dinas Alpha'),
  createGroup: async ({ call }) => {
    const given = { groupId: 'gamma', name: 'Dinas Gamma', description: 'Baru' };
    expect(await call('createGroup', given)).toEqual(given);
    expect((await call('getGroup', { groupId: 'gamma' }))['description']).toBe('Baru');
    await call('deleteGroup', { groupId: 'gamma' });
  },
  updateGroup: async ({ call }) => {
    await call('createGroup', { groupId: 'delta', name: 'Dinas Delta' });
    await call('updateGroup', { groupId: 'delta', name: 'Dinas Delta Raya' });
    expect((await call('getGroup', { groupId: 'delta' }))['name']).toBe('Dinas Delta Raya');
    await call('deleteGroup', { groupId: 'delta' });
  },
  deleteGroup: async ({ call, find }) => {
    await call('createGroup', { groupId: 'epsilon', name: 'Dinas Epsilon' });
    await call('deleteGroup', { groupId: 'epsilon' });
    expect(await find('searchGroups', { groupId: 'epsilon' })).toEqual([]);
  },
  assignUserToGroup: async (world) => {
    const username = await made(world, 'empat');
    await world.call('assignUserToGroup', { groupId: 'beta', username });
    expect(names(await world.find('searchUsersForGroup', undefined, { groupId: 'beta' }))).toContain(username);
  },
  searchUsersForGroup: async ({ find }) => {
    const found = await find('searchUsersForGroup', undefined, { groupId: 'alpha', sort: [{ field: 'username', order: 'ASC' }] });
    expect(names(found)).toEqual(['analyst', 'clerk.alpha', 'clerk2.alpha', 'lead.alpha']);
  },
  unassignUserFromGroup: async (world) => {
    const username = await made(world, 'lima');
    await world.call('assignUserToGroup', { groupId: 'beta', username });
    await world.call('unassignUserFromGroup', { groupId: 'beta', username });
    expect(names(await world.find('searchUsersForGroup', undefined, { groupId: 'beta' }))).not.toContain(username);
  },
  searchRolesForGroup: async ({ find }) => expect(await find('searchRolesForGroup', undefined, { groupId: 'alpha' })).toEqual([]),
  searchMappingRulesForGroup: async ({ find }) =>
    expect(await find('searchMappingRulesForGroup', undefined, { groupId: 'alpha' })).toEqual([]),
};

const rules = (list: readonly Shown[]) => list.map(({ mappingRuleId }) => mappingRuleId);
const programs = (list: readonly Shown[]) => list.map(({ clientId }) => clientId);
const ruled = async ({ call }: World, mappingRuleId: string): Promise<string> => {
  await call('createMappingRule', { mappingRuleId, name: mappingRuleId, claimName: 'groups', claimValue: `value of ${mappingRuleId}` });
  return mappingRuleId;
};
/** a client of the house, which the interface has no call for */
const program = async ({ house }: World, agency: string): Promise<string> => {
  const admin = await house.as('admin');
  const { body } = await admin('POST', '/api/v1/clients', { name: 'Program', agency: agency || 'kota', roles: ['clerk'] });
  const clientId = String(body['clientId']);
  if (agency === '') await admin('DELETE', `/v2/groups/kota/clients/${clientId}`);
  return clientId;
};

export const roles: Readonly<Record<string, Operation>> = {
  searchRoles: async ({ find }) => expect((await find('searchRoles')).length).toBe(7),
  getRole: async ({ call }) => expect((await call('getRole', { roleId: 'clerk' }))['name']).toBe('Clerk'),
  assignRoleToUser: async (world) => {
    const username = await made(world, 'enam');
    await world.call('assignRoleToUser', { roleId: 'evaluator', username });
    expect(names(await world.find('searchUsersForRole', undefined, { roleId: 'evaluator' }))).toContain(username);
  },
  searchUsersForRole: async ({ find }) =>
    expect(names(await find('searchUsersForRole', undefined, { roleId: 'supervisor' }))).toEqual(['lead.alpha']),
  unassignRoleFromUser: async (world) => {
    const username = await made(world, 'tujuh');
    await world.call('assignRoleToUser', { roleId: 'operator', username });
    await world.call('unassignRoleFromUser', { roleId: 'operator', username });
    expect(names(await world.find('searchUsersForRole', undefined, { roleId: 'operator' }))).not.toContain(username);
  },
  searchGroupsForRole: async ({ find }) => expect(await find('searchGroupsForRole', undefined, { roleId: 'clerk' })).toEqual([]),
  searchMappingRulesForRole: async ({ find }) =>
    expect(await find('searchMappingRulesForRole', undefined, { roleId: 'clerk' })).toEqual([]),
  searchTenants: async ({ find }) => expect((await find('searchTenants')).map((one) => one['tenantId'])).toEqual(['<default>']),
  getTenant: async ({ call }) => expect((await call('getTenant', { tenantId: '<default>' }))['name']).toBe('Default'),
  searchUsersForTenant: async ({ find }) =>
    expect(names(await find('searchUsersForTenant', undefined, { tenantId: '<default>' }))).toContain('clerk.beta'),
  searchGroupIdsForTenant: async ({ find }) =>
    expect((await find('searchGroupIdsForTenant', undefined, { tenantId: '<default>' })).length).toBe(3),
  searchRolesForTenant: async ({ find }) =>
    expect((await find('searchRolesForTenant', undefined, { tenantId: '<default>' })).length).toBe(7),
  searchMappingRulesForTenant: async ({ find }) =>
    expect(await find('searchMappingRulesForTenant', undefined, { tenantId: '<default>' })).toEqual([]),
  searchAuthorizations: async ({ find }) => {
    const found = await find('searchAuthorizations', { ownerId: 'evaluator', ownerType: 'ROLE', resourceType: 'SYSTEM' });
    expect(found.map((one) => one['permissionTypes'])).toEqual([['READ_USAGE_METRIC']]);
  },
  getAuthorization: async ({ call }) => expect((await call('getAuthorization', { authorizationKey: '1' }))['ownerId']).toBe('analyst'),
  createMappingRule: async (world) => {
    const given = { mappingRuleId: 'r0', name: 'Rule', claimName: 'sub', claimValue: 'x' };
    expect(await world.call('createMappingRule', given)).toEqual(given);
  },
  getMappingRule: async (world) => {
    expect((await world.call('getMappingRule', { mappingRuleId: await ruled(world, 'r1') }))['claimName']).toBe('groups');
  },
  updateMappingRule: async (world) => {
    const given = { mappingRuleId: await ruled(world, 'r2'), name: 'Other', claimName: 'team', claimValue: 'y' };
    await world.call('updateMappingRule', given);
    expect(await world.call('getMappingRule', { mappingRuleId: 'r2' })).toEqual(given);
  },
  deleteMappingRule: async (world) => {
    await world.call('deleteMappingRule', { mappingRuleId: await ruled(world, 'r3') });
    expect(await world.find('searchMappingRule', { mappingRuleId: 'r3' })).toEqual([]);
  },
  searchMappingRule: async (world) => {
    await ruled(world, 'r4');
    expect((await world.find('searchMappingRule', { mappingRuleId: 'r4' })).map((one) => one['claimValue'])).toEqual(['value of r4']);
  },
  assignMappingRuleToGroup: async (world) => {
    const given = { groupId: 'alpha', mappingRuleId: await ruled(world, 'r5') };
    await world.call('assignMappingRuleToGroup', given);
    expect(rules(await world.find('searchMappingRulesForGroup', undefined, { groupId: 'alpha' }))).toContain('r5');
    await world.call('unassignMappingRuleFromGroup', given);
  },
  unassignMappingRuleFromGroup: async (world) => {
    const given = { groupId: 'alpha', mappingRuleId: await ruled(world, 'r6') };
    await world.call('assignMappingRuleToGroup', given);
    await world.call('unassignMappingRuleFromGroup', given);
    expect(rules(await world.find('searchMappingRulesForGroup', undefined, { groupId: 'alpha' }))).not.toContain('r6');
  },
  assignRoleToMappingRule: async (world) => {
    await world.call('assignRoleToMappingRule', { roleId: 'evaluator', mappingRuleId: await ruled(world, 'r7') });
    expect(rules(await world.find('searchMappingRulesForRole', undefined, { roleId: 'evaluator' }))).toEqual(['r7']);
  },
  unassignRoleFromMappingRule: async (world) => {
    const given = { roleId: 'operator', mappingRuleId: await ruled(world, 'r8') };
    await world.call('assignRoleToMappingRule', given);
    await world.call('unassignRoleFromMappingRule', given);
    expect(await world.find('searchMappingRulesForRole', undefined, { roleId: 'operator' })).toEqual([]);
  },
  assignClientToGroup: async (world) => {
    const clientId = await program(world, '');
    await world.call('assignClientToGroup', { groupId: 'beta', clientId });
    expect(programs(await world.find('searchClientsForGroup', undefined, { groupId: 'beta' }))).toEqual([clientId]);
    await world.call('unassignClientFromGroup', { groupId: 'beta', clientId });
  },
  unassignClientFromGroup: async (world) => {
    const given = { groupId: 'beta', clientId: await program(world, 'beta') };
    await world.call('unassignClientFromGroup', given);
    expect(await world.find('searchClientsForGroup', undefined, { groupId: 'beta' })).toEqual([]);
  },
  searchClientsForGroup: async (world) => {
    const clientId = await program(world, 'alpha');
    expect(programs(await world.find('searchClientsForGroup', undefined, { groupId: 'alpha' }))).toEqual([clientId]);
  },
  assignRoleToClient: async (world) => {
    const clientId = await program(world, '');
    await world.call('assignRoleToClient', { roleId: 'evaluator', clientId });
    expect(programs(await world.find('searchClientsForRole', undefined, { roleId: 'evaluator' }))).toEqual([clientId]);
  },
  unassignRoleFromClient: async (world) => {
    const given = { roleId: 'analyst', clientId: await program(world, '') };
    await world.call('assignRoleToClient', given);
    await world.call('unassignRoleFromClient', given);
    expect(await world.find('searchClientsForRole', undefined, { roleId: 'analyst' })).toEqual([]);
  },
  searchClientsForRole: async (world) => {
    const clientId = await program(world, '');
    expect(programs(await world.find('searchClientsForRole', undefined, { roleId: 'clerk' }))).toContain(clientId);
  },
  searchClientsForTenant: async (world) => {
    const clientId = await program(world, '');
    expect(programs(await world.find('searchClientsForTenant', undefined, { tenantId: '<default>' }))).toContain(clientId);
  },
};
