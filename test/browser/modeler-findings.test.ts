/** What the analysis finds stands at the elements while somebody draws; its counter-example is a way on the canvas. */
import { describe, expect, test } from '@jest/globals';
import { byPerson, drawnXml } from './drawn.ts';
import type { Link, Node } from './drawn.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

const product = useProduct();

/** An exclusive split whose branches meet in a parallel join: whichever branch is taken, the other never comes. */
const nodes: readonly Node[] = [
  { id: 'mulai', kind: 'startEvent', name: 'Permohonan masuk', at: [0, 1] },
  { id: 'pilih', kind: 'exclusiveGateway', name: 'Lewat mana?', at: [1, 1] },
  { id: 'kiri', kind: 'userTask', name: 'Periksa berkas', at: [2, 0], inside: byPerson },
  { id: 'kanan', kind: 'userTask', name: 'Periksa lokasi', at: [2, 2], inside: byPerson },
  { id: 'gabung', kind: 'parallelGateway', name: 'Semua selesai', at: [3, 1] },
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
const stuck = drawnXml({ id: 'macet-alur', name: 'Alur macet' }, nodes, links);
const sound = stuck.replaceAll('parallelGateway', 'exclusiveGateway');

async function open(name: string, xml: string): Promise<void> {
  await product.page.goto('/modeler/');
  await product.page.getByLabel('Buka berkas BPMN…').setInputFiles({ name, mimeType: 'text/xml', buffer: Buffer.from(xml) });
  await product.page.locator('[data-element-id="gabung"]').waitFor();
}

const ways = (): Promise<readonly (string | null)[]> =>
  product.page.locator('.m-canvas .alur-way').evaluateAll((all) => all.map((one) => one.getAttribute('data-element-id')));

describe('what the analysis finds', () => {
  test('[MO11] a deadlock is an error at its join while somebody draws, and its way is drawn when it is chosen', async () => {
    await signIn(product, '/modeler/', { role: 'analyst' });
    await product.page.getByRole('heading', { name: 'Perancang alur' }).waitFor();
    await open('macet.bpmn', stuck);
    const row = product.page.locator('.m-problem', { hasText: 'menunggu jalur yang tidak akan datang' });
    await row.getByText('Kesalahan').waitFor();
    expect(await ways()).toEqual([]);
    // when it is chosen by keyboard
    await row.getByRole('button', { name: 'Semua selesai' }).focus();
    await product.page.keyboard.press('Enter');
    // then the way is on the canvas and in words
    await row.getByText(/Contoh jalannya: Permohonan masuk → Lewat mana\? → Periksa/).waitFor();
    expect(await ways()).toEqual(expect.arrayContaining(['mulai', 'mulai-pilih', 'pilih']));
    expect(await ways()).not.toContain('akhir');
    await see(product, 'modeler-way');
  });

  test('[MO12] publishing against an error of the flow has to be confirmed', async () => {
    await product.page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    const dialog = product.page.getByRole('dialog');
    await dialog.getByText('kesalahan alur').waitFor();
    expect(await dialog.getByRole('button', { name: 'Terbitkan sekarang' }).isDisabled()).toBe(true);
    await see(product, 'modeler-doubts');
    await dialog.getByLabel('Saya sudah memeriksanya').check();
    await dialog.getByRole('button', { name: 'Terbitkan sekarang' }).click();
    await dialog.getByText('macet-alur sekarang versi 1.').waitFor();
    await dialog.getByRole('button', { name: 'Tutup', exact: true }).click();
  });

  test('[MO11] the same drawing with the right join has no finding, and publishing asks nothing', async () => {
    await open('lancar.bpmn', sound);
    await product.page.getByText('Tidak ada masalah').waitFor();
    await product.page.getByRole('button', { name: 'Terbitkan', exact: true }).click();
    const dialog = product.page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Terbitkan sekarang' }).isDisabled()).toBe(false);
    await dialog.getByRole('button', { name: 'Batal' }).click();
  });

  test('[MO11] a variable that nothing has written is a warning, because the forms that are published are known', async () => {
    const withForm = sound.replace(
      /(<bpmn:startEvent id="mulai"[^>]*>)/,
      '$1<bpmn:extensionElements><zeebe:formDefinition formId="wifi-konfirmasi" /></bpmn:extensionElements>',
    );
    await open('data.bpmn', withForm);
    const row = product.page.locator('.m-problem', { hasText: 'Variabel “luas” dibaca di' });
    await row.getByText('Peringatan').waitFor();
    await row.getByRole('button').click();
    expect(await ways()).toContain('mulai-pilih');
    // and a form that writes it silences the warning
    await open('data.bpmn', withForm.replaceAll('luas', 'confirmed'));
    await product.page.locator('.m-bottom').getByText('Tidak ada masalah').or(product.page.locator('.m-problem').first()).waitFor();
    expect(await product.page.getByText('Variabel “confirmed”').count()).toBe(0);
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
