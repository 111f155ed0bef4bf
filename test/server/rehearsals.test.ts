/** Rehearsals over HTTP: test cases run on both implementations, with what failed, the path, coverage and what cannot be compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RehearsalReport } from '../../runtime/rehearsal/report.ts';
import { createRehearsals } from '../../scenarios/index.ts';
import { drawXml } from '../engine/analysis/draw.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

const processes = join(import.meta.dirname, '../../processes');
let house: House;
let analyst: Caller;

beforeAll(async () => {
  house = await openHouse({ rehearsals: createRehearsals(processes) });
  analyst = await house.as('analyst');
}, 60_000);
afterAll(() => house.close());

const rehearse = (body: object): Promise<Answer> => analyst('POST', '/api/v1/rehearsals', body);
const reportOf = ({ status, body, text }: Answer): RehearsalReport => {
  if (status !== 200) throw new Error(text);
  return body as unknown as RehearsalReport;
};
const start = { type: 'CREATE_PROCESS_INSTANCE', processDefinitionSelector: { processDefinitionId: 'process' } };
const LINES = 'start s\nservice b\nxor x\nend e\nend f\ns -> b\nb -> x\nx -> e : good = true\nx -> f : default';
const complete = (variables: object): object => ({ type: 'COMPLETE_JOB', jobSelector: { elementId: 'b' }, variables });
const ends = (elementId: string): object => ({ type: 'ASSERT_ELEMENT_INSTANCE', elementSelector: { elementId }, state: 'IS_COMPLETED' });

describe('a rehearsal', () => {
  test('[RH1] tells by test case what passed, its path, and that both implementations agree', async () => {
    const { cases, coverage } = reportOf(
      await rehearse({
        xml: drawXml(LINES),
        testCases: [{ name: 'good', description: 'the good end', instructions: [start, complete({ good: true }), ends('e')] }],
      }),
    );
    expect(cases).toMatchObject([{ name: 'good', description: 'the good end', passed: true, opinion: { comparable: true, agree: true } }]);
    expect(cases[0]?.path).toEqual(['s', 's-b', 'b', 'b-x', 'x', 'x-e', 'e']);
    expect(coverage.elements).toEqual({ total: 5, covered: ['s', 'b', 'x', 'e'], missed: ['f'] });
    expect(coverage.flows.missed).toEqual(['x-f']);
  });

  test('[RH1] a failed assertion says which instruction and what was found instead', async () => {
    const { cases } = reportOf(
      await rehearse({ xml: drawXml(LINES), testCases: [{ name: 'bad', instructions: [start, complete({ good: false }), ends('e')] }] }),
    );
    expect(cases).toMatchObject([
      { passed: false, failure: { instruction: 3, type: 'ASSERT_ELEMENT_INSTANCE', message: expect.stringContaining('"e"') } },
    ]);
    expect(cases[0]?.path).toContain('f');
  });

  test('[RH2] what only one implementation can run is named by element', async () => {
    const lines = 'start s\nor g\nservice b\nservice c\nor j\nend e\ns -> g\ng -> b : true\ng -> c : true\nb -> j\nc -> j\nj -> e';
    const { cases } = reportOf(await rehearse({ xml: drawXml(lines), testCases: [{ name: 'one', instructions: [start, complete({})] }] }));
    expect(cases[0]).toMatchObject({
      passed: true,
      opinion: { comparable: false, elements: [{ elementId: 'j', why: expect.stringContaining('inclusive') }] },
    });
  });

  test('[RH3] a deployed process plays the test cases that are kept with it', async () => {
    const folder = join(processes, 'community-wifi');
    const names = ['wifi-publik.bpmn', 'wifi-publik.dmn', 'wifi-permintaan.form', 'wifi-konfirmasi.form', 'wifi-rencana.form', 'wifi-uji.form', 'wifi-eskalasi.form']; // prettier-ignore
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    // the service belongs to an agency of its own: an administrator publishes it
    expect((await house.deploy(await house.as('admin'), files)).status).toBe(200);
    const kept = await analyst('GET', '/api/v1/rehearsals/test-cases?processDefinitionId=wifi-publik');
    const { cases } = reportOf(await rehearse({ processDefinitionId: 'wifi-publik' }));
    expect(cases.length).toBe((kept.body['items'] as unknown[]).length);
    expect(cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(cases.filter(({ opinion }) => opinion.comparable && !opinion.agree)).toEqual([]);
    expect(cases.some(({ opinion }) => opinion.comparable)).toBe(true);
  }, 120_000);

  test('[RH4] refusals: no grammar, no test case, no diagram, no such process', async () => {
    const xml = drawXml(LINES);
    expect(await rehearse({ xml, testCases: [{ name: 'x', instructions: [{ type: 'NO_SUCH' }] }] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: expect.stringContaining('/testCases/0/instructions/0') }] },
    });
    expect((await rehearse({ xml, testCases: [] })).status).toBe(400);
    expect((await rehearse({ xml })).status).toBe(400);
    expect((await rehearse({})).status).toBe(400);
    expect((await rehearse({ processDefinitionId: 'nowhere' })).status).toBe(404);
    const refused = await rehearse({ xml: '<html/>', testCases: [{ name: 'x', instructions: [start] }] });
    expect(refused).toMatchObject({ status: 400, body: { title: 'INVALID_RESOURCE' } });
    expect(refused.body['problems']).not.toEqual([]);
  });

  test('[RH4] analysts rehearse, clerks and citizens do not', async () => {
    for (const who of ['clerk.alpha', 'warga']) {
      const caller = await house.as(who);
      expect((await caller('POST', '/api/v1/rehearsals', { xml: drawXml(LINES), testCases: [] })).status).toBe(403);
      expect((await caller('GET', '/api/v1/rehearsals/test-cases?processDefinitionId=wifi-publik')).status).toBe(403);
    }
  });

  test('[RH5] what does not end by itself is ended, and the next rehearsal is heard', async () => {
    const rehearsals = createRehearsals(processes, { timeMs: 1, memoryMb: 256, testCases: 2, waiting: 2 });
    const request = { xml: drawXml(LINES), resources: [], testCases: [{ name: 'x', instructions: [start] }] };
    expect(await rehearsals.run(request)).toMatchObject({ ok: false, reason: 'limit' });
    expect(await rehearsals.run({ ...request, testCases: [1, 2, 3] })).toMatchObject({ reason: 'test-cases' });
    await rehearsals.close();
    expect((await rehearse({ xml: request.xml, testCases: request.testCases })).status).toBe(200);
  });

  test('[RH6] what the analysis needs of its surroundings is for analysts', async () => {
    const { body } = await analyst('GET', '/api/v1/surroundings');
    expect(body['forms']).toContainEqual({
      formId: 'wifi-konfirmasi',
      names: expect.arrayContaining(['confirmed']),
      schema: expect.objectContaining({ id: 'wifi-konfirmasi' }),
    });
    expect(JSON.stringify(body['diagrams'])).toContain('wifi-publik');
    expect(JSON.stringify(body['decisions'])).toContain('decision');
    expect((await (await house.as('warga'))('GET', '/api/v1/surroundings')).status).toBe(403);
  });
});
