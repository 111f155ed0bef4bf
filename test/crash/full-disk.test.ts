/** The SQLite store on a small file system that is full again and again. Needs a user that may mount one (root). */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { mountSmallDisk } from '../../scripts/chaos/servers.ts';
import { dice } from '../simulation/world.ts';

jest.setTimeout(120_000);
const seed = Number(process.env['ALUR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** SQLite's shared index of the log grows with the first frame beyond */
const FRAMES_OF_INDEX = 4_062;
const folder = mkdtempSync(join(tmpdir(), 'alur-full-'));
const disk = mountSmallDisk(join(folder, 'disk'), 64);
if (disk === undefined)
  process.stderr.write('this user may not mount a small file system: a full disk is not tested here (run it as root)\n');
afterAll(() => {
  disk?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeAll(() => void (disk === undefined && expect(process.env['CI']).not.toBe('true')));

(disk ? describe : describe.skip)('a full disk', () => {
  test(`[ST20] refuses what does not fit, is read all the while, and goes on when there is room, again and again; nothing acknowledged is lost (seed ${seed})`, async () => {
    const random = dice(seed);
    const file = join(disk?.folder ?? '', 'alur.sqlite');
    const store = openSqliteStore(file);
    const acknowledged = new Set<string>();
    let [refused, n] = [0, 0];
    const write = async (): Promise<boolean> => {
      const name = `n${(n += 1)}`;
      const row = { name, value: n };
      const blob = store.putBlob(`b${n % 40}`, Buffer.alloc(200 + Math.floor(random() * 60_000)));
      const answers = await Promise.allSettled([store.write([{ op: 'put', collection: 'sequences', key: name, row }]), blob]);
      if (answers[0]?.status === 'fulfilled') acknowledged.add(name);
      return answers.every(({ status }) => status === 'fulfilled');
    };
    for (let round = 0; round < 40; round += 1) {
      disk?.fill(Math.floor(random() * 100_000));
      for (let tries = 0; tries < 12; tries += 1) if (!(await write())) refused += 1;
      const [newest = 'none'] = [...acknowledged].slice(-1);
      expect((await store.get('sequences', newest))?.['name']).toBe(acknowledged.size === 0 ? undefined : newest);
      disk?.free();
      // then there is room for at least this one
      expect({ seed, round, written: await write() }).toEqual({ seed, round, written: true });
      await store.ping();
    }
    await store.close();
    const again = openSqliteStore(file);
    const found = new Set((await again.search('sequences', { limit: 10_000 })).items.map(({ name }) => String(name)));
    expect([...acknowledged].filter((name) => !found.has(name))).toEqual([]);
    expect(refused).toBeGreaterThan(20);
    await again.close();
  });

  test('[ST20] refuses and goes on also where the index of the log must grow', async () => {
    const file = join(disk?.folder ?? '', 'index.sqlite');
    const store = openSqliteStore(file);
    const frames = (): number => Math.floor((statSync(`${file}-wal`).size - 32) / (4096 + 24));
    for (let n = 0; n === 0 || frames() < FRAMES_OF_INDEX - 20; n += 1) await store.putBlob(`b${n % 5}`, Buffer.alloc(40_000));
    const words = new Set<string>();
    const write = async (name: string): Promise<unknown> =>
      await store.write([{ op: 'put', collection: 'sequences', key: name, row: { name, value: 1 } }]).catch((error: unknown) => error);
    for (let n = 0; frames() < FRAMES_OF_INDEX + 20; n += 1) {
      // room for a few frames, and none for a larger index
      disk?.fill(4096 * 7);
      const answer = await write(`n${n}`);
      if (answer !== true) words.add(String(answer));
      disk?.free();
      if (answer !== true) expect(await write(`m${n}`)).toBe(true);
    }
    // SQLITE_IOERR_SHMSIZE: what this test is about has happened
    expect([...words]).toContain('Error: disk I/O error');
    expect(store.beyondRepair?.()).toBe(false);
    await store.close();
  });
});
