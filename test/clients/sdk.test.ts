/** The REST client of the older SDK, unchanged, over HTTP: one test per operation that it has. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cases, definitions, jobs, messages, others, refused, tasks } from './sdk-operations.ts';
import { openSdk } from './sdk-world.ts';
import type { Sdk } from './sdk-world.ts';

let sdk: Sdk;
beforeAll(async () => {
  sdk = await openSdk();
}, 60_000);
afterAll(() => sdk.close());

describe('each operation of the older client', () => {
  test.each(Object.entries({ ...definitions, ...cases, ...jobs, ...tasks, ...messages, ...others }))(
    '[V2-87] %s works',
    async (name, operation) => {
      await operation(sdk);
      expect(name in sdk.client).toBe(true);
    },
  );

  test.each(Object.entries(refused))('[V2-87] %s is refused with a reason', async (_name, operation) => {
    await operation(sdk);
  });
});
