/** Who may begin a case by hand. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diagram, end, ext, path, start, userTask, zeebe } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Answer, House } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const property = (name: string, value: string) => zeebe('property', { name, value });
const service = (id: string, starters: Readonly<Record<string, string>>) =>
  diagram(
    ext(
      zeebe(
        'properties',
        {},
        [property('alur:service', 'true'), ...Object.entries(starters).map(([name, value]) => property(`alur:${name}`, value))].join(''),
      ),
    ),
    start('s'),
    userTask('t'),
    end('e'),
    path('s t e'),
  ).replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`);

async function deploy(id: string, starters: Readonly<Record<string, string>>): Promise<Answer> {
  return await house.deploy(await house.as('admin'), { [`${id}.bpmn`]: service(id, starters) });
}
const begun = async (username: string, processDefinitionId: string) =>
  (await (await house.as(username))('POST', '/v2/process-instances', { processDefinitionId })).status;
const applied = async (username: string, processDefinitionId: string) =>
  (await (await house.as(username))('POST', '/api/v1/applications', { processDefinitionId })).status;
const offered = async (call: House['nobody']) =>
  ((await call('GET', '/api/v1/services')).body['items'] as { processDefinitionId: string }[])
    .map((one) => one.processDefinitionId)
    .toSorted();

describe('candidate starters', () => {
  beforeAll(async () => {
    await deploy('everybodys', {});
    await deploy('alphas', { candidateStarterGroups: 'alpha, kota' });
    await deploy('budis', { candidateStarterUsers: 'clerk.beta' });
    await deploy('citizens', { candidateStarterGroups: 'citizen' });
  });

  test.each([
    ['everybodys', ['clerk.alpha', 'clerk.beta', 'operator', 'admin'], []],
    ['alphas', ['clerk.alpha', 'lead.alpha', 'operator', 'admin'], ['clerk.beta']],
    ['budis', ['clerk.beta', 'admin'], ['clerk.alpha', 'operator']],
    ['citizens', ['admin'], ['clerk.alpha', 'operator']],
  ])('[AC50] %s is begun by those whom it names, and by administrators of the city', async (id, mine, others) => {
    for (const username of mine) expect([username, await begun(username, id)]).toEqual([username, 200]);
    for (const username of others) expect([username, await begun(username, id)]).toEqual([username, 403]);
  });

  test('[AC50] citizens apply for what names citizens, or nobody', async () => {
    expect(await applied('warga', 'citizens')).toBe(201);
    expect(await applied('warga', 'everybodys')).toBe(201);
    expect(await applied('warga', 'alphas')).toBe(403);
    expect(await applied('warga', 'budis')).toBe(403);
  });

  test('[AC50] a service is offered to those who may begin it', async () => {
    expect(await offered(house.nobody)).toEqual(['citizens', 'everybodys']);
    expect(await offered(await house.as('warga'))).toEqual(['citizens', 'everybodys']);
    expect(await offered(await house.as('clerk.beta'))).toEqual(['budis', 'everybodys']);
  });

  test('[AC50] every way in by hand asks the same, and a denied start is written down', async () => {
    const call = await house.as('clerk.beta');
    const key = String(house.runtime.definitions.latest('alphas')?.row['processDefinitionKey']);
    expect((await call('POST', `/govstack/processes/${key}/start`, { processStartedBy: 'x' })).status).toBe(403);
    expect((await call('POST', '/v2/process-instances', { processDefinitionKey: key })).status).toBe(403);
    const { items } = await house.runtime.store.search('audit', { filter: { by: 'clerk.beta', action: 'call', outcome: 'denied' } });
    expect(items.map(({ subject }) => subject)).toContain('process alphas');
  });

  test('[AC50] one that names nobody is refused at deployment', async () => {
    const { status, body } = await deploy('nobodys', { candidateStarterUsers: ' , ' });
    expect([status, body['problems']]).toMatchObject([400, [{ code: 'NO_STARTERS', elementId: 'nobodys' }]]);
  });
});
