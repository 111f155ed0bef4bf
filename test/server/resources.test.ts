import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diagram, job, path, start, zeebe } from '../support/bpmn.ts';
import { tidy } from '../../server/tidy.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let analyst: Caller;
let operator: Caller;
beforeAll(async () => {
  house = await openHouse();
  [analyst, operator] = await Promise.all([house.as('analyst'), house.as('operator')]);
});
afterAll(() => house.close());

const problem = ({ status, body }: Answer) => [status, body['title']];
const resourcesOf = ({ status, body }: Answer) => {
  expect([status, body['problems']]).toEqual([200, undefined]);
  const entries = body['deployments'] as readonly { readonly resource: Record<string, unknown> | null }[];
  return entries.flatMap(({ resource }) => (resource === null ? [] : [resource]));
};
const deploy = (files: Readonly<Record<string, string>>) => house.deploy(analyst, files);
const BYTES = Uint8Array.of(0xff, 0xfe, 0, 1);
function filesOf(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): FormData {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) form.append('resources', new Blob([bytes]), name);
  return form;
}
const robot = (versionTag: string, script = 'x') => JSON.stringify({ id: 'Rpa_1', name: 'Robot', versionTag, script });
const using = (bindingType: string, versionTag?: string) =>
  diagram(
    start('s'),
    job('j', [
      zeebe(
        'linkedResources',
        {},
        zeebe('linkedResource', {
          resourceId: 'Rpa_1',
          resourceType: 'RPA',
          linkName: 'r',
          bindingType,
          ...(versionTag && { versionTag }),
        }),
      ),
    ]),
    path('s j'),
  ).replaceAll('id="p"', `id="${bindingType}-${versionTag ?? ''}"`);

/** The key that a worker of a new case gets, or the incident. */
async function linkedIn(processDefinitionId: string): Promise<unknown> {
  const started = await operator('POST', '/v2/process-instances', { processDefinitionId });
  const { processInstanceKey } = started.body;
  const found = await operator('POST', '/v2/jobs/search', { filter: { processInstanceKey } });
  const [row] = found.body['items'] as readonly { readonly customHeaders: Record<string, string> }[];
  if (row) return (JSON.parse(row.customHeaders['linkedResources'] ?? '') as readonly { readonly resourceKey: string }[])[0]?.resourceKey;
  const incidents = await operator('POST', '/v2/incidents/search', { filter: { processInstanceKey } });
  return (incidents.body['items'] as readonly Record<string, unknown>[])[0];
}

