/** The audit's chains: every change of the past is found. And who acts for whom. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chainHash } from '../../runtime/audit-chain.ts';
import { verifyAudit } from '../../runtime/audit-verify.ts';
import type { Row } from '../../runtime/collections.ts';
import { brokenChain } from '../../runtime/commit-chain.ts';
import type { Store } from '../../runtime/ports.ts';
import { openSeeds } from './access-seed.ts';
import type { Seeds } from './access-seed.ts';

let seeds: Seeds;
beforeAll(async () => {
  seeds = await openSeeds();
  const task = seeds.ids.get('userTaskKey')?.own ?? '';
  await seeds.as('clerk.alpha')('POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'clerk.alpha' });
  await seeds.as('clerk.alpha')('PATCH', `/v2/user-tasks/${task}`, { changeset: { priority: 7 } });
  for (let read = 0; read < 3; read += 1)
    await seeds.as('clerk.beta')('GET', `/v2/variables/${seeds.ids.get('variableKey')?.shared ?? ''}`);
}, 120_000);
afterAll(() => seeds.house.close());

type Commits = Awaited<ReturnType<Store['events']>>;

/** the same store, with the history of alpha's case as somebody with access to the disk has left it */
const withHistory = (change: (commits: Commits) => Commits): Store => {
  const { store } = seeds.house.runtime;
  return {
    ...bound(store),
    events: async (key, from) => (key === seeds.cases.own ? change(await store.events(key, from)) : store.events(key, from)),
  };
};
const bound = (store: Store): Store => {
  const names = ['search', 'get', 'events'] as const;
  return { ...store, ...(Object.fromEntries(names.map((name) => [name, store[name].bind(store)])) as Pick<Store, (typeof names)[number]>) };
};

describe('the chain of a case', () => {
  test('[AC30] holds while nobody touches it', async () => {
    const verdict = await verifyAudit(seeds.house.runtime.store);
    expect(verdict).toMatchObject({ broken: [], unsealed: 0 });
    expect(verdict.records).toBeGreaterThan(10);
  });

  test.each<readonly [string, (commits: Commits) => Commits]>([
    ['a changed actor', (all) => all.map((one) => (one.version === 2 ? { ...one, audit: { ...one.audit, by: 'somebody.else' } } : one))],
    ['a changed event', (all) => all.map((one) => (one.version === 2 ? { ...one, events: [] } : one))],
    ['a removed record', (all) => all.filter(({ version }) => version !== 2)],
    ['a removed last record', (all) => all.slice(0, -1)],
    ['removed first records', (all) => all.slice(1)],
    ['two records in another order', (all) => [...all.slice(0, -2), ...all.slice(-2).toReversed()]],
    ['a hash that was taken away', (all) => all.map((one) => (one.version === 3 ? { ...one, audit: withoutHash(one.audit) } : one))],
  ])('[AC31] %s is found', async (_what, change) => {
    const { broken } = await verifyAudit(withHistory(change));
    expect(broken.length).toBeGreaterThan(0);
    expect(broken[0]).toMatch(new RegExp(`^case ${seeds.cases.own}: Expected `));
  });
});

describe('records of a time when hashes were made over canonical JSON', () => {
  const older = async (): Promise<readonly [Row, Commits]> => {
    const commits: Commits[number][] = [];
    let previous = '';
    for (const { version, at, audit, events } of await seeds.house.runtime.store.events(seeds.cases.own)) {
      const covered = withoutHash(audit);
      previous = chainHash(previous, { instanceKey: seeds.cases.own, version, audit: covered, events });
      commits.push({ version, at, audit: { ...covered, hash: previous }, events });
    }
    return [{ processInstanceKey: seeds.cases.own, auditHead: `${commits.length}:${previous}` }, commits];
  };

  test('[AC30] hold as they are', async () => {
    const [row, commits] = await older();
    expect(brokenChain(row, commits)).toEqual({ unsealed: 0, broken: [] });
  });

  test('[AC31] are missed when one was changed', async () => {
    const [row, commits] = await older();
    const changed = commits.map((one) => (one.version === 2 ? { ...one, events: [] } : one));
    expect(brokenChain(row, changed).broken).toEqual([expect.stringMatching(/record 2 .* was changed/)]);
  });
});

