/** What operators do to cases, over HTTP on the real runtime. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diagram, el, end, ext, job, path, script, start, userTask, zeebe } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let operator: Caller;
let clerk: Caller;
beforeAll(async () => {
  house = await openHouse();
  [operator, clerk] = await Promise.all([house.as('operator'), house.as('clerk.alpha')]);
});
afterAll(() => house.close());

const problem = ({ status, body }: Answer) => [status, body['title']];
const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const named = (id: string, xml: string): string => xml.replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`);

async function deploy(id: string, xml: string): Promise<string> {
  const answer = await house.deploy(await house.as('admin'), { [`${id}.bpmn`]: named(id, xml) });
  expect([answer.status, answer.body['problems']]).toEqual([200, undefined]);
  const deployments = answer.body['deployments'] as { processDefinition: { processDefinitionKey: string } }[];
  return deployments[0]?.processDefinition.processDefinitionKey ?? '';
}

async function begin(processDefinitionId: string, more: object = {}): Promise<string> {
  const started = await operator('POST', '/v2/process-instances', { processDefinitionId, ...more });
  expect([started.status, started.body['detail']]).toEqual([200, undefined]);
  return String(started.body['processInstanceKey']);
}

const on = (key: string, word: string, body: unknown = {}) => operator('POST', `/v2/process-instances/${key}/${word}`, body);

async function active(processInstanceKey: string): Promise<readonly unknown[]> {
  const found = await operator('POST', '/v2/element-instances/search', { filter: { processInstanceKey, state: 'ACTIVE' } });
  return items(found)
    .filter(({ type }) => type !== 'PROCESS')
    .map(({ elementId }) => elementId)
    .toSorted();
}

async function elementKey(processInstanceKey: string, elementId: string): Promise<string> {
  const found = await operator('POST', '/v2/element-instances/search', { filter: { processInstanceKey, elementId, state: 'ACTIVE' } });
  return String(items(found)[0]?.['elementInstanceKey']);
}

async function stateOf(key: string): Promise<unknown> {
  return (await operator('GET', `/v2/process-instances/${key}`)).body['state'];
}

async function jobsOf(type: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await operator('POST', '/v2/jobs/activation', { type, timeout: 60_000, maxJobsToActivate: 10, requestTimeout: -1 });
  return answer.body['jobs'] as Record<string, unknown>[];
}

const two = diagram(start('s'), userTask('a'), userTask('b'), end('e'), path('s a b e'));
const timerEvent = (id: string, duration: string) =>
  el(
    'intermediateCatchEvent',
    id,
    el('timerEventDefinition', `${id}_t`, `<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration>`),
  );

describe('modification', () => {
  beforeAll(() => deploy('mod', two));

  test('[V2-20] a token is moved, another is added with variables, and one is taken away', async () => {
    const key = await begin('mod');
    const moved = await on(key, 'modification', {
      moveInstructions: [{ sourceElementInstruction: { sourceType: 'byId', sourceElementId: 'a' }, targetElementId: 'b' }],
    });
    expect(moved.status).toBe(204);
    expect(await active(key)).toEqual(['b']);
    await on(key, 'modification', { activateInstructions: [{ elementId: 'a', variableInstructions: [{ variables: { note: 'again' } }] }] });
    expect(await active(key)).toEqual(['a', 'b']);
    await on(key, 'modification', { terminateInstructions: [{ elementInstanceKey: await elementKey(key, 'b') }] });
    expect(await active(key)).toEqual(['a']);
    const found = await operator('POST', '/v2/variables/search', { filter: { processInstanceKey: key, name: 'note' } });
    expect(items(found)[0]?.['value']).toBe('"again"');
  });

  test.each([
    ['nothing', {}, 400],
    ['an unknown element', { activateInstructions: [{ elementId: 'nope' }] }, 400],
    ['an element that is not active', { terminateInstructions: [{ elementId: 'b' }] }, 404],
    ['a key of another case', { terminateInstructions: [{ elementInstanceKey: '1048577' }] }, 400],
    ['a field of the wrong kind', { activateInstructions: 'a' }, 400],
  ])('[V2-20] %s is refused, and nothing moves', async (_what, body, status) => {
    const key = await begin('mod');
    expect((await on(key, 'modification', body)).status).toBe(status);
    expect(await active(key)).toEqual(['a']);
  });

  test('[V2-20] a clerk may not', async () => {
    const key = await begin('mod');
    expect(problem(await clerk('POST', `/v2/process-instances/${key}/modification`, {}))).toEqual([403, 'FORBIDDEN']);
  });

  test('[V2-21] a case is started in the middle', async () => {
    expect(await active(await begin('mod', { startInstructions: [{ elementId: 'b' }] }))).toEqual(['b']);
    const wrong = await operator('POST', '/v2/process-instances', { processDefinitionId: 'mod', startInstructions: [{ elementId: 's' }] });
    expect(wrong.status).toBe(400);
  });

  test('[V2-21] a case ends after the element that a runtime instruction names; others are refused', async () => {
    const started = (afterElementId: string, type = 'TERMINATE_PROCESS_INSTANCE') =>
      operator('POST', '/v2/process-instances', { processDefinitionId: 'mod', runtimeInstructions: [{ type, afterElementId }] });
    const answer = await started('s');
    expect(answer.status).toBe(200);
    const { processInstanceKey } = answer.body as { readonly processInstanceKey: string };
    expect((await operator('GET', `/v2/process-instances/${processInstanceKey}`)).body).toMatchObject({ state: 'TERMINATED' });
    expect(problem(await started('nope'))).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem(await started('a', 'SOMETHING'))).toEqual([400, 'INVALID_ARGUMENT']);
  });
});

describe('migration', () => {
  test('[V2-22] a case goes on with another process, and its rows say so', async () => {
    await deploy('old', two);
    const target = await deploy('new', diagram(start('s'), userTask('aa'), userTask('c'), end('e'), path('s aa c e')));
    const key = await begin('old');
    const plan = { targetProcessDefinitionKey: target, mappingInstructions: [{ sourceElementId: 'a', targetElementId: 'aa' }] };
    expect((await on(key, 'migration', plan)).status).toBe(204);
    expect((await operator('GET', `/v2/process-instances/${key}`)).body).toMatchObject({
      processDefinitionId: 'new',
      processDefinitionKey: target,
    });
    const tasks = await operator('POST', '/v2/user-tasks/search', { filter: { processInstanceKey: key, state: 'CREATED' } });
    expect(items(tasks)[0]).toMatchObject({ elementId: 'aa', processDefinitionKey: target });
    await operator('POST', `/v2/user-tasks/${String(items(tasks)[0]?.['userTaskKey'])}/assignment`, { assignee: 'admin' });
    const admin = await house.as('admin');
    expect((await admin('POST', `/v2/user-tasks/${String(items(tasks)[0]?.['userTaskKey'])}/completion`, {})).status).toBe(204);
    expect(await active(key)).toEqual(['c']);
  });

  test('[V2-22] what cannot be migrated is refused with a reason that names the element', async () => {
    await deploy('old', two);
    const target = await deploy('jobs-only', diagram(start('s'), job('a'), end('e'), path('s a e')));
    const key = await begin('old');
    const refused = await on(key, 'migration', { targetProcessDefinitionKey: target, mappingInstructions: [] });
    expect(problem(refused)).toEqual([409, 'INVALID_STATE']);
    expect(String(refused.body['detail'])).toContain("'a'");
    expect((await operator('GET', `/v2/process-instances/${key}`)).body['processDefinitionId']).toBe('old');
  });

  test('[V2-22] an unknown target and a misspelt element are refused', async () => {
    const target = await deploy('old', two);
    const key = await begin('old');
    expect((await on(key, 'migration', { targetProcessDefinitionKey: '123456', mappingInstructions: [] })).status).toBe(404);
    const mappingInstructions = [{ sourceElementId: 'aaa', targetElementId: 'a' }];
    expect((await on(key, 'migration', { targetProcessDefinitionKey: target, mappingInstructions })).status).toBe(400);
  });
});

describe('suspension', () => {
  test('[V2-23] a suspended case holds its jobs, refuses work, and goes on when it is resumed', async () => {
    await deploy('held', diagram(start('s'), job('hold'), end('e'), path('s hold e')));
    const key = await begin('held');
    expect((await on(key, 'suspension')).status).toBe(204);
    expect([await stateOf(key), await jobsOf('hold')]).toEqual(['SUSPENDED', []]);
    expect((await on(key, 'resumption')).status).toBe(204);
    const [held] = await jobsOf('hold');
    await on(key, 'suspension');
    expect(problem(await operator('POST', `/v2/jobs/${String(held?.['jobKey'])}/completion`, {}))).toEqual([409, 'INVALID_STATE']);
    await on(key, 'resumption');
    expect((await operator('POST', `/v2/jobs/${String(held?.['jobKey'])}/completion`, {})).status).toBe(204);
    expect(await stateOf(key)).toBe('COMPLETED');
  });

  test('[V2-23] an ended and an unknown case cannot be suspended', async () => {
    await deploy('quick', diagram(start('s'), end('e'), path('s e')));
    const key = await begin('quick');
    expect(problem(await on(key, 'suspension'))).toEqual([409, 'INVALID_STATE']);
    expect((await on('1048576000', 'suspension')).status).toBe(404);
  });
});

describe('incidents of a case', () => {
  test('[V2-24] all of them are resolved at once, with a new try for the jobs', async () => {
    await deploy('broken', diagram(start('s'), job('break'), end('e'), path('s break e')));
    const key = await begin('broken');
    const [taken] = await jobsOf('break');
    await operator('POST', `/v2/jobs/${String(taken?.['jobKey'])}/failure`, { retries: 0, errorMessage: 'no' });
    const elementInstanceKey = await elementKey(key, 'break');
    const ofElement = await operator('POST', `/v2/element-instances/${elementInstanceKey}/incidents/search`, {});
    expect(items(ofElement).map(({ errorType }) => errorType)).toEqual(['JOB_NO_RETRIES']);
    const resolved = await on(key, 'incident-resolution');
    expect(resolved.body['batchOperationType']).toBe('RESOLVE_INCIDENT');
    const batch = await operator('GET', `/v2/batch-operations/${String(resolved.body['batchOperationKey'])}`);
    expect(batch.body).toMatchObject({ state: 'COMPLETED', operationsTotalCount: 1, operationsCompletedCount: 1 });
    expect((await jobsOf('break')).length).toBe(1);
    const open = await operator('POST', `/v2/process-instances/${key}/incidents/search`, { filter: { state: 'ACTIVE' } });
    expect(items(open)).toEqual([]);
  });

  test('[V2-24] an incident whose cause is still there fails its item with the next incident open', async () => {
    await deploy('wrong', diagram(start('s'), script('calc', 'r', '=missing + 1'), end('e'), path('s calc e')));
    const key = await begin('wrong');
    await on(key, 'incident-resolution');
    const open = await operator('POST', `/v2/process-instances/${key}/incidents/search`, { filter: { state: 'ACTIVE' } });
    expect(items(open).length).toBe(1);
  });

  test('[V2-24] a clerk may not, and an unknown case is not found', async () => {
    expect((await clerk('POST', '/v2/process-instances/1048576000/incident-resolution', {})).status).toBe(403);
    expect((await on('1048576000', 'incident-resolution')).status).toBe(404);
  });
});

describe('identity and descent', () => {
  test('[V2-25] a business id is given once', async () => {
    await deploy('mod', two);
    const key = await begin('mod');
    expect((await on(key, 'business-id-assignment', { businessId: 'IZIN-1' })).status).toBe(204);
    expect((await operator('GET', `/v2/process-instances/${key}`)).body['businessId']).toBe('IZIN-1');
    expect(problem(await on(key, 'business-id-assignment', { businessId: 'IZIN-2' }))).toEqual([409, 'INVALID_STATE']);
    expect((await on(key, 'business-id-assignment', { businessId: '' })).status).toBe(400);
  });

  test('[V2-26] the call hierarchy leads from the outermost case to the asked one; deletion takes all of it, and only when it has ended', async () => {
    await deploy('inner', diagram(start('s'), userTask('work'), end('e'), path('s work e')));
    await deploy(
      'outer',
      diagram(start('s'), el('callActivity', 'call', [ext(zeebe('calledElement', { processId: 'inner' }))]), end('e'), path('s call e')),
    );
    const outer = await begin('outer');
    const children = await operator('POST', '/v2/process-instances/search', { filter: { parentProcessInstanceKey: outer } });
    const inner = String(items(children)[0]?.['processInstanceKey']);
    const way = (await operator('GET', `/v2/process-instances/${inner}/call-hierarchy`)).body as unknown as {
      processInstanceKey: string;
    }[];
    expect(way.map(({ processInstanceKey }) => processInstanceKey)).toEqual([outer, inner]);
    expect(problem(await on(outer, 'deletion'))).toEqual([409, 'INVALID_STATE']);
    await on(outer, 'cancellation');
    expect(problem(await on(inner, 'deletion'))).toEqual([409, 'INVALID_STATE']);
    expect((await on(outer, 'deletion')).status).toBe(204);
    for (const key of [outer, inner]) {
      expect((await operator('GET', `/v2/process-instances/${key}`)).status).toBe(404);
      expect(await house.runtime.store.events(key)).toEqual([]);
      const left = await operator('POST', '/v2/element-instances/search', { filter: { processInstanceKey: key } });
      expect(items(left)).toEqual([]);
    }
    expect((await on(outer, 'deletion')).status).toBe(404);
  });
});

describe('ad-hoc activities', () => {
  const adHoc = diagram(
    start('s'),
    el('adHocSubProcess', 'free', [ext(zeebe('adHoc', { activeElementsCollection: '=["one"]' })), userTask('one'), userTask('more')]),
    end('e'),
    path('s free e'),
  );

  test('[V2-27] are begun from outside, with variables; the others go on or are ended', async () => {
    await deploy('adhoc', adHoc);
    const key = await begin('adhoc');
    const free = await elementKey(key, 'free');
    const address = `/v2/element-instances/ad-hoc-activities/${free}/activation`;
    expect((await operator('POST', address, { elements: [{ elementId: 'more', variables: { x: 1 } }] })).status).toBe(204);
    expect((await active(key)).filter((id) => id !== 'free')).toEqual(expect.arrayContaining(['more', 'one']));
    await operator('POST', address, { elements: [{ elementId: 'more' }], cancelRemainingInstances: true });
    expect((await active(key)).filter((id) => id === 'one')).toEqual([]);
    expect((await operator('POST', address, { elements: [{ elementId: 'nope' }] })).status).toBe(400);
    expect((await operator('POST', address, { elements: [] })).status).toBe(400);
    expect((await clerk('POST', address, { elements: [{ elementId: 'more' }] })).status).toBe(403);
  });
});

describe('waits and correlations', () => {
  const waiting = diagram(
    `<bpmn:message id="msg" name="paid">${ext(zeebe('subscription', { correlationKey: '=invoice' }))}</bpmn:message>`,
    start('s'),
    el('parallelGateway', 'g'),
    el('intermediateCatchEvent', 'wait', el('messageEventDefinition', 'md', '', { messageRef: 'msg' })),
    timerEvent('later', 'PT1H'),
    userTask('task'),
    job('work'),
    path('s g wait'),
    path('g later'),
    path('g task'),
    path('g work'),
  );

  test('[V2-28] each wait is listed with what it waits for; a taken message is listed with who took it', async () => {
    await deploy('waiting', waiting);
    const key = await begin('waiting', { variables: { invoice: 'INV-1' } });
    const wait = (filter: object) =>
      operator('POST', '/v2/element-instances/wait-states/search', { filter: { processInstanceKey: key, ...filter } });
    const types = items(await wait({})).map(({ details }) => (details as { waitStateType: string }).waitStateType);
    expect(types.toSorted()).toEqual(['JOB', 'MESSAGE', 'TIMER', 'USER_TASK']);
    expect(items(await wait({ waitStateType: 'MESSAGE' }))).toEqual([
      expect.objectContaining({ elementId: 'wait', details: { waitStateType: 'MESSAGE', messageName: 'paid', correlationKey: 'INV-1' } }),
    ]);
    expect((await wait({ nonsense: 1 })).status).toBe(400);
    const subscriptions = await operator('POST', '/v2/message-subscriptions/search', { filter: { processInstanceKey: key } });
    expect(items(subscriptions)[0]).toMatchObject({ messageName: 'paid', messageSubscriptionState: 'CREATED' });
    await operator('POST', '/v2/messages/correlation', { name: 'paid', correlationKey: 'INV-1' });
    const taken = await operator('POST', '/v2/correlated-message-subscriptions/search', { filter: { processInstanceKey: key } });
    expect(items(taken)).toEqual([
      expect.objectContaining({ messageName: 'paid', correlationKey: 'INV-1', elementId: 'wait', processInstanceKey: key }),
    ]);
    expect(items(await wait({ waitStateType: 'MESSAGE' }))).toEqual([]);
    const strangers = await house.as('clerk.beta');
    expect(items(await strangers('POST', '/v2/element-instances/wait-states/search', { filter: { processInstanceKey: key } }))).toEqual([]);
  });
});

describe('conditions', () => {
  const hot = diagram(
    start(
      's',
      el('conditionalEventDefinition', 'cd', '<bpmn:condition xsi:type="bpmn:tFormalExpression">=temperature &gt; 40</bpmn:condition>'),
    ),
    userTask('cool'),
    end('e'),
    path('s cool e'),
  );

  test('[V2-29] a start whose condition holds begins a case with the variables; one that does not, none', async () => {
    const key = await deploy('hot', hot);
    const ask = (body: object) => operator('POST', '/v2/conditionals/evaluation', body);
    const begun = (await ask({ variables: { temperature: 41 } })).body['processInstances'] as { processInstanceKey: string }[];
    expect(begun).toEqual([{ processDefinitionKey: key, processInstanceKey: expect.any(String) }]);
    expect(await active(begun[0]?.processInstanceKey ?? '')).toEqual(['cool']);
    expect((await ask({ variables: { temperature: 39 } })).body['processInstances']).toEqual([]);
    expect((await ask({ variables: {} })).body['processInstances']).toEqual([]);
    expect((await ask({ processDefinitionKey: '1048576000', variables: {} })).status).toBe(404);
    expect((await ask({})).status).toBe(400);
    expect((await clerk('POST', '/v2/conditionals/evaluation', { variables: {} })).status).toBe(403);
  });
});

describe('results of listener and ad-hoc jobs', () => {
  test('[V2-30] a task listener denies and corrects', async () => {
    const listener = zeebe('taskListeners', {}, zeebe('taskListener', { eventType: 'assigning', type: 'check-assignee', retries: '3' }));
    await deploy('listened', diagram(start('s'), userTask('a', listener), end('e'), path('s a e')));
    const key = await begin('listened');
    const admin = await house.as('admin');
    const task = async () => items(await admin('POST', '/v2/user-tasks/search', { filter: { processInstanceKey: key } }))[0] ?? {};
    const address = `/v2/user-tasks/${String((await task())['userTaskKey'])}/assignment`;
    const answer = async (result: object) => {
      const [asked] = await jobsOf('check-assignee');
      return (await operator('POST', `/v2/jobs/${String(asked?.['jobKey'])}/completion`, { result: { type: 'userTask', ...result } }))
        .status;
    };
    await admin('POST', address, { assignee: 'ani' });
    expect(await answer({ denied: true, deniedReason: 'on leave' })).toBe(204);
    expect((await task())['assignee']).toBe(null);
    await admin('POST', address, { assignee: 'ani' });
    expect(await answer({ denied: false, corrections: { assignee: 'budi', priority: 70 } })).toBe(204);
    expect(await task()).toMatchObject({ assignee: 'budi', priority: 70, state: 'CREATED' });
    expect(await jobsOf('check-assignee')).toEqual([]);
  });

  test('[V2-27] a worker decides what an ad-hoc sub-process begins, and when it is done; an unknown kind of result is refused', async () => {
    const led = el('adHocSubProcess', 'led', [ext(zeebe('taskDefinition', { type: 'lead' })), userTask('one')]);
    await deploy('leading', diagram(start('s'), led, end('e'), path('s led e')));
    const key = await begin('leading');
    const lead = async (result: object) => {
      const [asked] = await jobsOf('lead');
      return (await operator('POST', `/v2/jobs/${String(asked?.['jobKey'])}/completion`, { result })).status;
    };
    expect(await lead({ type: 'somethingElse' })).toBe(400);
    const [held] = items(await operator('POST', '/v2/jobs/search', { filter: { processInstanceKey: key, type: 'lead' } }));
    const address = `/v2/jobs/${String(held?.['jobKey'])}/completion`;
    expect(
      (await operator('POST', address, { result: { type: 'adHocSubProcess', activateElements: [{ elementId: 'one' }] } })).status,
    ).toBe(204);
    expect(await active(key)).toContain('one');
  });
});

describe('batches', () => {
  test('[V2-33] a filter chooses the cases; each ends by itself, and the items say how', async () => {
    await deploy('many', two);
    const keys = [await begin('many'), await begin('many'), await begin('many')];
    await on(keys[0] ?? '', 'modification', {
      moveInstructions: [{ sourceElementInstruction: { sourceType: 'byId', sourceElementId: 'a' }, targetElementId: 'b' }],
    });
    const filter = { processDefinitionId: 'many', state: 'ACTIVE' };
    const moved = await operator('POST', '/v2/process-instances/modification', {
      filter,
      moveInstructions: [{ sourceElementId: 'a', targetElementId: 'b' }],
    });
    const batchOperationKey = String(moved.body['batchOperationKey']);
    const batch = await operator('GET', `/v2/batch-operations/${batchOperationKey}`);
    expect(batch.body).toMatchObject({ state: 'PARTIALLY_COMPLETED', operationsTotalCount: 3, operationsFailedCount: 1 });
    const failed = await operator('POST', '/v2/batch-operation-items/search', { filter: { batchOperationKey, state: 'FAILED' } });
    expect(items(failed)).toEqual([expect.objectContaining({ processInstanceKey: keys[0], errorMessage: expect.stringContaining("'a'") })]);
    for (const key of keys) expect(await active(key)).toEqual(['b']);
    const canceled = await operator('POST', '/v2/process-instances/cancellation', { filter });
    expect(canceled.body['batchOperationType']).toBe('CANCEL_PROCESS_INSTANCE');
    for (const key of keys) expect(await stateOf(key)).toBe('TERMINATED');
    const found = await operator('POST', '/v2/batch-operations/search', { filter: { operationType: 'CANCEL_PROCESS_INSTANCE' } });
    expect(items(found)).toEqual([expect.objectContaining({ state: 'COMPLETED', operationsCompletedCount: 3 })]);
    await operator('POST', '/v2/process-instances/deletion', { filter: { processDefinitionId: 'many' } });
    expect((await operator('GET', `/v2/process-instances/${keys[0] ?? ''}`)).status).toBe(404);
  });

  test('[V2-33] cases are migrated together, and the incidents of many are resolved', async () => {
    await deploy('v1', two);
    const keys = [await begin('v1'), await begin('v1')];
    const target = await deploy('v2', two);
    const migrationPlan = { targetProcessDefinitionKey: target, mappingInstructions: [] };
    await operator('POST', '/v2/process-instances/migration', { filter: { processDefinitionId: 'v1' }, migrationPlan });
    for (const key of keys) expect((await operator('GET', `/v2/process-instances/${key}`)).body['processDefinitionKey']).toBe(target);
    const none = await operator('POST', '/v2/process-instances/incident-resolution', { filter: { processDefinitionId: 'v1' } });
    expect((await operator('GET', `/v2/batch-operations/${String(none.body['batchOperationKey'])}`)).body).toMatchObject({
      state: 'COMPLETED',
      operationsTotalCount: 0,
    });
  });

  test('[V2-33] wrong filters, missing plans, strangers and finished batches are refused', async () => {
    const cancel = (body: object) => operator('POST', '/v2/process-instances/cancellation', body);
    expect((await cancel({})).status).toBe(400);
    expect((await cancel({ filter: { nonsense: 1 } })).status).toBe(400);
    expect((await operator('POST', '/v2/process-instances/migration', { filter: {} })).status).toBe(400);
    expect((await clerk('POST', '/v2/process-instances/cancellation', { filter: {} })).status).toBe(403);
    expect((await operator('GET', '/v2/batch-operations/1048576000')).status).toBe(404);
    const none = await cancel({ filter: { processInstanceKey: '1048576000' } });
    const address = `/v2/batch-operations/${String(none.body['batchOperationKey'])}/cancellation`;
    expect(problem(await operator('POST', address))).toEqual([409, 'INVALID_STATE']);
  });
});