describe('resources', () => {
  test('[V2-40] a file of any kind is deployed, versioned and given back as it was', async () => {
    const [first] = resourcesOf(await deploy({ 'terms.md': '# Syarat' }));
    expect(first).toMatchObject({ resourceId: 'terms.md', resourceName: 'terms.md', version: 1, tenantId: '<default>' });
    const [same] = resourcesOf(await deploy({ 'terms.md': '# Syarat' }));
    expect(same).toEqual(first);
    const [second] = resourcesOf(await deploy({ 'terms.md': '# Syarat baru' }));
    expect(second).toMatchObject({ resourceId: 'terms.md', version: 2 });
    expect((await operator('GET', `/v2/resources/${String(first?.['resourceKey'])}`)).body).toEqual(first);
    const content = await operator('GET', `/v2/resources/${String(second?.['resourceKey'])}/content`);
    expect([content.text, content.headers.get('content-type')]).toEqual(['# Syarat baru', 'text/plain; charset=utf-8']);
    const found = await operator('POST', '/v2/resources/search', { filter: { resourceId: 'terms.md', isLatestVersion: true } });
    expect(found.body['items']).toEqual([second]);
  });

  test('[V2-40] bytes that are no text come back as bytes, never as a page', async () => {
    const [row] = resourcesOf(await analyst('POST', '/v2/deployments', filesOf({ 'logo.png': BYTES })));
    for (const address of ['content', 'content/binary']) {
      const binary = await operator('GET', `/v2/resources/${String(row?.['resourceKey'])}/${address}`);
      expect(binary.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''logo.png/);
      expect(binary.headers.get('content-type')).toBe('application/octet-stream');
      expect(binary.text).toBe(new TextDecoder().decode(BYTES));
    }
    expect(problem(await analyst('POST', '/v2/deployments', filesOf({ 'a.bpmn': Uint8Array.of(0xff) })))).toEqual([
      400,
      'INVALID_RESOURCE',
    ]);
  });

  test('[V2-40] what is not there is not found; diagrams have addresses of their own', async () => {
    expect(problem(await operator('GET', '/v2/resources/1'))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await deploy({ 'broken.rpa': '{}' }))).toEqual([400, 'INVALID_RESOURCE']);
    expect(problem(await house.nobody('POST', '/v2/resources/search', {}))[0]).toBe(401);
  });

  test('[V2-101] a withdrawn process is in no list and begins no case; its cases still find their diagram', async () => {
    const made = await deploy({ 'gone.bpmn': diagram(start('s'), job('j'), path('s j')).replaceAll('id="p"', 'id="gone"') });
    const [entry] = made.body['deployments'] as readonly { readonly processDefinition: { readonly processDefinitionKey: string } }[];
    const key = entry?.processDefinition.processDefinitionKey ?? '';
    const { body } = await operator('POST', '/v2/process-instances', { processDefinitionId: 'gone', variables: { b: 1, a: 2 } });
    const names = await operator('POST', `/v2/process-definitions/${key}/variable-names/search`, { filter: { name: { $like: '*' } } });
    expect(names.body['items']).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(problem(await operator('POST', `/v2/resources/${key}/deletion`, {}))).toEqual([403, 'FORBIDDEN']);
    expect(problem(await analyst('POST', `/v2/resources/${key}/deletion`, { deleteHistory: true }))).toEqual([403, 'FORBIDDEN']);
    expect((await analyst('POST', `/v2/resources/${key}/deletion`)).body).toEqual({ resourceKey: key, batchOperation: null });
    const found = await analyst('POST', '/v2/process-definitions/search', { filter: { processDefinitionId: 'gone' } });
    expect(found.body['items']).toEqual([]);
    expect((await operator('POST', '/v2/process-instances', { processDefinitionKey: key })).status).toBe(404);
    expect((await operator('GET', `/v2/process-definitions/${key}/xml`)).text).toContain('"gone"');
    const running = await operator('GET', `/v2/process-instances/${String(body['processInstanceKey'])}`);
    expect(running.body['state']).toBe('ACTIVE');
    expect(problem(await analyst('POST', `/v2/resources/${key}/deletion`))).toEqual([404, 'NOT_FOUND']);
  });

  test('[V2-102] with its history go the cases that have ended, and later those that end later; what other cases decided stays', async () => {
    const admin = await house.as('admin');
    await deploy({ 'past.bpmn': diagram(start('s'), job('j'), path('s j')).replaceAll('id="p"', 'id="past"') });
    const keys: string[] = [];
    for (let index = 0; index < 2; index += 1)
      keys.push(String((await operator('POST', '/v2/process-instances', { processDefinitionId: 'past' })).body['processInstanceKey']));
    await operator('POST', `/v2/process-instances/${keys[0] ?? ''}/cancellation`);
    const key = String(house.runtime.definitions.latest('past')?.row['processDefinitionKey']);
    const { body } = await admin('POST', `/v2/resources/${key}/deletion`, { deleteHistory: true });
    expect(body['batchOperation']).toMatchObject({ batchOperationType: 'DELETE_PROCESS_INSTANCE' });
    const left = async () => Promise.all(keys.map(async (one) => (await operator('GET', `/v2/process-instances/${one}`)).status));
    expect(await left()).toEqual([404, 200]);
    await operator('POST', `/v2/process-instances/${keys[1] ?? ''}/cancellation`);
    await tidy(house.runtime, Date.now());
    expect(await left()).toEqual([404, 404]);
  });

  test('[V2-41] a linked job gets the version that its binding means', async () => {
    expect(await deploy({ 'u.bpmn': using('latest') }).then(() => linkedIn('latest-'))).toMatchObject({
      errorType: 'RESOURCE_NOT_FOUND',
      errorMessage: expect.stringContaining("'Rpa_1'"),
    });
    const [one] = resourcesOf(await deploy({ 'a.rpa': robot('v1'), 'd.bpmn': using('deployment'), 't.bpmn': using('versionTag', 'v1') }));
    const [two] = resourcesOf(await deploy({ 'a.rpa': robot('v2') }));
    expect([one, two]).toMatchObject([
      { resourceId: 'Rpa_1', version: 1, versionTag: 'v1' },
      { version: 2, versionTag: 'v2' },
    ]);
    expect(await linkedIn('latest-')).toBe(two?.['resourceKey']);
    expect(await linkedIn('deployment-')).toBe(one?.['resourceKey']);
    expect(await linkedIn('versionTag-v1')).toBe(one?.['resourceKey']);
  });
});
