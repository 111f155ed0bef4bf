/**
 * What every store must do. Speaks the port's language only; an adapter's test passes a factory (see the table in stores.test.ts).
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Query, RowChange, Store } from '../../runtime/ports.ts';
import { InvalidQuery } from '../../runtime/stores/invalid-query.ts';

import { testInbox } from './inbox.contract.ts';
import { testLeases } from './leases.contract.ts';
import { by, commitOf, created, task } from './samples.ts';
import { testWithin } from './within.contract.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** the same data, opened again; undefined where nothing survives */
  readonly reopen?: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
}

async function allKeys(store: Store, query: Query): Promise<readonly unknown[]> {
  return (await store.search('userTasks', query)).items.map((row) => row['userTaskKey']);
}

export function testStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(async () => await under.dispose());

    describe('instances', () => {
      test('[ST1] an ended instance is forgotten with history and effects; others and active ones are not', async () => {
        const effect = { id: 'e', kind: 'k', payload: {} };
        await store.commit(commitOf('1048576', 0, { ended: true, effects: [effect] }));
        await store.commit(commitOf('2097152', 0, { effects: [{ ...effect, id: 'f' }] }));
        await store.forget('1048576');
        await store.forget('2097152');
        await store.forget('3145728');
        expect([await store.events('1048576'), (await store.events('2097152')).length]).toEqual([[], 1]);
        expect((await store.pendingEffects(10)).map(({ id }) => id)).toEqual(['f']);
        expect(await store.load('2097152')).toBeDefined();
      });

      test('[ST1] a commit is loaded as snapshot and tail', async () => {
        await store.commit(commitOf('1048576', 0, { snapshot: 'first' }));
        await store.commit(commitOf('1048576', 1, { events: [{ t: 'instance-resumed', at: 2 }] }));
        expect(await store.load('1048576')).toEqual({ snapshot: 'first', tail: [{ t: 'instance-resumed', at: 2 }], version: 2 });
      });

      test('[ST1] an instance without a snapshot is its whole tail', async () => {
        await store.commit(commitOf('1048576', 0));
        expect(await store.load('1048576')).toEqual({ snapshot: '', tail: [created], version: 1 });
      });

      test('[ST1] a later snapshot replaces the tail before it', async () => {
        await store.commit(commitOf('1048576', 0));
        await store.commit(commitOf('1048576', 1, { snapshot: 'second' }));
        expect(await store.load('1048576')).toEqual({ snapshot: 'second', tail: [], version: 2 });
      });

      test('[ST1] an unknown and an ended instance are not loaded, the history stays', async () => {
        await store.commit(commitOf('1048576', 0, { ended: true }));
        expect(await store.load('1048576')).toBeUndefined();
        expect(await store.load('2097152')).toBeUndefined();
        expect(await store.events('1048576')).toEqual([{ version: 1, at: 5, audit: { command: 'test', by, at: 5 }, events: [created] }]);
      });

      test('[ST2] a stale version is a conflict and writes nothing', async () => {
        await store.commit(commitOf('1048576', 0));
        expect(await store.commit(commitOf('1048576', 0, { rows: [task(1)] }))).toBe('conflict');
        expect(await store.commit(commitOf('1048576', 2, { rows: [task(1)] }))).toBe('conflict');
        expect(await store.get('userTasks', '1')).toBeUndefined();
        expect((await store.load('1048576'))?.version).toBe(1);
      });

      test('[ST2] an ended instance takes no commit', async () => {
        await store.commit(commitOf('1048576', 0, { ended: true }));
        expect(await store.commit(commitOf('1048576', 1))).toBe('conflict');
      });

      test('[ST3] two commits that claim the same row do not both succeed', async () => {
        const row: RowChange = { op: 'put', collection: 'messageCorrelations', key: 'm/p', row: { messageKey: '7' } };
        const claims = [{ collection: 'messageCorrelations', key: 'm/p' }] as const;
        const results = await Promise.all([
          store.commit(commitOf('1048576', 0, { rows: [row], claims })),
          store.commit(commitOf('2097152', 0, { rows: [row], claims })),
        ]);
        expect(results).toEqual(['committed', { claimed: 'm/p' }]);
        expect(await store.load('2097152')).toBeUndefined();
      });

      test('[ST4] commits of one turn each get their own result', async () => {
        const keys = Array.from({ length: 50 }, (_, index) => String((index + 1) * 2 ** 20));
        const firsts = await Promise.all(keys.map((key) => store.commit(commitOf(key, 0))));
        expect(new Set(firsts)).toEqual(new Set(['committed']));
        const seconds = await Promise.all(keys.map((key, index) => store.commit(commitOf(key, index % 2))));
        expect(seconds).toEqual(keys.map((_, index) => (index % 2 === 1 ? 'committed' : 'conflict')));
      });

      test('[ST4] a commit that cannot be written does not take its neighbours with it', async () => {
        const broken = commitOf('1048576', 0, {
          rows: [{ op: 'put', collection: 'userTasks', key: '1', row: { userTaskKey: '1', nonsense: 1 } }],
        });
        const results = await Promise.allSettled([store.commit(broken), store.commit(commitOf('2097152', 0))]);
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
        expect(await store.load('1048576')).toBeUndefined();
      });

      test('[ST5] effects are pending, oldest first, until they are done', async () => {
        const effect = (id: string) => ({ id, kind: 'child', payload: { at: id } });
        await store.commit(commitOf('1048576', 0, { effects: [effect('a'), effect('b')] }));
        await store.commit(commitOf('2097152', 0, { effects: [effect('c')] }));
        const pending = await store.pendingEffects(2);
        expect(pending.map(({ id, instanceKey, seq, payload }) => [id, instanceKey, seq, payload])).toEqual([
          ['a', '1048576', 1, { at: 'a' }],
          ['b', '1048576', 1, { at: 'b' }],
        ]);
        await store.effectsDone(pending);
        expect((await store.pendingEffects(10)).map(({ id }) => id)).toEqual(['c']);
      });
    });

    describe('numbers', () => {
      test('[ST6] blocks do not overlap', async () => {
        const starts = await Promise.all([store.reserveNumbers(10), store.reserveNumbers(5), store.reserveNumbers(10)]);
        expect(starts[0]).toBeGreaterThan(0);
        expect(starts.toSorted((left, right) => left - right)).toEqual(starts);
        expect([Number(starts[1]) - Number(starts[0]), Number(starts[2]) - Number(starts[1])]).toEqual([10, 5]);
      });
    });

    describe('rows', () => {
      test('[ST7] every type of field comes back as it went in, absent ones are left out', async () => {
        const row = {
          userTaskKey: '9007199254740993',
          name: 'ünï',
          state: 'CREATED',
          priority: 50,
          candidateGroups: ['a', 'b'],
          customHeaders: { x: '1' },
          dueDate: 1.5,
          assignee: null,
        };
        await store.write([{ op: 'put', collection: 'userTasks', key: row.userTaskKey, row }]);
        const { assignee: _assignee, ...present } = row;
        expect(await store.get('userTasks', row.userTaskKey)).toEqual(present);
      });

      test('[ST7] a patch changes only its fields, null removes one, a patch of nothing does nothing', async () => {
        await store.write([task(1, { assignee: 'ani' })]);
        await store.write([
          { op: 'patch', collection: 'userTasks', key: '1', fields: { assignee: null, priority: 7 } },
          { op: 'patch', collection: 'userTasks', key: '2', fields: { priority: 7 } },
        ]);
        expect(await store.get('userTasks', '1')).toEqual({
          userTaskKey: '1',
          state: 'CREATED',
          name: 'task 1',
          creationDate: 1,
          priority: 7,
        });
        expect(await store.get('userTasks', '2')).toBeUndefined();
      });

      test('[ST7] a deleted row is gone', async () => {
        await store.write([task(1)]);
        await store.write([{ op: 'delete', collection: 'userTasks', key: '1' }]);
        expect(await store.get('userTasks', '1')).toBeUndefined();
      });

      test('[ST7] a row under a text key is found by it, a key that is none finds nothing', async () => {
        await store.write([
          { op: 'put', collection: 'drafts', key: "o'hara/1", row: { draftKey: '1', username: "o'hara", values: { a: [1] } } },
        ]);
        expect(await store.get('drafts', "o'hara/1")).toEqual({ draftKey: '1', username: "o'hara", values: { a: [1] } });
        expect(await store.get('userTasks', 'no key')).toBeUndefined();
      });

      test('[ST8] a write with a taken key writes nothing', async () => {
        await store.write([task(1)]);
        expect(await store.write([task(2)], [{ collection: 'userTasks', key: '1' }])).toBe(false);
        expect(await store.get('userTasks', '2')).toBeUndefined();
        expect(await store.write([task(2)], [{ collection: 'userTasks', key: '2' }])).toBe(true);
      });

      test('[ST8] a row with an unknown field or a wrong type is refused as a whole', async () => {
        await expect(store.write([task(2), task(1, { nonsense: 1 })])).rejects.toThrow(/nonsense/);
        await expect(store.write([task(2), task(1, { priority: 'high' })])).rejects.toThrow(/priority/);
        expect(await store.get('userTasks', '2')).toBeUndefined();
      });
    });

    describe('rows that are kept in memory', () => {
      const user = (name: string): RowChange => ({
        op: 'put',
        collection: 'users',
        key: 'ani',
        row: { username: 'ani', name, realm: 'staff' },
      });
      const name = async (): Promise<unknown> => (await store.get('users', 'ani'))?.['name'];

      test('[ST31] are told as they are after each change', async () => {
        await store.write([user('first')]);
        const told = [await name(), await name()];
        await store.write([{ op: 'patch', collection: 'users', key: 'ani', fields: { name: 'second' } }]);
        told.push(await name());
        await store.commit(commitOf('1048576', 0, { rows: [user('third')] }));
        told.push(await name());
        await store.write([{ op: 'delete', collection: 'users', key: 'ani' }]);
        expect([...told, await name()]).toEqual(['first', 'first', 'second', 'third', undefined]);
      });

      test('[ST31] also when they are asked for while the change is on its way, and when it is refused', async () => {
        await store.write([user('first')]);
        const change = store.write([user('second')]);
        const early = await name();
        await change;
        expect([['first', 'second'].includes(String(early)), await name()]).toEqual([true, 'second']);
        await store.write([user('third')], [{ collection: 'users', key: 'ani' }]);
        expect(await name()).toBe('second');
      });
    });

    describe('searches', () => {
      const cases: readonly (readonly [string, Query['filter'], readonly string[]])[] = [
        ['equality', { state: 'CREATED' }, ['1', '2', '4']],
        ['equality of keys', { processInstanceKey: '9007199254740993' }, ['3']],
        ['absent', { assignee: null }, ['2', '4']],
        ['$eq', { assignee: { $eq: 'ani' } }, ['1']],
        ['$neq has the absent ones too', { assignee: { $neq: 'ani' } }, ['2', '3', '4']],
        ['$exists', { assignee: { $exists: true } }, ['1', '3']],
        ['not $exists', { assignee: { $exists: false } }, ['2', '4']],
        ['$gt leaves the absent ones out', { dueDate: { $gt: 10 } }, ['3']],
        ['$gte', { dueDate: { $gte: 10 } }, ['1', '3']],
        ['$lt', { dueDate: { $lt: 20 } }, ['1']],
        ['$lte and $gte together', { dueDate: { $lte: 20, $gte: 15 } }, ['3']],
        ['$in', { assignee: { $in: ['ani', 'budi'] } }, ['1', '3']],
        ['$in of nothing', { assignee: { $in: [] } }, []],
        ['$notIn', { assignee: { $notIn: ['ani'] } }, ['2', '3', '4']],
        ['$like', { name: { $like: 'Check *' } }, ['1', '2']],
        ['$like one character', { name: { $like: 'Check ?eed' } }, ['2']],
        ['$like is literal else', { name: { $like: '100\\* [x]' } }, ['4']],
        ['$like minds case', { name: { $like: 'check*' } }, []],
        ['$hasAny', { candidateGroups: { $hasAny: ['land', 'tax'] } }, ['1', '3']],
        ['$hasAll', { candidateGroups: { $hasAll: ['land', 'fire'] } }, ['1']],
        ['$hasAll of nothing', { candidateGroups: { $hasAll: [] } }, ['1', '2', '3', '4']],
        ['list absent', { candidateGroups: { $exists: false } }, ['4']],
        ['$or', { $or: [{ assignee: 'ani' }, { state: 'COMPLETED' }] }, ['1', '3']],
        ['$or of nothing', { $or: [] }, []],
        ['and', { state: 'CREATED', assignee: null, priority: { $gt: 0 } }, ['4']],
      ];
      beforeEach(async () => {
        await store.write([
          task(1, { name: 'Check plan', assignee: 'ani', dueDate: 10, candidateGroups: ['land', 'fire'] }),
          task(2, { name: 'Check deed', candidateGroups: ['fire'] }),
          task(3, {
            name: 'Pay',
            state: 'COMPLETED',
            assignee: 'budi',
            dueDate: 20,
            candidateGroups: ['tax'],
            processInstanceKey: '9007199254740993',
          }),
          task(4, { name: '100* [x]', priority: 5 }),
        ]);
      });

      test.each(cases)('[ST9] %s', async (_name, filter, keys) => {
        expect(await allKeys(store, filter === undefined ? {} : { filter })).toEqual(keys);
      });

      test.each(cases)('[ST9] %s, asked of each row by its key', async (_name, filter = {}, keys) => {
        for (const key of ['1', '2', '3', '4', '5']) {
          const expected = keys.includes(key) ? [key] : [];
          expect(await allKeys(store, { filter: { ...filter, userTaskKey: key } })).toEqual(expected);
          expect((await store.search('userTasks', { filter: { userTaskKey: key }, scope: filter })).totalItems).toBe(expected.length);
        }
      });

      test('[ST10] the scope limits every filter', async () => {
        expect(
          await allKeys(store, {
            filter: { $or: [{ assignee: 'ani' }, { state: 'COMPLETED' }] },
            scope: { candidateGroups: { $hasAny: ['tax'] } },
          }),
        ).toEqual(['3']);
      });

      test('[ST11] absent values sort last ascending and first descending', async () => {
        expect(await allKeys(store, { sort: [{ field: 'dueDate' }] })).toEqual(['1', '3', '2', '4']);
        expect(await allKeys(store, { sort: [{ field: 'dueDate', order: 'DESC' }] })).toEqual(['4', '2', '3', '1']);
      });

      test('[ST11] keys sort as numbers', async () => {
        await store.write([task(10)]);
        expect(await allKeys(store, { sort: [{ field: 'userTaskKey', order: 'DESC' }] })).toEqual(['10', '4', '3', '2', '1']);
      });

      test('[ST12] total, limit and from', async () => {
        const page = await store.search('userTasks', { limit: 2, from: 1 });
        expect([page.items.map((row) => row['userTaskKey']), page.totalItems]).toEqual([['2', '3'], 4]);
        expect((await store.search('userTasks', { filter: { state: 'NONE' } })).totalItems).toBe(0);
      });

      test.each([
        ['an unknown field', { filter: { nonsense: 1 } }],
        ['a prototype field', { filter: { constructor: 1 } }],
        ['an operator that is none', { filter: { state: { $where: '1' } } }],
        ['a value of the wrong type', { filter: { priority: 'high' } }],
        ['a key that is none', { filter: { processInstanceKey: 'abc' } }],
        ['an unknown sort', { sort: [{ field: 'nonsense' }] }],
        ['a limit of zero', { limit: 0 }],
        ['a limit that is too large', { limit: 10_001 }],
        ['a negative from', { from: -1 }],
        ['a broken cursor', { after: 'nonsense' }],
      ] as readonly (readonly [string, Query])[])('[ST13] refuses %s', async (_name, query) => {
        await expect(store.search('userTasks', query)).rejects.toBeInstanceOf(InvalidQuery);
      });

      test('[ST13] refuses a cursor of another sort', async () => {
        const { endCursor } = await store.search('userTasks', { limit: 1 });
        await expect(store.search('userTasks', { sort: [{ field: 'name' }], after: endCursor ?? '' })).rejects.toBeInstanceOf(InvalidQuery);
      });
    });

    describe('paging', () => {
      const sorts: readonly NonNullable<Query['sort']>[] = [
        [],
        [{ field: 'priority' }],
        [{ field: 'priority', order: 'DESC' }],
        [
          { field: 'priority', order: 'DESC' },
          { field: 'dueDate', order: 'ASC' },
        ],
        [{ field: 'dueDate' }, { field: 'priority', order: 'DESC' }],
      ];
      beforeEach(async () => {
        await store.write(
          Array.from({ length: 40 }, (_, index) =>
            task(index + 1, { priority: index % 3, ...(index % 4 === 0 ? {} : { dueDate: index % 5 }) }),
          ),
        );
      });

      test.each(sorts)('[ST14] forward pages are complete under ties: %j %j', async (...sort) => {
        const whole = await allKeys(store, { sort });
        const paged: unknown[] = [];
        for (let after: string | null | undefined; after !== null;) {
          const page = await store.search('userTasks', { sort, limit: 7, ...(after === undefined ? {} : { after }) });
          paged.push(...page.items.map((row) => row['userTaskKey']));
          expect(page.totalItems).toBe(40);
          after = page.endCursor;
        }
        expect(paged).toEqual(whole);
        expect(new Set(paged).size).toBe(40);
      });

      test.each(sorts)('[ST14] backward pages mirror them: %j %j', async (...sort) => {
        const whole = await allKeys(store, { sort });
        const last = await store.search('userTasks', { sort, from: 39, limit: 1 });
        const page = await store.search('userTasks', { sort, limit: 7, before: last.startCursor ?? '' });
        expect(page.items.map((row) => row['userTaskKey'])).toEqual(whole.slice(32, 39));
        const earlier = await store.search('userTasks', { sort, limit: 7, before: page.startCursor ?? '' });
        expect(earlier.items.map((row) => row['userTaskKey'])).toEqual(whole.slice(25, 32));
      });
    });

    describe('rows of one instance', () => testWithin(() => store));
    describe('inbox', () => testInbox(() => store));

    describe('leases', () => testLeases(() => store));

    test('[ST16] blobs come back byte by byte', async () => {
      await store.putBlob('a', Uint8Array.of(0, 255, 1));
      expect([...((await store.getBlob('a')) ?? [])]).toEqual([0, 255, 1]);
      expect(await store.getBlob('b')).toBeUndefined();
      await store.deleteBlob('a');
      await store.deleteBlob('b');
      expect(await store.getBlob('a')).toBeUndefined();
    });

    test('[ST17] what was acknowledged is there after opening again', async () => {
      if (under.reopen === undefined) return;
      await Promise.all([
        store.commit(commitOf('1048576', 0, { rows: [task(1)], effects: [{ id: 'e', kind: 'k', payload: {} }], snapshot: 's' })),
        store.putBlob('b', Uint8Array.of(7)),
      ]);
      const first = await store.reserveNumbers(10);
      const again = await under.reopen();
      expect([
        (await again.load('1048576'))?.snapshot,
        (await again.get('userTasks', '1'))?.['name'],
        (await again.pendingEffects(9)).length,
        (await again.getBlob('b'))?.[0],
      ]).toEqual(['s', 'task 1', 1, 7]);
      expect(await again.reserveNumbers(1)).toBe(first + 10);
    });
  });
}
