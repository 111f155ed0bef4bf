/**
 * The official client of the interface that we follow, unchanged, with its own checks of every request and every answer switched on, over HTTP:
 * one test per operation that we serve. What it has and we do not serve stands in docs/api.md with the reason.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documents, groups, roles, users } from './account-operations.ts';
import { clusterWide } from './cluster-operations.ts';
import { batches, cases, cluster, definitions, elements, jobs, messages, tasks } from './engine-operations.ts';
import { records, statistics } from './watching-operations.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

const operations = {
  ...cluster,
  ...definitions,
  ...cases,
  ...elements,
  ...jobs,
  ...tasks,
  ...messages,
  ...batches,
  ...statistics,
  ...records,
  ...users,
  ...documents,
  ...groups,
  ...roles,
  ...clusterWide,
};

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

describe('each operation of the official client', () => {
  test.each(Object.entries(operations))('[V2-70] %s answers as the client demands', async (name, operation) => {
    await operation(world);
    expect(world.answered.has(name)).toBe(true);
  });
});
