import { z } from 'zod';
import type { Context } from '../context.ts';
import { parseBody } from '../input.ts';
import { anyone, movesClock, signedIn } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { groupsOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { TENANT } from './show.ts';

/** the release of the interface that we follow, as clients ask for it */
const VERSION = '8.9.0';

const topology = {
  brokers: [
    { nodeId: 0, host: 'localhost', port: 0, partitions: [{ partitionId: 1, role: 'leader', health: 'healthy' }], version: VERSION },
  ],
  clusterId: null,
  clusterSize: 1,
  partitionsCount: 1,
  replicationFactor: 1,
  gatewayVersion: VERSION,
  lastCompletedChangeId: '-1',
};

function me({ reader }: Asked) {
  return ok({
    username: reader.username,
    displayName: reader.name,
    email: null,
    authorizedComponents: ['*'],
    tenants: [{ tenantId: TENANT, name: 'Default', description: null }],
    groups: groupsOf(reader),
    roles: reader.roles,
    salesPlanType: null,
    c8Links: {},
    canLogout: true,
  });
}

function refuseRealClock({ config }: Context): void {
  if (config.clock !== 'controllable')
    throw new Problem('FORBIDDEN', 'Expected a clock that can be moved (ALUR_CLOCK=controllable), but this one is real');
}

const pinClockBody = z.object({ timestamp: z.number().int().min(0).max(8.64e15) });
async function pinClock(asked: Asked) {
  refuseRealClock(asked.context);
  const { timestamp } = parseBody(asked, pinClockBody);
  accepted(await asked.context.runtime.moveClock(timestamp));
  return noContent();
}

async function resetClock({ context }: Asked) {
  refuseRealClock(context);
  accepted(await context.runtime.moveClock('reset'));
  return noContent();
}

export const clusterRoutes: readonly Route[] = [
  { method: 'get', path: '/v2/topology', allow: anyone, handler: () => ok(topology) },
  { method: 'get', path: '/v2/status', allow: anyone, handler: () => noContent() },
  { method: 'get', path: '/cluster/v2/topology', allow: anyone, handler: () => ok(topology) },
  { method: 'get', path: '/cluster/v2/status', allow: anyone, handler: () => noContent() },
  {
    method: 'get',
    path: '/v2/license',
    allow: anyone,
    handler: () => ok({ validLicense: true, licenseType: 'Apache-2.0', isCommercial: false, expiresAt: null }),
  },
  { method: 'get', path: '/v2/authentication/me', allow: signedIn, handler: me },
  { method: 'put', path: '/v2/clock', allow: movesClock, records: 'house', body: pinClockBody, handler: pinClock },
  { method: 'post', path: '/v2/clock/reset', allow: movesClock, records: 'house', handler: resetClock },
];
