/** What citizens rely on besides the straight way: small pages, both languages, large print, lost connections, plain words for dead ends. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { callerFor, passwordOf, requestHotspot } from './portal-support.ts';
import { look, openBrowser, person, temporaryFolder } from './wifi-support.ts';

jest.setTimeout(120_000);
const folder = temporaryFolder();
const budget = 170 * 1024;
let alur: Alur;
let browser: Browser;

beforeAll(async () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'true' };
  alur = await startAlur(env, { log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined) });
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await alur?.close();
  folder.remove();
}, 30_000);

async function form(width = 390): Promise<Page> {
  const { page } = await person(browser, alur.url, width);
  await page.goto('/services/wifi-publik/apply');
  await page.getByLabel('Nama pengguna').fill('warga');
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, 'warga'));
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByRole('heading', { name: 'Isi formulir' }).waitFor();
  return page;
}

async function fill(page: Page): Promise<void> {
  const answers = [['Nama tempat', 'Balai RW 02'], ['Kelurahan', 'Klojen'], ['Lintang', '-7,97'], ['Bujur', '112,63'], ['Perkiraan pengguna per hari', '80'], ['Untuk apa hotspot ini?', 'Rapat warga']] as const; // prettier-ignore
  for (const [label, answer] of answers) await page.getByLabel(label).fill(answer);
}

const isWide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

test('[UI40] the first form page needs at most 170 KB of script, and none from elsewhere', async () => {
  const { page } = await person(browser, alur.url, 390);
  const sizes = new Map<string, Promise<number>>();
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      sizes.set(
        response.url(),
        response.body().then((body) => gzipSync(body).length),
      );
  });
  await page.goto('/services/wifi-publik/apply');
  await page.getByLabel('Nama pengguna').fill('warga');
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, 'warga'));
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByLabel('Nama tempat').waitFor();
  const total = (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0);
  expect(sizes.size).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(budget);
  expect([...sizes.keys()].filter((url) => !url.startsWith(alur.url))).toEqual([]);
  await page.context().close();
});

test('[UI2] the language is switched on every page and stays for the next visit', async () => {
  const { page, context } = await person(browser, alur.url);
  await page.goto('/services/wifi-publik');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Community Wi-Fi' }).waitFor();
  await page.getByText('Name of the place').waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Apply now' }).waitFor();
  await expect(page.evaluate(() => document.documentElement.lang)).resolves.toBe('en');
  await expect(look(page, 'portal-english')).resolves.toMatchObject({ violations: [], overflow: [] });
  await context.close();
});

test.each([640, 360])('[UI1] nothing has to be scrolled sideways at %i px (twice the size at a desk; a small phone)', async (width) => {
  const page = await form(width);
  await page.getByRole('button', { name: 'Periksa jawaban' }).click();
  await page.getByRole('alert').waitFor();
  expect(await isWide(page)).toBe(false);
  for (const path of ['/', '/services/wifi-publik', '/applications', '/verify/x']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect([path, await isWide(page)]).toEqual([path, false]);
  }
  await page.context().close();
});

test('[UI41] a draft that cannot be saved is said, and saved as soon as the connection is back', async () => {
  const page = await form();
  await page.route('**/api/v1/drafts/**', (route) => route.abort());
  await page.getByLabel('Nama tempat').fill('Taman Slamet');
  await page.getByText('Belum tersimpan di server.', { exact: false }).waitFor();
  await page.unroute('**/api/v1/drafts/**');
  await page.getByText(/Tersimpan \d\d\.\d\d/).waitFor();
  await page.reload();
  await expect(page.getByLabel('Nama tempat').inputValue()).resolves.toBe('Taman Slamet');
  await page.context().close();
});

test('[UI42] an application whose answer was lost on the way is sent again under the same key', async () => {
  const page = await form();
  await fill(page);
  await page.getByRole('button', { name: 'Periksa jawaban' }).click();
  const keys: (string | undefined)[] = [];
  await page.route('**/api/v1/applications', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    keys.push(route.request().headers()['idempotency-key']);
    // the first time the server does its work, but the answer is lost
    if (keys.length > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await page.getByRole('button', { name: 'Kirim permohonan' }).click();
  await page.getByText('Permohonan belum terkirim').waitFor();
  await page.getByRole('button', { name: 'Kirim permohonan' }).dblclick();
  await page.getByRole('heading', { name: 'Permohonan terkirim' }).waitFor();
  const reference = await page.locator('.portal-reference').innerText();
  expect(new Set(keys).size).toBe(1);
  await page.goto('/applications');
  await page.getByText(reference).waitFor();
  await expect(page.locator('.portal-service').count()).resolves.toBe(1);
  await page.context().close();
});