function withoutHash({ hash: _hash, ...audit }: Commits[number]['audit']): Commits[number]['audit'] {
  return audit;
}

describe('the chain of denied and sensitive reads', () => {
  const record = (seq: number) => `${seeds.cases.shared}/${String(seq).padStart(12, '0')}`;

  test.each<readonly [string, (store: Store) => Promise<unknown>]>([
    ['a changed record', (store) => store.write([{ op: 'patch', collection: 'audit', key: record(2), fields: { by: 'nobody' } }])],
    ['a removed record', (store) => store.write([{ op: 'delete', collection: 'audit', key: record(2) }])],
    ['a removed last record', (store) => store.write([{ op: 'delete', collection: 'audit', key: record(3) }])],
    ['a removed head', (store) => store.write([{ op: 'delete', collection: 'auditHeads', key: seeds.cases.shared }])],
    [
      'two records in another order',
      async (store) => {
        const [second, third] = await Promise.all([store.get('audit', record(2)), store.get('audit', record(3))]);
        await store.write([
          { op: 'put', collection: 'audit', key: record(2), row: { ...third, seq: 2 } },
          { op: 'put', collection: 'audit', key: record(3), row: { ...second, seq: 3 } },
        ]);
      },
    ],
  ])('[AC32] %s is found', async (_what, tamper) => {
    const { store } = seeds.house.runtime;
    const kept = await Promise.all([1, 2, 3].map((seq) => store.get('audit', record(seq))));
    const head = await store.get('auditHeads', seeds.cases.shared);
    await tamper(store);
    expect((await verifyAudit(store)).broken).not.toEqual([]);
    await store.write([
      ...kept.map((row, index) => ({ op: 'put', collection: 'audit', key: record(index + 1), row: row ?? {} }) as const),
      { op: 'put', collection: 'auditHeads', key: seeds.cases.shared, row: head ?? {} },
    ]);
    expect((await verifyAudit(store)).broken).toEqual([]);
  });
});

