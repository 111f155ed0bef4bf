/** An analyst draws by keyboard, sees what is wrong, corrects it and publishes, in a real browser against the real server. */
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
let page: Page;

beforeAll(async () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process' };
  alur = await startAlur(env, { log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined) });
  browser = await openBrowser();
  page = (await person(browser, alur.url)).page;
  page.setDefaultTimeout(10_000);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await alur?.close();
  folder.remove();
}, 30_000);

const problemsTab = () => page.getByRole('tab', { name: /^Masalah/ });
const group = (id: string) => page.locator(`[data-group-id="group-alur-${id}"] .bio-properties-panel-group-header`);
const field = (id: string) => page.locator(`[data-entry-id="alur-${id}"] select, [data-entry-id="alur-${id}"] input`);

/** The licence asks for the bpmn.io mark to stay fully visible: what is on top at its middle and corners must be the mark itself. */
async function markIsUncovered(): Promise<boolean> {
  return page.evaluate(() => {
    const mark = document.querySelector('.bjs-powered-by');
    mark?.scrollIntoView({ block: 'center' });
    const box = mark?.getBoundingClientRect();
    if (!mark || !box || box.width === 0) return false;
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]] as const; // prettier-ignore
    return points.every(([x, y]) => mark.contains(document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)));
  });
}

describe('modeler', () => {
  test('[MO1] an analyst signs in and sees what is published', async () => {
    // given nobody is signed in
    await page.goto('/modeler/');
    const account = alur.accounts.find((one) => one.roles.includes('analyst'));
    // when the analyst signs in
    await page.getByLabel('Nama pengguna').fill(account?.username ?? '');
    await page.getByLabel('Kata sandi').fill(account?.password ?? '');
    await page.getByRole('button', { name: 'Masuk' }).click();
    // then the same address shows the start page with the shipped processes
    await page.getByRole('heading', { name: 'Perancang alur' }).waitFor();
    await page.getByRole('table', { name: 'Proses yang sudah terbit' }).getByText('wifi-publik').waitFor();
    looks.push(await look(page, 'modeler-start'));
  });

  test('[MO2] a deployed process opens without loss', async () => {
    await page.getByRole('button', { name: /^Buka WiFi/ }).click();
    await page.locator('.djs-shape').first().waitFor();
    await problemsTab().waitFor();
    expect(await page.getByText('tidak dapat dibaca').count()).toBe(0);
    looks.push(await look(page, 'modeler-deployed'));
    await page.getByRole('link', { name: 'Semua proses' }).click();
  });

  test('[MO3] a step is appended by keyboard, and the check says what it still lacks', async () => {
    // given a new diagram with its start selected through the list of elements
    await page.getByRole('button', { name: /^Kosong/ }).click();
    await page.locator('[data-element-id="start"]').waitFor();
    await page.getByRole('tab', { name: 'Daftar elemen' }).click();
    await page.getByRole('button', { name: 'Permohonan masuk', exact: true }).click();
    // when a system task is appended
    await page.locator('.djs-container > svg').first().focus();
    await page.keyboard.press('a');
    await page.locator('.djs-popup input').pressSequentially('Tugas sistem');
    await page.locator('.djs-popup .entry.selected', { hasText: 'Tugas sistem' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-element-id^="Activity_"]').first().waitFor();
    await page.keyboard.press('Escape');
    // then the problem is in the list, on the element, and the change is counted
    await problemsTab().click();
    await page.getByText('Tugas ini belum tahu apa yang dikerjakan').waitFor();
    await page.locator('.m-sign-error').waitFor();
    await page.getByText('1 perubahan belum terbit').waitFor();
    looks.push(await look(page, 'modeler-problem'));
  });

  test('[MO4] the server refuses the same diagram, and its reasons stand at the elements', async () => {
    await page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    await page.getByText('Masih ada 1 kesalahan').waitFor();
    await page.getByRole('button', { name: 'Terbitkan sekarang' }).click();
    await page.getByText('Masalahnya ditandai pada elemennya').waitFor();
    expect(await page.locator('.m-sign-error').count()).toBe(1);
  });

  test('[MO5] choosing an agency and its operation corrects it', async () => {
    // when the problem is selected from the list and the call is filled in
    await page.locator('.m-go').first().click();
    await group('call').click();
    await field('job').selectOption('agency-call');
    await field('call-agency').selectOption('diskominfo');
    await field('call-operation').selectOption('getCoverage');
    // then nothing is wrong any more
    await page.getByText('Tidak ada masalah').waitFor();
    expect(await page.locator('.m-sign-error').count()).toBe(0);
    looks.push(await look(page, 'modeler-corrected'));
  });

  test('[MO6] undo takes one step back and redo brings it again', async () => {
    await page.getByRole('button', { name: 'Urungkan' }).click();
    expect(await field('call-operation').inputValue()).toBe('');
    await page.getByRole('button', { name: 'Ulangi' }).click();
    expect(await field('call-operation').inputValue()).toBe('getCoverage');
  });

  test('[MO7] the diagram is published as version 1 and its changes are settled', async () => {
    await page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    await page.getByRole('button', { name: 'Terbitkan sekarang' }).click();
    await page.getByText('layanan-baru sekarang versi 1.').waitFor();
    looks.push(await look(page, 'modeler-published'));
    await page.getByRole('button', { name: 'Tutup', exact: true }).click();
    await page.getByText('Tidak ada perubahan').waitFor();
  });

  test('[MO8] the working copy is still there after the page is loaded again', async () => {
    await page.reload();
    await page.locator('[data-element-id^="Activity_"]').first().waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Layanan baru');
  });

  test('[UI2] the whole screen changes to English', async () => {
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('button', { name: 'Publish' }).waitFor();
    await page.getByRole('button', { name: 'Create task' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: /Bahasa Indonesia/ }).click();
  });

  test('[MO9] a file that is no diagram is refused in words', async () => {
    await page.getByRole('link', { name: 'Semua proses' }).click();
    await page.getByLabel('Buka berkas BPMN…').setInputFiles({ name: 'bukan.bpmn', mimeType: 'text/xml', buffer: Buffer.from('<html>') });
    await page.getByText('Diagram ini tidak dapat dibuka').waitFor();
  });

  test.each([1280, 390])('[UI3] the bpmn.io mark is fully visible at %i pixels', async (width) => {
    await page.goto('/modeler/');
    await page.getByRole('button', { name: /^Izin sederhana/ }).first().click(); // prettier-ignore
    await page.locator('[data-element-id="check"]').waitFor();
    await page.setViewportSize({ width, height: 860 });
    expect(await markIsUncovered()).toBe(true);
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(looks.filter((each) => each.violations.length > 0 || each.overflow.length > 0)).toEqual([]);
  });
});