test('[UI43] while an agency’s system is down the citizen reads that nothing is lost, and the page goes on by itself', async () => {
  const page = await form();
  const agency = alur.sandboxes?.of('diskominfo');
  agency?.setFault('down');
  const reference = await requestHotspot(await callerFor(alur, 'warga'), 'Taman Kunang-kunang');
  await page.goto(`/applications/${reference}`);
  await page
    .getByText(/^Sistem Dinas Komunikasi dan Informatika.* tidak menjawab sejak|^Dinas Komunikasi dan Informatika.* belum memberi jawaban/)
    .waitFor({ timeout: 30_000 });
  await page.getByText(/Data Anda aman/).waitFor();
  await expect(look(page, 'portal-agency-down')).resolves.toMatchObject({ violations: [], overflow: [] });
  agency?.setFault('none');
  await page.getByText(/Menunggu Kelurahan/).waitFor({ timeout: 45_000 });
  await page.getByText(/Data Anda aman/).waitFor({ state: 'hidden' });
  await page.context().close();
});

test('[UI44] an unknown permit, a page that is not there and a clerk’s account are told in plain words', async () => {
  const { page, context } = await person(browser, alur.url);
  await page.goto('/verify/TIDAK-ADA');
  await page.getByText('Dokumen ini tidak kami kenali').waitFor();
  await page.goto('/tidak/ada');
  await page.getByRole('heading', { name: 'Halaman tidak ditemukan' }).waitFor();
  await page.goto('/services/tidak-ada');
  await page.getByRole('heading', { name: 'Halaman tidak ditemukan' }).waitFor();
  await page.goto('/applications');
  await page.getByLabel('Nama pengguna').fill('petugas.kelurahan');
  await page.getByLabel('Kata sandi').fill('salah');
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByText('Nama pengguna atau kata sandi salah.').waitFor();
  await expect(page.getByLabel('Nama pengguna').inputValue()).resolves.toBe('petugas.kelurahan');
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, 'petugas.kelurahan'));
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByText('Anda masuk dengan akun petugas').waitFor();
  await context.close();
});

test('[UI64] every screen says that the agencies behind it are imitations', async () => {
  const { page } = await person(browser, alur.url, 390);
  for (const address of ['/', '/inbox/', '/modeler/', '/console/']) {
    await page.goto(address);
    await page.getByText('Sistem instansi di sini adalah tiruan untuk latihan.').waitFor();
  }
});

test('[UI65] who does nothing is warned before the session ends, and may stay', async () => {
  const { page } = await person(browser, alur.url, 390);
  await page.clock.install();
  await page.goto('/services/wifi-publik/apply');
  await page.getByLabel('Nama pengguna').fill('warga');
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, 'warga'));
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByRole('heading', { name: 'Isi formulir' }).waitFor();
  await page.waitForLoadState('networkidle');
  const warning = page.getByText(/Sesi Anda berakhir dalam \d menit/);

  // early: nothing
  await page.clock.fastForward('50:00');
  expect(await warning.isVisible()).toBe(false);

  // when: near the end
  await page.clock.fastForward('06:00');
  await warning.waitFor();
  const seen = await look(page, 'portal-session-warning');
  expect([seen.violations, seen.overflow]).toEqual([[], []]);
  await page.getByRole('button', { name: 'Tetap masuk' }).press('Enter');

  // then
  await warning.waitFor({ state: 'hidden' });
});
