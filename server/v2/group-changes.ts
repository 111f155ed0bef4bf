/** Groups are the agencies: making one registers an agency (its systems are registered at /api/v1/agencies), and one that nothing rests on any more is taken away. */
import { z } from 'zod';
import type { CollectionName } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { agencyIdSchema } from '../agencies.ts';
import { stamp } from '../api/agency-register.ts';
import { audit } from '../audit.ts';
import { parseBody } from '../input.ts';
import { keepsCity } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY } from '../reader.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { inTurn } from './account-changes.ts';
import { groupParam } from './groups.ts';
import type { Group } from './groups.ts';

const update = z.object({ name: z.string().trim().min(1).max(200), description: z.string().max(2000).nullish() });
const creation = update.extend({ groupId: agencyIdSchema });

async function create(asked: Asked) {
  const { groupId, name, description } = parseBody(asked, creation);
  const { agencies, runtime } = asked.context;
  const row = { agencyId: groupId, name, nameEn: name, kind: 'agency', description: description ?? '', ...stamp(asked) };
  const free = !agencies.has(groupId);
  const change = { op: 'put', collection: 'agencyProfiles', key: groupId, row } as const;
  if (!free || !(await runtime.store.write([change], [{ collection: 'agencyProfiles', key: groupId }])))
    throw new Problem('ALREADY_EXISTS', 'Expected an id that no agency has, but this one is taken');
  await agencies.learn(runtime.store);
  // the address names nobody: the record does
  await audit(asked.context, asked.reader, { action: 'call', subject: `POST /v2/groups ${groupId}`, outcome: 'done' });
  return created({ groupId, name, description: description ?? null });
}

async function replace(asked: Asked) {
  const { groupId } = changeable(asked);
  const { name, description } = parseBody(asked, update);
  await inTurn(asked, async () => {
    const { agencies, runtime } = asked.context;
    const known = agencies.all.find(({ agencyId }) => agencyId === groupId);
    const before = (await runtime.store.get('agencyProfiles', groupId)) ?? known;
    const row = { ...before, agencyId: groupId, name, description: description ?? '', ...stamp(asked) };
    await runtime.store.write([{ op: 'put', collection: 'agencyProfiles', key: groupId, row }]);
    await agencies.learn(runtime.store);
  });
  return ok({ groupId, name, description: description ?? null });
}

/** what rests on an agency, in words */
const rests: readonly (readonly [CollectionName, (agency: string) => Filter, string])[] = [
  ['users', (agency) => ({ agency }), 'people'],
  ['machineClients', (agency) => ({ agency, disabled: false }), 'programs'],
  ['mappingRules', (agency) => ({ agency }), 'mapping rules'],
  ['agencyConnections', (agencyId) => ({ agencyId }), 'connections'],
  ['agencyCredentials', (agencyId) => ({ agencyId }), 'credentials'],
  ['processDefinitions', (agency) => ({ agencies: { $hasAny: [agency] } }), 'processes'],
];

async function remove(asked: Asked) {
  const { groupId } = changeable(asked);
  const { agencies, runtime } = asked.context;
  const [profile, ...found] = await Promise.all([
    runtime.store.get('agencyProfiles', groupId),
    ...rests.map(async ([collection, filterOf, what]) =>
      (await runtime.store.search(collection, { filter: filterOf(groupId), limit: 1 })).items.length > 0 ? [what] : [],
    ),
  ]);
  if (profile === undefined)
    throw new Problem('INVALID_STATE', 'Expected an agency that was registered here, but this one came with the installation');
  const resting = found.flat();
  if (resting.length > 0) throw new Problem('INVALID_STATE', `Expected an agency that nothing rests on, but it has ${resting.join(', ')}`);
  await runtime.store.write([
    { op: 'delete', collection: 'agencyProfiles', key: groupId },
    { op: 'delete', collection: 'agencyContracts', key: groupId },
  ]);
  await agencies.learn(runtime.store);
  return noContent();
}

function changeable(asked: Asked): Group {
  const group = groupParam(asked);
  if (group.groupId === CITY) throw new Problem('INVALID_STATE', 'Expected an agency, but this is the city itself');
  return group;
}

const one = '/v2/groups/:groupId';
export const groupChangeRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/groups', creates: true, allow: keepsCity, body: creation, handler: create },
  { method: 'put', path: one, allow: keepsCity, records: 'house', body: update, handler: replace },
  { method: 'delete', path: one, allow: keepsCity, records: 'house', handler: remove },
];
