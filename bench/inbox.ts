/**
 * The inbox of somebody in 20 of 3,000 groups: the first 50 of all open tasks of these groups or of the person's own, most urgent first, with a total that is
 * exact up to 1,000; with 10^4, 10^5 and 10^6 open tasks (each in one or two groups) in the SQLite store. The page is full at every size, so that the answer
 * does not grow. Beside it the same for a plain clerk of one agency, as the server asks it.
 *
 *   node bench/inbox.ts [--quick]      quick: 10^4 and 10^5
 */
import { join } from 'node:path';
import type { Query, RowChange, Store } from '../runtime/ports.ts';
import { openSqliteStore } from '../runtime/stores/sqlite.ts';
import { openTaskStates } from '../server/case-rows.ts';
import { taskScope } from '../server/policy.ts';
import { inFolder, ms, percentile, quick, tell } from './measured.ts';

const SIZES = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
const [GROUPS, MINE, ASKED, BATCH] = [3_000, 20, quick ? 400 : 1_000, 2_000];
const DAY = 86_400_000;

/** Always the same sequence. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function task(n: number, roll: (sides: number) => number): RowChange {
  const key = String(n * 2 ** 20 + 3);
  const groups = roll(4) === 0 ? [roll(GROUPS), roll(GROUPS)] : [roll(GROUPS)];
  const row = {
    userTaskKey: key,
    name: 'Check',
    state: 'CREATED',
    elementId: 'check',
    elementInstanceKey: String(n * 2 ** 20 + 2),
    processInstanceKey: String(n * 2 ** 20),
    processDefinitionId: 'permit',
    processName: 'Permit',
    agency: `group-${groups[0] ?? 0}`,
    candidateGroups: groups.map((group) => `group-${group}`),
    creationDate: n,
    lastUpdated: n,
    priority: 50,
    ...(roll(3) === 0 ? {} : { dueDate: roll(60) * DAY }),
    ...(roll(5) === 0 ? { assignee: `clerk-${roll(GROUPS * 5)}` } : {}),
  };
  return { op: 'put', collection: 'userTasks', key, row };
}

function groupsQuery(roll: (sides: number) => number): Query {
  const groups = Array.from({ length: MINE }, () => `group-${roll(GROUPS)}`);
  return { scope: { $or: [{ candidateGroups: { $hasAny: groups } }, { assignee: `clerk-${roll(GROUPS * 5)}` }] } };
}

function clerkQuery(roll: (sides: number) => number): Query {
  const reader = {
    kind: 'staff',
    username: `clerk-${roll(GROUPS * 5)}`,
    name: '',
    agency: `group-${roll(GROUPS)}`,
    roles: ['clerk'],
  } as const;
  return { scope: taskScope(reader) };
}

async function ask(store: Store, queryOf: (roll: (sides: number) => number) => Query): Promise<readonly number[]> {
  const roll = dice(7);
  const times: number[] = [];
  for (let n = -50; n < ASKED; n += 1) {
    const query: Query = {
      filter: { state: { $in: openTaskStates } },
      sort: [{ field: 'dueDate' }, { field: 'priority', order: 'DESC' }, { field: 'creationDate' }],
      limit: 50,
      countUpTo: 1_000,
      ...queryOf(roll),
    };
    const from = performance.now();
    await store.search('userTasks', query);
    if (n >= 0) times.push(performance.now() - from);
  }
  return times;
}

async function bench(folder: string): Promise<void> {
  const store = openSqliteStore(join(folder, 'alur.sqlite'));
  const roll = dice(1);
  const measured: { readonly size: number; readonly groups: readonly number[]; readonly clerk: readonly number[] }[] = [];
  let made = 0;
  for (const size of SIZES) {
    for (; made < size; made += BATCH) await store.write(Array.from({ length: BATCH }, (_, n) => task(made + n + 1, roll)));
    measured.push({ size, groups: await ask(store, groupsQuery), clerk: await ask(store, clerkQuery) });
  }
  await store.close();
  const line = (kind: 'groups' | 'clerk'): string =>
    measured
      .map(
        ({ size, [kind]: times }) =>
          `10^${Math.round(Math.log10(size))}: p50 ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}`,
      )
      .join('; ');
  const [first, last] = [measured[0]?.groups ?? [], measured.at(-1)?.groups ?? []];
  tell([
    {
      name: `inbox of ${MINE} of ${GROUPS.toLocaleString('en')} groups, open tasks`,
      ours: line('groups'),
      ratio: { value: percentile(last, 0.99) / percentile(first, 0.99), bar: 1.5, kind: 'high' },
      settings: 'SQLite, first page of 50 in urgency order with total up to 1,000; ratio of p99, last to first size',
    },
    {
      name: 'inbox of a clerk of one of 3,000 agencies, as the server asks it',
      ours: line('clerk'),
      settings: 'the page grows from 3 to 50 rows with the number of tasks',
    },
  ]);
}

await inFolder(bench);
