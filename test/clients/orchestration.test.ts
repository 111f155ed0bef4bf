/**
 * The official client of the interface that we follow, unchanged, with its own checks of every request and every answer switched on, over HTTP:
 * one test per operation that we serve. What it has and we do not serve stands in docs/api.md with the reason.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { operations } from './operations.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

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
