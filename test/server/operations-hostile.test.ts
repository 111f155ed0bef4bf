/** Files and cases that were made to hurt: each ends in a problem or an incident that names place and limit, and others are served meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diagram, el, end, ext, gateway, path, script, start, userTask, zeebe } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let admin: Caller;
beforeAll(async () => {
  house = await openHouse();
  admin = await house.as('admin');
});
afterAll(() => house.close());

const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const named = (id: string, xml: string): string => xml.replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`);
const repeat = (count: number, each: (n: number) => string): string => Array.from({ length: count }, (_, n) => each(n)).join('');

/** Answers in the order in which they came. */
async function race(slow: Promise<Answer>): Promise<{ readonly answer: Answer; readonly first: string }> {
  const order: string[] = [];
  const other = admin('GET', '/v2/topology').then(() => order.push('other'));
  const answer = await slow.then((got) => (order.push('hostile'), got));
  await other;
  return { answer, first: order[0] ?? '' };
}

const chain = (count: number): string =>
  diagram(
    start('e0'),
    repeat(count, (n) => `<bpmn:manualTask id="e${n + 1}"/><bpmn:sequenceFlow id="f${n}" sourceRef="e${n}" targetRef="e${n + 1}"/>`),
  );
const nested = (depth: number): string =>
  diagram(start('s'), `${repeat(depth, (n) => `<bpmn:subProcess id="n${n}">`)}${'</bpmn:subProcess>'.repeat(depth)}`);
