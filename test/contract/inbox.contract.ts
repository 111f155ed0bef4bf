/** Searches over several groups, states and people at once answer the same as a look at every task, page by page, in every order. */
import { expect, test } from '@jest/globals';
import type { Filter, Query, Row, RowChange, Store } from '../../runtime/ports.ts';

const GROUPS = ['land', 'fire', 'tax', 'roads'];
const STATES = ['CREATED', 'ASSIGNING', 'COMPLETED'];

function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function randomTask(n: number, roll: (sides: number) => number): Row {
  const pick = (of: readonly string[]): readonly string[] => of.filter(() => roll(3) === 0);
  return {
    userTaskKey: String(n),
    state: STATES[roll(3)] ?? '',
    creationDate: roll(4),
    priority: roll(3),
    ...(roll(4) === 0 ? {} : { candidateGroups: pick(GROUPS) }),
    ...(roll(4) === 0 ? { candidateUsers: pick(['ani', 'budi']) } : {}),
    ...(roll(3) === 0 ? { assignee: ['ani', 'budi'][roll(2)] ?? '' } : {}),
    ...(roll(3) === 0 ? {} : { dueDate: roll(3) }),
    ...(roll(5) === 0 ? {} : { agency: GROUPS[roll(4)] ?? '' }),
  };
}

const put = (row: Row): RowChange => ({ op: 'put', collection: 'userTasks', key: String(row['userTaskKey']), row });
const inbox: Query = {
  filter: { state: { $in: ['CREATED', 'ASSIGNING'] }, agency: { $neq: 'roads' } },
  scope: {
    $or: [
      { agency: 'land', candidateGroups: { $exists: true } },
      { candidateGroups: { $hasAny: ['land', 'fire', 'land'] } },
      { candidateUsers: { $hasAny: ['ani'] } },
      { assignee: 'ani' },
    ],
  },
};
const sorts: readonly NonNullable<Query['sort']>[] = [
  [{ field: 'dueDate' }, { field: 'priority', order: 'DESC' }, { field: 'creationDate' }],
  [{ field: 'dueDate' }],
  [{ field: 'dueDate', order: 'DESC' }],
  [{ field: 'creationDate', order: 'DESC' }],
  [],
];

function has(row: Row, list: string, wanted: readonly string[]): boolean {
  return ((row[list] ?? []) as readonly string[]).some((member) => wanted.includes(member));
}
function mine(row: Row): boolean {
  if (row['state'] === 'COMPLETED' || row['agency'] === 'roads') return false;
  const unit = row['agency'] === 'land' && row['candidateGroups'] !== undefined;
  return unit || has(row, 'candidateGroups', ['land', 'fire']) || has(row, 'candidateUsers', ['ani']) || row['assignee'] === 'ani';
}

/** `sorts`: absent values last when ascending, ties by key in the direction of the last field. */
function ordered(rows: readonly Row[], sort: NonNullable<Query['sort']>): readonly unknown[] {
  const value = (row: Row, field: string): number =>
    Number(field === 'userTaskKey' ? row['userTaskKey'] : (row[field] ?? Number.POSITIVE_INFINITY));
  const all = [...sort, { field: 'userTaskKey', order: sort.at(-1)?.order ?? ('ASC' as const) }];
  const compare = (left: Row, right: Row): number => {
    for (const { field, order } of all) {
      const [a, b] = [value(left, field), value(right, field)];
      if (a !== b) return (a < b ? -1 : 1) * (order === 'DESC' ? -1 : 1);
    }
    return 0;
  };
  return rows.toSorted(compare).map((row) => row['userTaskKey']);
}

export function testInbox(storeOf: () => Store): void {
  const keys = async (query: Query) => (await storeOf().search('userTasks', query)).items.map((row) => row['userTaskKey']);

  test.each(sorts)('[ST24] the inbox is exactly what a look at every task finds, in order and in pages: %j %j %j', async (...sort) => {
    const roll = dice(11);
    const rows = Array.from({ length: 120 }, (_, n) => randomTask(n + 1, roll));
    await storeOf().write(rows.map(put));
    const wanted = ordered(rows.filter(mine), sort);
    const page = await storeOf().search('userTasks', { ...inbox, sort, limit: 7 });
    expect([page.totalItems, await keys({ ...inbox, sort, limit: 1_000 })]).toEqual([wanted.length, wanted]);
    expect(await keys({ ...inbox, sort, limit: 7, from: 5 })).toEqual(wanted.slice(5, 12));
    const next = await storeOf().search('userTasks', { ...inbox, sort, limit: 7, after: page.endCursor ?? '' });
    expect(next.items.map((row) => row['userTaskKey'])).toEqual(wanted.slice(7, 14));
    expect(await keys({ ...inbox, sort, limit: 3, before: next.startCursor ?? '' })).toEqual(wanted.slice(4, 7));
  });

  test('[ST24] a task that changes its groups, its state or goes is found where it is and nowhere else', async () => {
    const row = { userTaskKey: '1', state: 'CREATED', candidateGroups: ['land', 'land', 'fire'] };
    const at = async (group: string, more: Filter = {}) => await keys({ filter: { candidateGroups: { $hasAny: [group] }, ...more } });
    await storeOf().write([put(row)]);
    expect([await at('land'), await at('fire'), await at('tax')]).toEqual([['1'], ['1'], []]);
    await storeOf().write([{ op: 'patch', collection: 'userTasks', key: '1', fields: { candidateGroups: ['tax'] } }]);
    expect([await at('land'), await at('tax', { state: 'CREATED' })]).toEqual([[], ['1']]);
    await storeOf().write([{ op: 'patch', collection: 'userTasks', key: '1', fields: { state: 'COMPLETED' } }]);
    expect([await at('tax', { state: 'CREATED' }), await at('tax', { state: 'COMPLETED' })]).toEqual([[], ['1']]);
    await storeOf().write([put({ ...row, candidateGroups: ['roads'] })]);
    expect([await at('tax'), await at('land'), await at('roads')]).toEqual([[], [], ['1']]);
    await storeOf().write([{ op: 'patch', collection: 'userTasks', key: '1', fields: { candidateGroups: null } }]);
    expect(await at('roads')).toEqual([]);
    await storeOf().write([put(row), { op: 'delete', collection: 'userTasks', key: '1' }]);
    expect([await at('land'), await at('roads')]).toEqual([[], []]);
  });

  test('[ST25] totals are exact up to where they are asked for', async () => {
    await storeOf().write(
      Array.from({ length: 9 }, (_, n) => put({ userTaskKey: String(n + 1), state: 'CREATED', candidateGroups: ['land', 'fire'] })),
    );
    const total = async (query: Query) => {
      const { totalItems, hasMoreTotalItems = false } = await storeOf().search('userTasks', { limit: 2, ...query });
      return [totalItems, hasMoreTotalItems];
    };
    const groups = { filter: { candidateGroups: { $hasAny: ['land', 'fire'] } } };
    expect([await total({ ...groups, countUpTo: 5 }), await total({ ...groups, countUpTo: 9 }), await total({ countUpTo: 8 })]).toEqual([
      [5, true],
      [9, false],
      [8, true],
    ]);
  });
}
