/**
 * A citizen and two clerks take a community Wi-Fi request from the form to "it works", in Indonesian, in a real browser against the real
 * server with its sandbox agencies. On the way: wrong answers, a session that ends, and a task that somebody else completed.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { look, openBrowser, person, temporaryFolder } from './wifi-support.ts';
import type { Look } from './wifi-support.ts';

jest.setTimeout(90_000);
const folder = temporaryFolder();
const looks: Look[] = [];
let alur: Alur;
let browser: Browser;
let citizen: Page;
let clerk: Page;
let reference = '';

beforeAll(async () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'true' };
  alur = await startAlur(env, { log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined) });
  browser = await openBrowser();
  citizen = (await person(browser, alur.url, 390)).page;
  clerk = (await person(browser, alur.url)).page;
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await alur?.close();
  folder.remove();
}, 30_000);

function passwordOf(username: string): string {
  const account = alur.accounts.find((one) => one.username === username);
  if (!account) throw new Error(`Expected a demo account ${username}, but there is none`);
  return account.password;
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Nama pengguna').fill(username);
  await page.getByLabel('Kata sandi').fill(passwordOf(username));
  await page.getByRole('button', { name: 'Masuk' }).click();
}

async function snap(page: Page, name: string): Promise<void> {
  looks.push(await look(page, `wifi-${name}`));
}

/** One chapter of the story; after a chapter that failed the rest cannot be told, and says so at once. */
let broken: string | undefined;
function step(title: string, tell: () => Promise<void>): void {
  test(`[UI45] ${title}`, async () => {
    if (broken) throw new Error(`Expected the chapter before to succeed, but "${broken}" failed`);
    broken = title;
    await tell();
    broken = undefined;
  });
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

describe('a citizen applies', () => {
  step('the service says what it is, what is asked and who works on it, before any sign-in', async () => {
    await citizen.goto('/');
    await snap(citizen, '01-services');
    await citizen.getByRole('link', { name: 'WiFi Publik Lingkungan' }).click();
    await heading(citizen, 'WiFi Publik Lingkungan').waitFor();
    await citizen.getByText('Konfirmasi kelurahan').waitFor();
    await citizen.getByText('Untuk apa hotspot ini?').waitFor();
    await snap(citizen, '02-service');
  });

  step('signing in leads to the form', async () => {
    await citizen.getByRole('link', { name: 'Ajukan permohonan' }).click();
    await snap(citizen, '03-sign-in');
    await signIn(citizen, 'warga');
    await heading(citizen, 'Isi formulir').waitFor();
  });

  step('answers of the wrong kind are told at their field, kept as typed, and the first one has the focus', async () => {
    await citizen.getByLabel('Nama tempat').fill('Taman RW 05');
    await citizen.getByLabel('Lintang').fill('selatan');
    await citizen.getByLabel('Perkiraan pengguna per hari').fill('0');
    await citizen.getByRole('button', { name: 'Periksa jawaban' }).click();
    const summary = citizen.getByRole('alert');
    await summary.getByText('Ada 5 isian yang perlu Anda perbaiki').waitFor();
    await summary.getByRole('link', { name: '“Kelurahan” wajib diisi.' }).waitFor();
    await expect(citizen.locator('#field-latitude-error').innerText()).resolves.toContain('isi dengan angka');
    await expect(citizen.locator('#field-expectedUsers-error').innerText()).resolves.toContain('isi paling kecil 1');
    await expect(citizen.getByLabel('Lintang').inputValue()).resolves.toBe('selatan');
    await expect(citizen.evaluate(() => document.activeElement?.id)).resolves.toBe('field-kelurahan');
    await snap(citizen, '04-wrong-answers');
  });

  step('the form can be filled in with the keyboard alone', async () => {
    await citizen.getByLabel('Nama tempat').focus();
    const answers = ['Taman RW 05', 'Oro-oro Dowo', '-7,9666', '112,6304', '150', 'Belajar dan usaha kecil warga RW 05.'];
    for (const answer of answers) {
      await citizen.keyboard.press('ControlOrMeta+A');
      await citizen.keyboard.type(answer);
      await citizen.keyboard.press('Tab');
    }
    await citizen.getByText(/Tersimpan \d\d\.\d\d/).waitFor();
    await snap(citizen, '05-form');
  });

  step('the half-filled form comes back after the page was closed', async () => {
    await citizen.reload();
    await expect(citizen.getByLabel('Untuk apa hotspot ini?').inputValue()).resolves.toContain('usaha kecil');
    await citizen.getByText(/telah dipulihkan/).waitFor();
  });

  step('a session that ends asks to sign in again on top of the page, and nothing typed is lost', async () => {
    await citizen.context().clearCookies();
    await citizen.getByLabel('Untuk apa hotspot ini?').fill('Belajar dan usaha kecil warga RW 05 setiap sore.');
    const dialog = citizen.getByRole('dialog', { name: 'Sesi Anda berakhir' });
    await dialog.waitFor();
    await snap(citizen, '06-session-ended');
    await dialog.getByLabel('Kata sandi').fill(passwordOf('warga'));
    await dialog.getByRole('button', { name: 'Masuk' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await citizen.getByText(/Tersimpan \d\d\.\d\d/).waitFor();
    await expect(citizen.getByLabel('Untuk apa hotspot ini?').inputValue()).resolves.toContain('setiap sore');
  });

  step('the answers can be checked, changed by going back, and sent once: by keyboard', async () => {
    await citizen.getByRole('button', { name: 'Periksa jawaban' }).focus();
    await citizen.keyboard.press('Enter');
    await heading(citizen, 'Periksa jawaban Anda').waitFor();
    await citizen.getByText('112,6304').waitFor();
    await snap(citizen, '07-check');
    await citizen.goBack();
    await expect(citizen.getByLabel('Nama tempat').inputValue()).resolves.toBe('Taman RW 05');
    await citizen.goForward();
    await citizen.getByRole('button', { name: 'Kirim permohonan' }).focus();
    await citizen.keyboard.press('Enter');
    await heading(citizen, 'Permohonan terkirim').waitFor();
    reference = await citizen.locator('.portal-reference').innerText();
    expect(reference).toMatch(/^WIFI-\d{4}-\d+$/);
    await snap(citizen, '08-receipt');
  });

  step('the application is there once, with its stage and who has it', async () => {
    await citizen.getByRole('link', { name: 'Permohonan saya' }).first().click();
    await heading(citizen, 'Permohonan saya').waitFor();
    await citizen.getByText(reference).waitFor();
    await expect(citizen.getByText(reference).count()).resolves.toBe(1);
    await citizen.getByRole('link', { name: 'WiFi Publik Lingkungan' }).click();
    await citizen.getByText(/Menunggu Kelurahan/).waitFor();
    await snap(citizen, '09-tracking');
  });
});

describe('the neighbourhood office confirms', () => {
  step('the task stands in the unit’s list and is claimed explicitly', async () => {
    await clerk.goto('/inbox/');
    await signIn(clerk, 'petugas.kelurahan');
    await clerk.getByText(reference).waitFor();
    await snap(clerk, '10-inbox');
    await clerk.keyboard.press('j');
    await clerk.keyboard.press('Enter');
    await heading(clerk, 'Pastikan kebutuhan di lapangan').waitFor();
    await snap(clerk, '11-task-free');
    await expect(clerk.getByRole('button', { name: 'Selesaikan tugas' }).count()).resolves.toBe(0);
    await clerk.getByRole('button', { name: 'Ambil tugas' }).click();
    await clerk.getByText('Tugas ini sedang Anda kerjakan.').waitFor();
  });

  step('an unanswered question is told at its field', async () => {
    await clerk.getByRole('button', { name: 'Selesaikan tugas' }).click();
    await clerk.getByRole('alert').getByText('“Apakah dibutuhkan di sana?” wajib diisi.').waitFor();
  });

  step('the diagram shows where the case is', async () => {
    await clerk.getByRole('button', { name: 'Tampilkan posisi dalam diagram' }).click();
    await clerk.locator('.djs-container svg').first().waitFor();
    await clerk.locator('.alur-token-active').first().waitFor();
    await snap(clerk, '12-task');
  });

  step('completing offers the way on; a second window that comes too late is told so and keeps what was typed', async () => {
    const late = await clerk.context().newPage();
    await late.route('**/api/v1/events', (route) => route.abort()); // this window does not hear of changes
    await late.goto(clerk.url());
    await late.getByLabel('Ya', { exact: true }).check();
    await late.getByLabel('Catatan').fill('Warga sudah saya temui.');
    await clerk.getByLabel('Ya', { exact: true }).check();
    await clerk.getByRole('button', { name: 'Selesaikan tugas' }).click();
    await heading(clerk, /Tugas selesai/).waitFor();
    await snap(clerk, '13-completed');
    await late.getByRole('button', { name: 'Selesaikan tugas' }).click();
    await late.getByText(/Orang lain sudah menyelesaikan atau membatalkan tugas ini/).waitFor();
    await expect(late.getByLabel('Catatan').inputValue()).resolves.toBe('Warga sudah saya temui.');
    await snap(late, '14-too-late');
    await late.close();
  });

  step('a task that does not exist is said in plain words', async () => {
    await clerk.goto('/inbox/tasks/12345');
    await clerk.getByText('Tugas tidak ditemukan').waitFor();
  });
});

describe('Diskominfo plans, the provider installs, the citizen confirms', () => {
  step('another agency’s clerk completes the plan, with a date in day, month and year', async () => {
    const { page, context } = await person(browser, alur.url);
    await page.goto('/inbox/');
    await signIn(page, 'petugas.diskominfo');
    await page.getByRole('link', { name: 'Rencanakan pemasangan' }).click();
    await page.getByRole('button', { name: 'Ambil tugas' }).click();
    await page.getByLabel('Lebar pita (Mbps)').fill('50');
    await page.getByLabel('Jumlah titik akses').fill('2');
    await page.getByLabel('Tanggal', { exact: true }).fill('31');
    await page.getByLabel('Bulan').fill('2');
    await page.getByLabel('Tahun').fill('2027');
    await page.getByRole('button', { name: 'Selesaikan tugas' }).click();
    await page
      .getByRole('alert')
      .getByText(/isi dengan tanggal yang benar/)
      .waitFor();
    await page.getByLabel('Tanggal', { exact: true }).fill('28');
    await page.getByRole('button', { name: 'Selesaikan tugas' }).click();
    await heading(page, /Tugas selesai/).waitFor();
    await context.close();
  });

  step('the open tracking page shows by itself that it is the citizen’s turn', async () => {
    await heading(citizen, 'WiFi Publik Lingkungan').waitFor();
    await citizen.getByRole('heading', { name: 'Giliran Anda' }).waitFor({ timeout: 30_000 });
    await snap(citizen, '15-your-turn');
    await citizen.getByRole('link', { name: 'Kerjakan sekarang' }).click();
    await heading(citizen, 'Pastikan hotspot berfungsi').waitFor();
    await snap(citizen, '16-own-task');
  });

  step('the citizen says that it works, and reads how the case ended', async () => {
    await citizen.getByLabel('Ya', { exact: true }).check();
    await citizen.getByRole('button', { name: 'Kirim jawaban' }).click();
    await citizen.getByText('Terima kasih, jawaban Anda sudah kami terima.').waitFor();
    await citizen.getByText('Hotspot aktif', { exact: true }).first().waitFor();
    await citizen.getByText(/Permohonan selesai pada/).waitFor();
    await snap(citizen, '17-finished');
  });

  step('somebody else’s application cannot be read', async () => {
    const { page, context } = await person(browser, alur.url);
    await page.goto(`/applications/${reference}`);
    await signIn(page, 'warga2');
    await heading(page, 'Halaman tidak ditemukan').waitFor();
    await snap(page, '18-not-yours');
    await context.close();
  });
});

test('[UI1] no page has a barrier that axe can find, and none has to be scrolled sideways', () => {
  expect(looks.length).toBeGreaterThan(15);
  expect(looks.filter(({ violations, overflow }) => violations.length > 0 || overflow.length > 0)).toEqual([]);
});
