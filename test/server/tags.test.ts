/** What somebody marks a case with when it begins. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { diagram, el, end, ext, path, start, zeebe } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

let house: House;
let operator: Caller;
beforeAll(async () => {
  house = await openHouse();
  operator = await house.as('operator');
  const task = el('serviceTask', 'work', [ext(zeebe('taskDefinition', { type: 'tagged' }))]);
  const xml = diagram(start('s'), task, end('e'), path('s work e')).replace('<bpmn:process id="p"', '<bpmn:process id="tagged"');
  expect((await house.deploy(await house.as('admin'), { 'tagged.bpmn': xml })).status).toBe(200);
});
afterAll(() => house.close());

const begin = (tags: readonly unknown[]) => operator('POST', '/v2/process-instances', { processDefinitionId: 'tagged', tags });
const search = (tags: readonly unknown[]) => operator('POST', '/v2/process-instances/search', { filter: { tags } });

test('[V2-109] tags go with a case from its start, are searched by, and come with its jobs', async () => {
  // given
  expect((await begin(['urgent', 'area:north', 'urgent'])).status).toBe(200);
  expect((await begin(['area:south'])).status).toBe(200);
  // when, then
  const found = async (tags: readonly string[]) => ((await search(tags)).body['items'] as { tags: string[] }[]).map((row) => row.tags);
  expect(await found(['urgent'])).toEqual([['urgent', 'area:north']]);
  expect(await found(['area:north', 'urgent'])).toHaveLength(1);
  expect(await found(['area:north', 'area:south'])).toEqual([]);
  expect(await found(['area:east'])).toEqual([]);
  const jobs = await operator('POST', '/v2/jobs/activation', { type: 'tagged', worker: 'w', timeout: 10_000, maxJobsToActivate: 5 });
  const told = (jobs.body['jobs'] as { tags: string[] }[]).map(({ tags }) => tags);
  expect(told).toEqual(expect.arrayContaining([['urgent', 'area:north'], ['area:south']]));
});

test.each([[['1st']], [['a b']], [Array.from({ length: 11 }, (_, n) => `t${n}`)]])('[V2-109] %j are no tags', async (tags) => {
  expect((await begin(tags)).status).toBe(400);
});

test('[V2-109] a search for what is no tag says what it expected', async () => {
  const answer = await search([1]);
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('/filter/tags')]);
});