const namespaces = diagram(start('s'), end('e'), path('s e')).replace(
  '<bpmn:process',
  `<bpmn:process ${repeat(20_000, (n) => `xmlns:n${n}="urn:${n}" `)}`,
);
const feel = diagram(start('s'), script('calc', 'r', `=${'1+'.repeat(50_000)}1`), end('e'), path('s calc e'));
const twice = diagram(start('s'), userTask('a'), userTask('a'), end('e'), path('s a e'));
const dangling = diagram(start('s'), userTask('a'), end('e'), path('s a e')).replace('targetRef="a"', 'targetRef="nowhere"');
const dmnBomb = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="x" name="x">${'<context><contextEntry>'.repeat(20_000)}${'</contextEntry></context>'.repeat(20_000)}</decision></definitions>`;

describe('hostile files', () => {
  test.each([
    ['more than 10^4 elements', 'big.bpmn', chain(10_001), ['TOO_MANY_ELEMENTS', '10000']],
    ['10^3 levels', 'deep.bpmn', nested(1_000), ['NESTED_TOO_DEEP', '64']],
    ['20,000 namespaces', 'ns.bpmn', namespaces, ['TOO_MANY_NAMESPACES', '50']],
    ['almost 2 MB of text', 'long.bpmn', `${diagram(start('s'))}<!--${'x'.repeat(1_999_990)}-->`, ['DIAGRAM_TOO_LARGE', '2000000']],
    ['FEEL of 10^5 characters', 'feel.bpmn', feel, ['EXPRESSION_SYNTAX', '100000']],
    ['an id __proto__', 'proto.bpmn', diagram(start('__proto__')), ['RESERVED_NAME', '__proto__']],
    ['an id twice', 'twice.bpmn', twice, ['DUPLICATE_ID', 'a']],
    ['a reference into nothing', 'dangling.bpmn', dangling, ['DANGLING_REFERENCE', 'nowhere']],
    ['DMN nested 20,000 times', 'bomb.dmn', dmnBomb, ['INVALID_XML', '128 levels of nesting']],
  ])(
    '[SV30] %s: refused by name, and another request is answered',
    async (_what, name, text, [code = '', limit]) => {
      const { answer, first } = await race(house.deploy(admin, { [name]: text }));
      expect([answer.status, answer.body['title']]).toEqual([400, 'INVALID_RESOURCE']);
      const problems = answer.body['problems'] as { code: string; message: string }[];
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.map((one) => `${one.code} ${one.message}`).find((one) => one.startsWith(code)) ?? problems).toContain(limit);
      // whatever is refused at a glance may be refused before the other one is even asked
      if (name === 'big.bpmn') expect(first).toBe('other');
    },
    60_000,
  );

  test('[SV30] the check in the modeler goes the same way', async () => {
    const { answer, first } = await race(admin('POST', '/api/v1/check', { xml: chain(10_001) }));
    expect((answer.body['problems'] as { code: string }[]).map(({ code }) => code)).toContain('TOO_MANY_ELEMENTS');
    expect(first).toBe('other');
  }, 60_000);

  test('[SV31] a large but honest diagram is accepted', async () => {
    const { answer, first } = await race(house.deploy(admin, { 'large.bpmn': named('large', chain(5_000)) }));
    expect([answer.status, first]).toEqual([200, 'other']);
  }, 60_000);
});

describe('hostile cases', () => {
  async function incidentOf(id: string, xml: string, variables: object = {}): Promise<Record<string, unknown> | undefined> {
    expect((await house.deploy(admin, { [`${id}.bpmn`]: named(id, xml) })).status).toBe(200);
    const { answer } = await race(admin('POST', '/v2/process-instances', { processDefinitionId: id, variables }));
    expect(answer.status).toBe(200);
    await house.runtime.settled();
    const found = await admin('POST', '/v2/incidents/search', { filter: { processDefinitionId: id, state: 'ACTIVE' } });
    return items(found).at(-1);
  }

  test('[SV32] an endless loop that never waits stops at an incident that names the limit', async () => {
    const loop = diagram(start('s'), gateway('exclusive', 'g'), script('spin', 'r', '=1'), path('s g spin g'));
    expect(await incidentOf('loop', loop)).toMatchObject({ errorMessage: expect.stringMatching(/100.?000/) });
  }, 60_000);

  const forEach = (inputCollection: string): string =>
    diagram(
      start('s'),
      el('serviceTask', 'each', [
        ext(zeebe('taskDefinition', { type: 'each' })),
        `<bpmn:multiInstanceLoopCharacteristics>${ext(zeebe('loopCharacteristics', { inputCollection, inputElement: 'item' }))}</bpmn:multiInstanceLoopCharacteristics>`,
      ]),
      end('e'),
      path('s each e'),
    );

  test.each([
    ['that an expression makes', 'made', { collection: '=for i in 1..1000000 return i', limit: 'budget of 1000000 steps' }],
    [
      'that somebody sends',
      'sent',
      { collection: '=many', variables: { many: Array.from({ length: 1_000_000 }, () => 1) }, limit: 'at most 20000 items' },
    ],
  ])(
    '[SV32] a collection of 10^6 items %s stops at an incident that names the limit',
    async (_what, id, { collection, variables, limit }: { collection: string; variables?: object; limit: string }) => {
      const incident = await incidentOf(id, forEach(collection), variables);
      expect(incident).toMatchObject({ elementId: 'each', errorMessage: expect.stringContaining(limit) });
    },
    60_000,
  );

  const caller = (calls: string): string =>
    diagram(start('s'), el('callActivity', 'again', [ext(zeebe('calledElement', { processId: calls }))]), end('e'), path('s again e'));

  // each one's name → whom it calls; the first is begun
  test.each([
    ['itself', { self: 'self' }],
    ['one that calls it', { ping: 'pong', pong: 'ping' }],
    ['one that calls one that calls it', { one: 'two', two: 'three', three: 'one' }],
  ])(
    '[SV32] a process that calls %s, for ever, stops at an incident that names the depth',
    async (_what, calls) => {
      const [[first, firstCalls], ...others] = Object.entries(calls) as [[string, string], ...[string, string][]];
      for (const [id, called] of others)
        expect((await house.deploy(admin, { [`${id}.bpmn`]: named(id, caller(called)) })).status).toBe(200);
      expect((await house.deploy(admin, { [`${first}.bpmn`]: named(first, caller(firstCalls)) })).status).toBe(200);
      const { answer } = await race(admin('POST', '/v2/process-instances', { processDefinitionId: first }));
      expect(answer.status).toBe(200);
      await house.runtime.settled();
      const found = await admin('POST', '/v2/incidents/search', {
        filter: { processDefinitionId: { $in: Object.keys(calls) }, state: 'ACTIVE' },
      });
      expect(items(found)).toMatchObject([
        { elementId: 'again', errorType: 'CALLED_ELEMENT_ERROR', errorMessage: expect.stringContaining('100 levels') },
      ]);
    },
    120_000,
  );
});