describe('standing in for somebody', () => {
  const day = 86_400_000;
  const from = () => new Date(Date.now() - 1_000).toISOString();
  const until = () => new Date(Date.now() + day).toISOString();
  const behalf = { 'x-alur-on-behalf-of': 'clerk.alpha' };

  test('[AC33] what is done on behalf of somebody says so in the history of the case', async () => {
    const made = await seeds.as('clerk.alpha')('POST', '/api/v1/substitutions', {
      substitute: 'analyst.alpha',
      roles: ['clerk'],
      from: from(),
      until: until(),
    });
    expect(made.status).toBe(201);
    const task = `/v2/user-tasks/${seeds.ids.get('userTaskKey')?.own ?? ''}`;
    expect((await seeds.as('analyst.alpha')('PATCH', task, { changeset: { priority: 9 } })).status).toBe(403);
    expect((await seeds.as('analyst.alpha')('PATCH', task, { changeset: { priority: 9 } }, behalf)).status).toBe(204);
    const commits = await seeds.house.runtime.store.events(seeds.cases.own);
    expect(commits.at(-1)?.audit).toMatchObject({ by: 'analyst.alpha', onBehalfOf: 'clerk.alpha', agency: 'alpha' });
    const id = String(made.body['substitutionId']);
    expect((await seeds.as('clerk.alpha')('DELETE', `/api/v1/substitutions/${id}`)).status).toBe(204);
    expect((await seeds.as('analyst.alpha')('GET', '/api/v1/tasks', undefined, behalf)).status).toBe(403);
  });

  test('[AC34] nobody stands in uninvited, before or after the time, or with roles that were not given', async () => {
    expect((await seeds.as('clerk.beta')('GET', '/api/v1/tasks', undefined, behalf)).status).toBe(403);
    expect((await seeds.as('warga')('GET', '/api/v1/applications', undefined, behalf)).status).toBe(403);
    const later = { from: new Date(Date.now() + day).toISOString(), until: new Date(Date.now() + 2 * day).toISOString() };
    await seeds.as('supervisor.alpha')('POST', '/api/v1/substitutions', { substitute: 'operator.alpha', roles: ['supervisor'], ...later });
    const header = { 'x-alur-on-behalf-of': 'supervisor.alpha' };
    expect((await seeds.as('operator.alpha')('GET', '/api/v1/tasks', undefined, header)).status).toBe(403);
    // evaluator.alpha stands in for clerk.alpha as a clerk, and as nothing else
    expect((await seeds.as('evaluator.alpha')('GET', '/api/v1/tasks', undefined, behalf)).status).toBe(200);
    expect((await seeds.as('evaluator.alpha')('GET', '/api/v1/console/summary', undefined, behalf)).status).toBe(403);
  });

  test('[AC35] nobody names oneself, people of another agency, or roles that the absent person lacks', async () => {
    const times = { from: from(), until: until() };
    const ask = async (who: string, body: object) => (await seeds.as(who)('POST', '/api/v1/substitutions', { ...times, ...body })).status;
    expect(await ask('supervisor.alpha', { absent: 'clerk.alpha', substitute: 'supervisor.alpha', roles: ['clerk'] })).toBe(403);
    expect(await ask('clerk.alpha', { absent: 'supervisor.alpha', substitute: 'clerk.alpha', roles: ['supervisor'] })).toBe(403);
    expect(await ask('supervisor.alpha', { absent: 'operator.alpha', substitute: 'clerk.alpha', roles: ['operator'] })).toBe(403);
    expect(await ask('clerk.alpha', { substitute: 'clerk.beta', roles: ['clerk'] })).toBe(404);
    expect(await ask('clerk.alpha', { substitute: 'analyst.alpha', roles: ['operator'] })).toBe(400);
    expect(await ask('clerk.alpha', { substitute: 'analyst.alpha', roles: ['admin'] })).toBe(400);
    expect((await seeds.as('supervisor.beta')('GET', '/api/v1/substitutions')).body['items']).toEqual([]);
  });
});

describe('whom one may name', () => {
  test('[AC35] is the people of the own agency, without disabled accounts, and told to no citizen', async () => {
    const { store } = seeds.house.runtime;
    await store.write([{ op: 'patch', collection: 'users', key: 'integrator.beta', fields: { disabled: true } }]);
    const { body } = await seeds.as('clerk.beta')('GET', '/api/v1/colleagues');
    const names = (body['items'] as readonly { username: string }[]).map(({ username }) => username);
    expect(names).toContain('supervisor.beta');
    expect(names.filter((name) => !name.endsWith('.beta') || name === 'integrator.beta')).toEqual([]);
    expect(body['items']).toContainEqual({ username: 'clerk.beta', name: 'clerk', roles: ['clerk'] });
    expect((await seeds.as('warga')('GET', '/api/v1/colleagues')).status).toBe(403);
  });
});

describe('sessions', () => {
  test('[AC36] tell when they end, and end everywhere at once', async () => {
    const { body } = await seeds.as('integrator.gamma')('GET', '/api/v1/session');
    const { idleAt, endsAt, warnAt } = body['session'] as Record<string, string>;
    expect(Date.parse(warnAt ?? '')).toBeLessThan(Date.parse(idleAt ?? ''));
    expect(Date.parse(idleAt ?? '')).toBeLessThanOrEqual(Date.parse(endsAt ?? ''));
    const second = await seeds.house.as('operator');
    const first = seeds.as('integrator.gamma');
    expect((await first('DELETE', '/api/v1/sessions')).status).toBe(204);
    expect((await first('GET', '/api/v1/agencies/alpha/operations')).status).toBe(401);
    expect((await second('GET', '/api/v1/session')).body['user']).not.toBeNull();
  });
});
