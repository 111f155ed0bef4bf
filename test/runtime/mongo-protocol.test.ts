/**
 * What the MongoDB store says to its server, word by word: that every write and every look on the path of a command names its shard, that nothing in
 * the URL weakens what is acknowledged, that unsafe deployments are refused, and what is left when the process dies between any two writes.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Commit, Store } from '../../runtime/ports.ts';
import { openRuntime } from '../../runtime/open.ts';
import { openMongoStore } from '../../runtime/stores/mongo.ts';
import { startMongoProxy } from '../support/mongo-proxy.ts';
import type { MongoProxy, Noted } from '../support/mongo-proxy.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const server = await startMongoServer();
const proxies: MongoProxy[] = [];
let databases = 0;
afterEach(async () => void (await Promise.all(proxies.splice(0).map(async (proxy) => await proxy.close()))));
afterAll(() => server?.stop());

async function proxied(): Promise<{ readonly proxy: MongoProxy; readonly direct: string }> {
  const direct = server?.database(`protocol${process.pid}x${(databases += 1)}`) ?? '';
  const proxy = await startMongoProxy(direct);
  proxies.push(proxy);
  return { proxy, direct };
}

/** As docs/operations.md tells operators to shard. */
const shardKey = (collection: string): string => (collection === '_history' ? 'key' : '_id');

/** Does the filter hold the shard key to one value, or to some? */
function names(filter: unknown, field: string): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  const { [field]: wanted, $and: parts } = filter as { readonly [field: string]: unknown };
  if (Array.isArray(parts) && parts.some((part) => names(part, field))) return true;
  if (wanted === undefined) return false;
  const operators = typeof wanted === 'object' && wanted !== null ? Object.keys(wanted) : [];
  return !operators.some((operator) => operator.startsWith('$')) || operators.every((operator) => ['$eq', '$in'].includes(operator));
}

