/** Cases that hold the engine as long as they can: each ends in an incident that names the limit, and others are answered while it runs. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { diagram, end, gateway, job, multiInstance, path, script, start } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

let house: House;
let admin: Caller;
beforeAll(async () => {
  house = await openHouse();
  admin = await house.as('admin');
});
afterAll(() => house.close());

const loop = (expression: string): string =>
  diagram(
    start('s'),
    script('big', 'b', '=for i in 1..100000 return i'),
    gateway('exclusive', 'g'),
    script('spin', 'r', expression),
    path('s big g spin g'),
  );
const each = job('each', [], multiInstance({ inputCollection: '=for i in 1..20000 return i', inputElement: 'item' }));
const many = diagram(start('s'), each, end('e'), path('s each e'));

/** Starts the case and asks for the server's health again and again until it is answered: how often that was answered in between. */
async function served(id: string, xml: string): Promise<number> {
  const deployed = await house.deploy(admin, { [`${id}.bpmn`]: xml.replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`) });
  expect(deployed.status).toBe(200);
  let isOver = false;
  const started = admin('POST', '/v2/process-instances', { processDefinitionId: id, variables: {} }).finally(() => (isOver = true));
  let answers = 0;
  while (!isOver) {
    const { status } = await house.nobody('GET', '/livez');
    if (status === 200 && !isOver) answers += 1;
  }
  expect((await started).status).toBe(200);
  await house.runtime.settled();
  return answers;
}

test.each([
  ['an endless loop', '=1', '100000 steps'],
  ['an endless loop that evaluates much', '=count(for i in 1..90000 return i)', '20000000 steps of evaluating'],
  ['an endless loop that copies much', '=b', '50000000 bytes'],
])(
  '[SV33] %s: others are answered meanwhile, and the incident names the limit',
  async (_what, expression, limit) => {
    const id = `loop-${limit.split(' ')[0] ?? ''}`;
    expect(await served(id, loop(expression))).toBeGreaterThan(3);
    const found = await admin('POST', '/v2/incidents/search', { filter: { processDefinitionId: id, state: 'ACTIVE' } });
    expect(found.body['items']).toMatchObject([{ errorMessage: expect.stringContaining(limit) }]);
  },
  120_000,
);

test('[SV33] 20,000 parallel runs begin while others are answered, and each has its job', async () => {
  expect(await served('many', many)).toBeGreaterThan(3);
  const found = await admin('POST', '/v2/jobs/search', { filter: { type: 'each' }, page: { limit: 1 } });
  // a search counts no further than this
  expect(found.body['page']).toMatchObject({ totalItems: 10_000, hasMoreTotalItems: true });
}, 120_000);
