/** An analyst sees who will see what of a case while drawing, before anything is published. */
import { describe, expect, test } from '@jest/globals';
import { drawnXml } from './drawn.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

const product = useProduct();

const extension = (inner: string): string => `<bpmn:extensionElements>${inner}</bpmn:extensionElements>`;
const input = (name: string): string =>
  extension(`<zeebe:userTask /><zeebe:ioMapping><zeebe:input source="=${name}" target="shown" /></zeebe:ioMapping>`);
const lane = (agency: string, name: string, ids: readonly string[]): string =>
  `<bpmn:lane id="lane-${agency}" name="${name}">${extension(`<zeebe:properties><zeebe:property name="alur:agency" value="${agency}" /></zeebe:properties>`)}${ids.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`;
const lanes = `<bpmn:laneSet id="lanes">${lane('diskominfo', 'Kominfo', ['mulai', 'telaah', 'selesai'])}${lane('kelurahan', 'Kelurahan', ['periksa'])}</bpmn:laneSet>`;
const own = extension('<zeebe:properties><zeebe:property name="alur:owner" value="diskominfo" /></zeebe:properties>');
const draft = drawnXml(
  { id: 'izin', name: 'Izin keramaian' },
  [
    { id: 'mulai', kind: 'startEvent', name: 'Mulai', at: [0, 0], inside: extension('<zeebe:ioMapping><zeebe:output source="=1" target="nik" /><zeebe:output source="=1" target="tempat" /></zeebe:ioMapping>') },
    { id: 'periksa', kind: 'userTask', name: 'Periksa KTP', at: [1, 0], inside: input('nik') },
    { id: 'telaah', kind: 'userTask', name: 'Telaah tempat', at: [2, 0], inside: input('[nik, tempat]') },
    { id: 'selesai', kind: 'endEvent', name: 'Selesai', at: [3, 0] },
  ],
  [
    { from: 'mulai', to: 'periksa' },
    { from: 'periksa', to: 'telaah' },
    { from: 'telaah', to: 'selesai' },
  ],
).replace('isExecutable="true">', `isExecutable="true">${own}${lanes}`); // prettier-ignore

const row = (name: string) =>
  product.page.getByRole('table', { name: 'Data permohonan' }).getByRole('row', { name: new RegExp(`^${name}`) });

describe('who sees what', () => {
  test('[MO15] a draft tells by agency, step and role who will see each field', async () => {
    // given a draft that nobody has published
    await signIn(product, '/modeler/', { role: 'analyst' });
    const file = { name: 'izin.bpmn', mimeType: 'text/xml', buffer: Buffer.from(draft) };
    await product.page.getByLabel('Buka berkas BPMN…').setInputFiles(file);
    await product.page.locator('[data-element-id="periksa"]').first().waitFor();

    // when
    await product.page.getByRole('tab', { name: 'Siapa melihat apa' }).click();

    // then the office sees the number because its step reads it, and which roles see it whole
    await row('nik').getByText('membaca: Periksa KTP').waitFor();
    await row('nik').getByText('empat angka terakhir: analis, operator, evaluator').waitFor();
    await row('tempat').getByText('tidak melihat').waitFor();
    await row('tempat').getByText('semua peran').waitFor();
    const tasks = product.page.getByRole('table', { name: 'Tugas orang' });
    await tasks.getByRole('row', { name: /^Periksa KTP Kelurahan: petugas dan penyelia/ }).waitFor();
    await see(product, 'modeler-seen-draft');
  });

  test('[MO15] it follows the drawing: what no step reads any more nobody else sees', async () => {
    // when the office's step is taken away
    await product.page.getByRole('table', { name: 'Tugas orang' }).getByRole('button', { name: 'Periksa KTP' }).click();
    await product.page.locator('.djs-element.selected[data-element-id="periksa"]').waitFor();
    await product.page.locator('.djs-container > svg').first().focus();
    await product.page.keyboard.press('Delete');

    // then
    await row('nik').getByText('tidak melihat').waitFor();
    await product.page.getByRole('button', { name: 'Urungkan' }).click();
    await row('nik').getByText('membaca: Periksa KTP').waitFor();
  });

  test('[MO15] it says what the server says once the same drawing is published', async () => {
    const made = await product.alur.runtime.deploy([{ name: 'izin.bpmn', text: draft }], { id: 'test', agency: 'diskominfo' });
    expect(made).toMatchObject({ ok: true });
    const { variables } = product.alur.runtime.definitions.latest('izin')?.visibility ?? { variables: [] };
    for (const { name, agencies } of variables)
      expect(await row(name).getByText('tidak melihat').count()).toBe(agencies.includes('kelurahan') ? 0 : 1);
    expect(variables.map(({ name }) => name)).toEqual(['nik', 'tempat']);
  });

  test('[MO15] of a service of many agencies it is read at a desk and on a phone', async () => {
    await product.page.getByRole('link', { name: 'Semua proses' }).click();
    await product.page.getByRole('button', { name: /^Buka Persetujuan Bangunan/ }).click();
    await product.page.locator('.djs-shape').first().waitFor();
    await product.page.getByRole('tab', { name: 'Siapa melihat apa' }).click();
    await product.page.getByRole('table', { name: 'Data permohonan' }).waitFor();
    await see(product, 'modeler-seen');
  });

  test('[MO15] a drawing that cannot be executed yet says so', async () => {
    await product.page.getByRole('link', { name: 'Semua proses' }).click();
    const broken = draft.replace('<zeebe:userTask />', '').replaceAll('bpmn:userTask', 'bpmn:serviceTask');
    await product.page.getByLabel('Buka berkas BPMN…').setInputFiles({ name: 'x.bpmn', mimeType: 'text/xml', buffer: Buffer.from(broken) });
    await product.page.getByRole('tab', { name: 'Siapa melihat apa' }).click();
    await product.page.getByText('Terlihat setelah diagram ini dapat dijalankan.').waitFor();
  });

  test('[UI1] these screens have no barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
