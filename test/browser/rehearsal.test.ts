/** Test cases are played before anybody depends on a diagram: chosen or pasted, with their way, the coverage and the second opinion. */
import { expect, test } from '@jest/globals';
import { byPerson, drawnXml } from './drawn.ts';
import type { Link, Node } from './drawn.ts';
import { barriers, markIsUncovered, see, signIn, useProduct } from './product.ts';

const product = useProduct();

const nodes: readonly Node[] = [
  { id: 'mulai', kind: 'startEvent', name: 'Permohonan masuk', at: [0, 1] },
  { id: 'pilih', kind: 'exclusiveGateway', name: 'Lewat mana?', at: [1, 1] },
  { id: 'kiri', kind: 'userTask', name: 'Periksa berkas', at: [2, 0], inside: byPerson },
  { id: 'kanan', kind: 'userTask', name: 'Periksa lokasi', at: [2, 2], inside: byPerson },
  { id: 'gabung', kind: 'exclusiveGateway', name: 'Satu selesai', at: [3, 1] },
  { id: 'akhir', kind: 'endEvent', name: 'Selesai', at: [4, 1] },
];
const links: readonly Link[] = [
  { from: 'mulai', to: 'pilih' },
  { from: 'pilih', to: 'kiri', when: 'luas > 100' },
  { from: 'pilih', to: 'kanan', when: 'luas <= 100' },
  { from: 'kiri', to: 'gabung' },
  { from: 'kanan', to: 'gabung' },
  { from: 'gabung', to: 'akhir' },
];
const xml = drawnXml({ id: 'gladi-alur', name: 'Alur gladi' }, nodes, links);

const processDefinitionId = 'gladi-alur';
const start = { type: 'CREATE_PROCESS_INSTANCE', processDefinitionSelector: { processDefinitionId }, variables: { luas: 200 } };
const complete = { type: 'COMPLETE_USER_TASK', userTaskSelector: { elementId: 'kiri' }, variables: {} };
const ended = (state: string): object => ({ type: 'ASSERT_PROCESS_INSTANCE', processInstanceSelector: { processDefinitionId }, state });
const testCases = [
  { name: 'luas besar', instructions: [start, complete, ended('IS_COMPLETED')] },
  { name: 'lupa menyelesaikan', instructions: [start, ended('IS_COMPLETED')] },
];

const marked = (marker: string): Promise<readonly (string | null)[]> =>
  product.page.locator(`.m-canvas .${marker}`).evaluateAll((all) => all.map((one) => one.getAttribute('data-element-id')));

test('[MO14] what is pasted and holds no test case is told, and nothing is lost', async () => {
  const { page } = product;
  await signIn(product, '/modeler/', { role: 'analyst' });
  await page.getByLabel('Buka berkas BPMN…').setInputFiles({ name: 'gladi.bpmn', mimeType: 'text/xml', buffer: Buffer.from(xml) });
  await page.locator('[data-element-id="gabung"]').waitFor();
  await page.getByRole('tab', { name: 'Gladi' }).click();
  await page.getByText('Belum ada kasus uji yang tersimpan').waitFor();
  await page.getByRole('button', { name: 'Jalankan gladi' }).click();
  await page.getByText('Pilih paling sedikit satu kasus uji').waitFor();
  await page.getByLabel('Kasus uji dalam CPT JSON').fill('{"testCases": [');
  await page.getByRole('button', { name: 'Jalankan gladi' }).click();
  await page.getByText('Teks yang ditempel tidak berisi kasus uji').waitFor();
  expect(await page.getByLabel('Kasus uji dalam CPT JSON').inputValue()).toBe('{"testCases": [');
});

test('[MO14] test cases pass or say where they fail; coverage stands on the drawing and in words', async () => {
  const { page } = product;
  await page.getByLabel('Kasus uji dalam CPT JSON').fill(JSON.stringify({ testCases }));
  // by keyboard
  await page.getByRole('button', { name: 'Jalankan gladi' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('1 dari 2 kasus uji berhasil.').waitFor({ timeout: 30_000 });
  await page.getByText('Langkah 2 (ASSERT_PROCESS_INSTANCE):').waitFor();
  await page.getByText('Elemen yang dilewati: 5 dari 6').waitFor();
  await page.getByText('bpmn-engine menempuh jalan yang sama.').first().waitFor();
  await see(product, 'modeler-rehearsal');
  await page.getByRole('button', { name: 'Periksa lokasi' }).first().click();
  expect(await markIsUncovered(page)).toBe(true);
});

test('[MO14] the way of one case is played on the canvas', async () => {
  const { page } = product;
  await page.getByRole('button', { name: 'Tunjukkan jalannya luas besar' }).click();
  await page.getByText('Jalannya: Permohonan masuk → Lewat mana? → Periksa berkas → Satu selesai → Selesai').waitFor();
  await page.locator('.m-canvas .alur-way[data-element-id="akhir"]').waitFor();
  expect(await marked('alur-way')).not.toContain('kanan');
  await see(product, 'modeler-rehearsal-way');
  await page.getByRole('button', { name: 'Kembali ke cakupan' }).click();
  expect(await marked('alur-way')).toEqual([]);
});

test('[MO14] test cases that are kept with a service can be chosen', async () => {
  const { page } = product;
  await page.goto('/modeler/');
  await page
    .getByRole('button', { name: /WiFi Publik/ })
    .or(page.getByRole('link', { name: /WiFi Publik/ }))
    .first()
    .click();
  await page.getByRole('tab', { name: 'Gladi' }).click();
  const boxes = page.locator('.m-stored input');
  await boxes.first().waitFor();
  for (let at = 1; at < (await boxes.count()); at += 1) await boxes.nth(at).uncheck();
  await page.getByRole('button', { name: 'Jalankan gladi' }).click();
  await page.getByText('1 dari 1 kasus uji berhasil.').waitFor({ timeout: 60_000 });
  await see(product, 'modeler-rehearsal-stored');
});

test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
  expect(barriers(product)).toEqual([]);
});
