/** What clerks rely on: a list that stays where they left it, keys that can be switched off, nobody taking work unawares, news without disturbance. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { callerFor, passwordOf, requestHotspot, taskOf } from './portal-support.ts';
import type { Call } from './portal-support.ts';
import { openBrowser, person, temporaryFolder } from './wifi-support.ts';

jest.setTimeout(60_000);
const folder = temporaryFolder();
const references: string[] = [];
let alur: Alur;
let browser: Browser;
let citizen: Call;

beforeAll(async () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'true' };
  alur = await startAlur(env, { log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined) });
  browser = await openBrowser();
  citizen = await callerFor(alur, 'warga');
  for (const place of ['Taman Satu', 'Taman Dua', 'Taman Tiga']) references.push(await requestHotspot(citizen, place));
  const office = await callerFor(alur, 'petugas.kelurahan');
  for (const reference of references) await taskOf(office, reference);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await alur?.close();
  folder.remove();
}, 30_000);

async function inbox(username: string): Promise<Page> {
  const { page } = await person(browser, alur.url);
  await page.goto('/inbox/');
  await page.getByLabel('Nama pengguna').fill(username);
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, username));
  await page.getByRole('button', { name: 'Masuk' }).click();
  return page;
}

const focused = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute('data-task-link') ?? document.activeElement?.id ?? null);

test('[UI30] coming back from a task finds search, tab and row as they were', async () => {
  const page = await inbox('petugas.kelurahan');
  await page.getByText(references[2] ?? '').waitFor();
  await page.keyboard.press('/');
  expect(await focused(page)).toBe('inbox-search');
  await page.keyboard.type(references[1] ?? '');
  await page.keyboard.press('Enter');
  await page.getByText('Menampilkan 1 dari 1 tugas').waitFor();
  expect(page.url()).toContain(`q=${references[1]}`);
  const row = page.locator('[data-task-link]');
  const key = await row.getAttribute('data-task-link');
  await row.click();
  await page.getByRole('heading', { name: 'Pastikan kebutuhan di lapangan' }).waitFor();
  await page.getByRole('link', { name: 'Kembali ke daftar tugas' }).click();
  await page.getByText('Menampilkan 1 dari 1 tugas').waitFor();
  await page.waitForFunction((wanted) => document.activeElement?.getAttribute('data-task-link') === wanted, key);
  await page.getByRole('button', { name: /Hapus pencarian/ }).click();
  await page.getByText('Menampilkan 3 dari 3 tugas').waitFor();
  await page.context().close();
});

test('[UI31] j and k move through the rows, and can be switched off', async () => {
  const page = await inbox('petugas.kelurahan');
  await page.getByText(references[2] ?? '').waitFor();
  const keys = await page.locator('[data-task-link]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-task-link')));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await focused(page)).toBe(keys[1]);
  await page.keyboard.press('k');
  expect(await focused(page)).toBe(keys[0]);
  await page.getByRole('button', { name: 'Matikan pintasan' }).click();
  await page.keyboard.press('j');
  expect(keys).not.toContain(await focused(page));
  await page.reload();
  await page.getByText('Pintasan keyboard dimatikan.').waitFor();
  await page.context().close();
});

test('[UI32] a new task appears and is announced, and the focus stays where it was', async () => {
  const page = await inbox('petugas.kelurahan');
  await page.getByText(references[2] ?? '').waitFor();
  await page.getByRole('searchbox').focus();
  const reference = await requestHotspot(citizen, 'Taman Empat');
  await page.getByText(reference).waitFor();
  await page.getByRole('status').filter({ hasText: 'tugas baru masuk' }).waitFor({ state: 'attached' });
  expect(await focused(page)).toBe('inbox-search');
  await page.context().close();
});

test('[UI33] a task can be given back, and taking it from somebody asks first', async () => {
  const office = await callerFor(alur, 'petugas.kelurahan');
  const first = references[0] ?? '';
  const key = await taskOf(office, first);
  await office('POST', `/v2/user-tasks/${key}/assignment`, { assignee: 'petugas.kelurahan' });
  await office('POST', `/v2/user-tasks/${key}/completion`, { variables: { confirmed: 'yes' } });
  await taskOf(await callerFor(alur, 'petugas.diskominfo'), first);

  const holder = await inbox('petugas.diskominfo');
  await holder.getByRole('link', { name: 'Rencanakan pemasangan' }).click();
  await holder.getByRole('button', { name: 'Ambil tugas' }).click();
  await holder.getByRole('button', { name: 'Kembalikan ke antrean' }).click();
  await holder.getByText('Belum ada yang mengambil tugas ini.').waitFor();
  await holder.getByRole('button', { name: 'Ambil tugas' }).click();
  await holder.getByLabel('Lebar pita (Mbps)').fill('20');

  const other = await inbox('penyelia');
  await other.getByRole('link', { name: 'Rencanakan pemasangan' }).click();
  await other.getByText(/Sedang dikerjakan oleh/).waitFor();
  await expect(other.getByRole('button', { name: 'Selesaikan tugas' }).count()).resolves.toBe(0);
  await other.getByRole('button', { name: 'Ambil alih' }).click();
  const dialog = other.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Batal' }).click();
  await other.getByText(/Sedang dikerjakan oleh/).waitFor();
  await other.getByRole('button', { name: 'Ambil alih' }).click();
  await dialog.getByRole('button', { name: 'Ambil alih' }).click();
  await other.getByText('Tugas ini sedang Anda kerjakan.').waitFor();

  await holder.getByText(/Sedang dikerjakan oleh/).waitFor();
  await expect(holder.getByLabel('Lebar pita (Mbps)').inputValue()).resolves.toBe('20');
  await expect(holder.getByRole('button', { name: 'Selesaikan tugas' }).count()).resolves.toBe(0);
  await Promise.all([holder.context().close(), other.context().close()]);
});

test('[UI34] a citizen’s account is told that this is not the place', async () => {
  const page = await inbox('warga');
  await page.getByText('Halaman ini bukan untuk akun Anda').waitFor();
  await page.context().close();
});