const looks = new Set(['find', 'update', 'delete', 'insert', 'findAndModify', 'count', 'aggregate']);
const untargeted = (commands: readonly Noted[]): readonly string[] =>
  commands
    .filter(({ name }) => looks.has(name))
    .flatMap(({ name, collection, targets }) =>
      targets.length > 0 && targets.every((target) => names(target, shardKey(collection)))
        ? []
        : [
            `${name} ${collection} ${JSON.stringify(targets, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
          ],
    );

const writesOf = (commands: readonly Noted[]): readonly Noted[] =>
  commands.filter(({ name }) => ['insert', 'update', 'delete', 'findAndModify'].includes(name));

(server ? describe : describe.skip)('what is said to MongoDB', () => {
  test('[ST27] every write names its shard, and so does every look that a command waits for', async () => {
    const { proxy } = await proxied();
    const handlers = new Map([['stamp', async () => ({ done: true })]]);
    const config = { databaseUrl: proxy.url, data: '/nowhere', queue: 'in-process', clock: 'real', mongoStandalone: true } as const;
    const runtime = await openRuntime({ config, handlers });
    const task = '<bpmn:userTask id="check"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>';
    await deployed(
      runtime,
      line('p', [
        ['stamp', serviceTask('stamp', 'stamp')],
        ['check', task],
      ]),
    );
    await runtime.settled();
    // given: the schema and the services are there
    proxy.commands.length = 0;
    const started = await runtime.startInstance({ processDefinitionId: 'p', variables: { a: 1 } }, by);
    const key = started.ok ? started.processInstanceKey : '';
    while ((await runtime.store.search('userTasks', { filter: { processInstanceKey: key } })).items.length === 0) await runtime.settled();
    const [found] = (await runtime.store.search('userTasks', { filter: { processInstanceKey: key } })).items;
    const before = proxy.commands.length;
    const completed = await runtime.execute(String(found?.['userTaskKey']), { type: 'complete-user-task', by, variables: {} });
    expect(completed.ok).toBe(true);
    await runtime.settled();
    expect(writesOf(proxy.commands).length).toBeGreaterThan(10);
    expect(untargeted(writesOf(proxy.commands))).toEqual([]);
    const path = proxy.commands.slice(before).filter(({ collection }) => ['_instances', '_history', '_snapshots'].includes(collection));
    // beside it: the sweeper, which looks for what others left behind on every shard
    const sweeper = /"(stepsSince|outboxSince)"/;
    expect(path.length).toBeGreaterThan(3);
    expect(untargeted(path).filter((said) => !sweeper.test(said))).toEqual([]);
    await runtime.close();
  });

  test('[ST27] a job that the queue names, rows by their keys, files and several rows at once are found by shard', async () => {
    const { proxy } = await proxied();
    const store = await openMongoStore(proxy.url, { standalone: true });
    proxy.commands.length = 0;
    const job = { jobKey: '5', type: 'x', open: true, availableAt: 1, retries: 1, priority: 0 };
    await store.write([{ op: 'put', collection: 'jobs', key: '5', row: job }]);
    await store.leaseJobs({ type: 'x', jobKey: '5', worker: 'w', max: 1, now: 5, deadline: 9 });
    await store.get('jobs', '5');
    await store.search('jobs', { filter: { jobKey: '5' }, limit: 1 });
    await store.write(
      ['a', 'b'].map((key) => ({ op: 'put', collection: 'idempotency', key, row: { id: key } })),
      [{ collection: 'idempotency', key: 'a' }],
    );
    await store.putBlob('f', Buffer.alloc(5));
    await store.putBlob('f', Buffer.alloc(6));
    await store.getBlob('f');
    await store.deleteBlob('f');
    expect(proxy.commands.length).toBeGreaterThan(10);
    expect(untargeted(proxy.commands)).toEqual([]);
    // the negative: a list asks all shards, and is seen to
    await store.search('jobs', { filter: { type: 'x' } });
    expect(untargeted(proxy.commands).length).toBe(1);
    await store.close();
  });

  test('[ST21] every write waits for the disks of the majority, every read asks the primary', async () => {
    const { proxy } = await proxied();
    const store = await openMongoStore(`${proxy.url}?w=majority&journal=true&readPreference=primary`, { standalone: true });
    await store.write([{ op: 'put', collection: 'sequences', key: 'a', row: { name: 'a', value: 1 } }]);
    await store.commit({ instanceKey: '1048576', expected: 0, events: [], audit: { command: 'c', by: 'x', at: 1 }, rows: [], effects: [] });
    await store.get('sequences', 'a');
    await store.close();
    const written = writesOf(proxy.commands).map(({ body }) => JSON.stringify(body['writeConcern']));
    expect([...new Set(written)]).toEqual([JSON.stringify({ w: 'majority', j: true })]);
    const modes = proxy.commands.map(({ body }) => (body['$readPreference'] as { readonly mode?: string } | undefined)?.mode ?? 'primary');
    expect([...new Set(modes)].filter((mode) => !mode.startsWith('primary'))).toEqual([]);
  });

  test.each([
    'w=1',
    'w=2',
    'journal=false',
    'j=false',
    'wtimeoutMS=500',
    'readPreference=secondaryPreferred',
    'readConcernLevel=available',
  ])('[ST21] a URL that says %s is refused by name, before anything is written', async (option) => {
    const { proxy } = await proxied();
    await expect(openMongoStore(`${proxy.url}?appName=x&${option}`, { standalone: true })).rejects.toThrow(option);
    expect(proxy.commands).toEqual([]);
  });

  test.each<readonly [string, Readonly<Record<string, object>>, RegExp | undefined]>([
    ['a standalone server', {}, /standalone/],
    [
      'a replica set that does not journal majority writes',
      { replSetGetConfig: { config: { writeConcernMajorityJournalDefault: false } } },
      /writeConcernMajorityJournalDefault/,
    ],
    ['a replica set as it should be', { replSetGetConfig: { config: { writeConcernMajorityJournalDefault: true } } }, undefined],
  ])('[ST21] %s is refused or taken', async (_what, told, refusal) => {
    const { proxy } = await proxied();
    const member = {
      isWritablePrimary: true,
      ismaster: true,
      helloOk: true,
      maxBsonObjectSize: 2 ** 24,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      minWireVersion: 0,
      maxWireVersion: 9,
      localTime: new Date(),
      ok: 1,
    };
    if (Object.keys(told).length > 0) proxy.answers.set('hello', { ...member, setName: 'rs0' });
    for (const [command, answer] of Object.entries(told)) proxy.answers.set(command, { ...answer, ok: 1 });
    // sessions and retried writes are the replica set's: the server behind has neither
    const opening = openMongoStore(`${proxy.url}?retryWrites=false`);
    if (refusal === undefined) await (await opening).close();
    else await expect(opening).rejects.toThrow(refusal);
  });
});

/** Keys of the n-th try. */
function keysOf(n: number) {
  const at = (1_000 + n) * 2 ** 20;
  return {
    instance: String(at),
    timer: String(at + 5),
    variable: String(at + 1),
    incident: String(at + 2),
    claim: `claim${n}`,
    effect: `e${n}`,
  };
}

const commit = (instanceKey: string, expected: number, more: Partial<Commit>): Commit => ({
  instanceKey,
  expected,
  events: [{ t: 'instance-suspended', at: expected }],
  audit: { command: `c${expected}`, by: 'x', at: 1 },
  rows: [],
  effects: [],
  ...more,
});
function first(n: number): Commit {
  const { instance, timer, variable } = keysOf(n);
  return commit(instance, 0, {
    rows: [
      { op: 'put', collection: 'timers', key: timer, row: { timerKey: timer, elementId: 'first' } },
      {
        op: 'put',
        collection: 'variables',
        key: variable,
        row: { variableKey: variable, name: 'v', value: '1', processInstanceKey: instance },
      },
    ],
  });
}
function second(n: number): Commit {
  const { instance, timer, variable, incident, claim, effect } = keysOf(n);
  return commit(instance, 1, {
    rows: [
      { op: 'delete', collection: 'timers', key: timer },
      { op: 'patch', collection: 'variables', key: variable, fields: { value: '2' } },
      { op: 'put', collection: 'incidents', key: incident, row: { incidentKey: incident, errorType: 'x', processInstanceKey: instance } },
      { op: 'put', collection: 'idempotency', key: claim, row: { id: claim } },
    ],
    claims: [{ collection: 'idempotency', key: claim }],
    effects: [{ id: effect, kind: 'k', payload: {} }],
    snapshot: 's',
  });
}

/** Everything that the second commit changes. */
async function seen(store: Store, n: number): Promise<object> {
  const { instance, timer, variable, incident, claim, effect } = keysOf(n);
  return {
    version: (await store.load(instance))?.version,
    history: (await store.events(instance)).map(({ version }) => version),
    effect: (await store.pendingEffects(100)).filter(({ id }) => id === effect).length,
    timer: (await store.get('timers', timer))?.['elementId'],
    variable: (await store.get('variables', variable))?.['value'],
    incident: (await store.get('incidents', incident)) !== undefined,
    claim: (await store.get('idempotency', claim)) !== undefined,
  };
}
const without = { version: 1, history: [1], effect: 0, timer: 'first', variable: '1', incident: false, claim: false };
const whole = { version: 2, history: [1, 2], effect: 1, timer: undefined, variable: '2', incident: true, claim: true };

/** Dies before its first write, before its second, and so on, until it lives long enough. Answers what was acknowledged each time; and the database. */
async function dying(prepare: (store: Store, n: number) => Promise<unknown>, work: (store: Store, n: number) => Promise<boolean>) {
  const { proxy: watched, direct } = await proxied();
  await (await openMongoStore(watched.url, { standalone: true })).close();
  const acknowledged: boolean[] = [];
  while (acknowledged.at(-1) !== true) {
    const n = acknowledged.length;
    const proxy = await startMongoProxy(direct);
    proxies.push(proxy);
    const store = await openMongoStore(proxy.url, { standalone: true, asItIs: true });
    await prepare(store, n);
    proxy.cutBefore(n);
    acknowledged.push(await Promise.race([work(store, n).catch(() => false), proxy.cut]));
    await proxy.close();
    void store.close().catch(() => undefined);
  }
  return { acknowledged, direct };
}

(server ? describe : describe.skip)('a process that dies between two writes', () => {
  test('[ST17] leaves all of its commit or nothing, whichever write was its last; who comes next completes it once', async () => {
    const { acknowledged, direct } = await dying(
      async (store, n) => {
        await store.commit(first(n));
        // its own tidying is a write, too
        await new Promise((resolve) => setTimeout(resolve, 30));
      },
      async (store, n) => (await store.commit(second(n))) === 'committed',
    );
    const next = await openMongoStore(direct, { standalone: true });
    const ends = new Set<boolean>();
    for (const [n, told] of acknowledged.entries()) {
      const found = await seen(next, n);
      expect([without, whole]).toContainEqual(found);
      const done = JSON.stringify(found) === JSON.stringify(whole);
      ends.add(done);
      if (told) expect(found).toEqual(whole);
      // asked again, as whoever had no answer does: it happens once
      expect(await next.commit(second(n))).toBe(done ? 'conflict' : 'committed');
      expect(await seen(next, n)).toEqual(whole);
    }
    expect([acknowledged.length > 5, ends.size]).toEqual([true, 2]);
    await next.close();
  });

  test('[ST8] several rows in one write are all there or none, whichever write was the last', async () => {
    const keys = (n: number): readonly string[] => ['a', 'b', 'c'].map((name) => `${name}${n}`);
    const { acknowledged, direct } = await dying(
      async () => undefined,
      async (store, n) =>
        await store.write(
          keys(n).map((name) => ({ op: 'put', collection: 'sequences', key: name, row: { name, value: 1 } })),
          [{ collection: 'sequences', key: `a${n}` }],
        ),
    );
    const next = await openMongoStore(direct, { standalone: true });
    const there = await Promise.all(
      acknowledged.map(
        async (_told, n) => (await Promise.all(keys(n).map(async (key) => await next.get('sequences', key)))).filter(Boolean).length,
      ),
    );
    expect(there.filter((count) => count !== 0 && count !== 3)).toEqual([]);
    expect([acknowledged.length > 3, there[0], there.at(-1)]).toEqual([true, 0, 3]);
    await next.close();
  });
});
