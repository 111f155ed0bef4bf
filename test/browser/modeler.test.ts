/** An analyst draws by keyboard, sees what is wrong, corrects it and publishes, in a real browser against the real server. */
import { describe, expect, test } from '@jest/globals';
import { barriers, markIsUncovered, see, signIn, useProduct } from './product.ts';

const product = useProduct();

const problemsTab = () => product.page.getByRole('tab', { name: /^Masalah/ });
const group = (id: string) => product.page.locator(`[data-group-id="group-alur-${id}"] .bio-properties-panel-group-header`);
const field = (id: string) => product.page.locator(`[data-entry-id="alur-${id}"] select, [data-entry-id="alur-${id}"] input`);

describe('modeler', () => {
  test('[MO1] an analyst signs in and sees what is published', async () => {
    // given nobody is signed in
    await signIn(product, '/modeler/', { role: 'analyst' });
    // then the same address shows the start page with the shipped processes
    await product.page.getByRole('heading', { name: 'Perancang alur' }).waitFor();
    await product.page.getByRole('table', { name: 'Proses yang sudah terbit' }).getByText('wifi-publik').waitFor();
    await see(product, 'modeler-start');
  });

  test('[MO2] a deployed process opens without loss', async () => {
    await product.page.getByRole('button', { name: /^Buka WiFi/ }).click();
    await product.page.locator('.djs-shape').first().waitFor();
    await problemsTab().waitFor();
    expect(await product.page.getByText('tidak dapat dibaca').count()).toBe(0);
    await see(product, 'modeler-deployed');
    await product.page.getByRole('link', { name: 'Semua proses' }).click();
  });

  test('[MO3] a step is appended by keyboard, and the check says what it still lacks', async () => {
    // given a new diagram with its start selected through the list of elements
    await product.page.getByRole('button', { name: /^Kosong/ }).click();
    await product.page.locator('[data-element-id="start"]').waitFor();
    await product.page.getByRole('tab', { name: 'Daftar elemen' }).click();
    await product.page.getByRole('button', { name: 'Permohonan masuk', exact: true }).click();
    // when a system task is appended
    await product.page.locator('.djs-container > svg').first().focus();
    await product.page.keyboard.press('a');
    await product.page.locator('.djs-popup input').pressSequentially('Tugas sistem');
    await product.page.locator('.djs-popup .entry.selected', { hasText: 'Tugas sistem' }).waitFor();
    await product.page.keyboard.press('Enter');
    await product.page.locator('[data-element-id^="Activity_"]').first().waitFor();
    await product.page.keyboard.press('Escape');
    // then the problem is in the list, on the element, and the change is counted
    await problemsTab().click();
    await product.page.getByText('Tugas ini belum tahu apa yang dikerjakan').waitFor();
    await product.page.locator('.m-sign-error').waitFor();
    await product.page.getByText('1 perubahan belum terbit').waitFor();
    await see(product, 'modeler-problem');
  });

  test('[MO4] the server refuses the same diagram, and its reasons stand at the elements', async () => {
    await product.page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    await product.page.getByText('Masih ada 1 kesalahan').waitFor();
    await product.page.getByRole('button', { name: 'Terbitkan sekarang' }).click();
    await product.page.getByText('Masalahnya ditandai pada elemennya').waitFor();
    expect(await product.page.locator('.m-sign-error').count()).toBe(1);
  });

  test('[MO5] choosing an agency and its operation corrects it', async () => {
    // when the problem is selected from the list and the call is filled in
    await product.page.locator('.m-go').first().click();
    await group('call').click();
    await field('job').selectOption('agency-call');
    await field('call-agency').selectOption('diskominfo');
    await field('call-operation').selectOption('getCoverage');
    // then nothing is wrong any more
    await product.page.getByText('Tidak ada masalah').waitFor();
    expect(await product.page.locator('.m-sign-error').count()).toBe(0);
    await see(product, 'modeler-corrected');
  });

  test('[MO6] undo takes one step back and redo brings it again', async () => {
    await product.page.getByRole('button', { name: 'Urungkan' }).click();
    expect(await field('call-operation').inputValue()).toBe('');
    await product.page.getByRole('button', { name: 'Ulangi' }).click();
    expect(await field('call-operation').inputValue()).toBe('getCoverage');
  });

  test('[MO7] the diagram is published as version 1 and its changes are settled', async () => {
    await product.page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    await product.page.getByRole('button', { name: 'Terbitkan sekarang' }).click();
    await product.page.getByText('layanan-baru sekarang versi 1.').waitFor();
    await see(product, 'modeler-published');
    await product.page.getByRole('button', { name: 'Tutup', exact: true }).click();
    await product.page.getByText('Tidak ada perubahan').waitFor();
  });

  test('[MO8] the working copy is still there after the page is loaded again', async () => {
    await product.page.reload();
    await product.page.locator('[data-element-id^="Activity_"]').first().waitFor();
    expect(await product.page.getByRole('heading', { level: 1 }).textContent()).toBe('Layanan baru');
  });

  test('[UI2] the whole screen changes to English', async () => {
    await product.page.getByRole('button', { name: /English/ }).click();
    await product.page.getByRole('button', { name: 'Publish' }).waitFor();
    await product.page.getByRole('button', { name: 'Create task' }).waitFor();
    expect(await product.page.locator('html').getAttribute('lang')).toBe('en');
    await product.page.getByRole('button', { name: /Bahasa Indonesia/ }).click();
  });

  test('[MO9] a file that is no diagram is refused in words', async () => {
    await product.page.getByRole('link', { name: 'Semua proses' }).click();
    await product.page
      .getByLabel('Buka berkas BPMN…')
      .setInputFiles({ name: 'bukan.bpmn', mimeType: 'text/xml', buffer: Buffer.from('<html>') });
    await product.page.getByText('Diagram ini tidak dapat dibuka').waitFor();
  });

  test.each([1280, 390])('[UI3] the bpmn.io mark is fully visible at %i pixels', async (width) => {
    await product.page.goto('/modeler/');
    await product.page.getByRole('button', { name: /^Izin sederhana/ }).first().click(); // prettier-ignore
    await product.page.locator('[data-element-id="check"]').waitFor();
    await product.page.setViewportSize({ width, height: 860 });
    expect(await markIsUncovered(product.page)).toBe(true);
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
