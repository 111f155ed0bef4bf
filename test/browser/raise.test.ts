/** What a clerk can do beside completing a task: ask for help while it stays open, or end it by the error that the diagram catches. */
import { describe, expect, test } from '@jest/globals';
import { drawnXml } from './drawn.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

const desk = `<bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="kelurahan" /></bpmn:extensionElements>`;
const diagram = drawnXml(
  { id: 'periksa', name: 'Pemeriksaan berkas' },
  [
    { id: 'start', kind: 'startEvent', at: [0, 0] },
    { id: 'check', kind: 'userTask', name: 'Periksa berkas', at: [1, 0], inside: desk },
    { id: 'end', kind: 'endEvent', at: [2, 0] },
    { id: 'help', kind: 'boundaryEvent', name: 'Minta bantuan ahli', at: [1, 1], inside: '<bpmn:escalationEventDefinition id="helpd" escalationRef="e1" />' },
    { id: 'expert', kind: 'userTask', name: 'Beri pendapat', at: [2, 1], inside: desk },
    { id: 'false', kind: 'boundaryEvent', name: 'Berkas palsu', at: [1, 2], inside: '<bpmn:errorEventDefinition id="falsed" errorRef="e2" />' },
    { id: 'report', kind: 'userTask', name: 'Laporkan pemalsuan', at: [2, 2], inside: desk },
  ],
  [
    { from: 'start', to: 'check' },
    { from: 'check', to: 'end' },
    { from: 'help', to: 'expert' },
    { from: 'false', to: 'report' },
  ],
)
  .replace('<bpmn:process', '<bpmn:escalation id="e1" name="bantuan" escalationCode="HELP" /><bpmn:error id="e2" name="palsu" errorCode="FALSE_PAPERS" /><bpmn:process')
  .replace('id="help" name', 'attachedToRef="check" cancelActivity="false" id="help" name')
  .replace('id="false" name', 'attachedToRef="check" id="false" name'); // prettier-ignore

const by = { id: 'petugas.kelurahan', agency: 'kelurahan' };
const product = useProduct({
  env: { ALUR_SANDBOX: 'true' },
  prepare: async ({ runtime }) => {
    expect(await runtime.deploy([{ name: 'periksa.bpmn', text: diagram }], by)).toMatchObject({ ok: true });
    expect(await runtime.startInstance({ processDefinitionId: 'periksa' }, by)).toMatchObject({ ok: true });
  },
});

async function open(): Promise<readonly unknown[]> {
  const { items } = await product.alur.runtime.store.search('userTasks', {
    filter: { processDefinitionId: 'periksa', state: 'CREATED' },
  });
  return items.map((row) => row['elementId']).toSorted();
}
async function taskAt(elementId: string): Promise<string> {
  const { items } = await product.alur.runtime.store.search('userTasks', { filter: { processDefinitionId: 'periksa', elementId } });
  return String(items[0]?.['userTaskKey']);
}

describe('a task that can go wrong', () => {
  test('[UI35] help is asked for with a reason, by keyboard, and the task stays open', async () => {
    const { page } = product;
    await signIn(product, `/inbox/tasks/${await taskAt('check')}`, { username: 'petugas.kelurahan' });
    const ways = page.getByRole('region', { name: 'Selain menyelesaikan' });
    // only whose task it is
    await page.getByRole('button', { name: 'Ambil tugas' }).click();
    await ways.getByText('Tugas ini tetap terbuka.').waitFor();
    await see(product, 'inbox-raise');
    await ways.getByRole('button', { name: 'Minta bantuan ahli' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Minta bantuan ahli' });
    await dialog.waitFor();
    await see(product, 'inbox-raise-dialog');
    // without a reason nothing is sent
    await dialog.getByRole('button', { name: 'Kirim' }).click();
    await dialog.getByText('Tulis alasannya').waitFor();
    expect(await open()).toEqual(['check']);
    await dialog.getByLabel(/^Alasan/).fill('Denah sulit dibaca');
    await dialog.getByRole('button', { name: 'Kirim' }).click();
    await page.getByText('Terkirim: Minta bantuan ahli.').waitFor();
    expect(await open()).toEqual(['check', 'expert']);
  });

  test('[UI35] Escape closes the question and nothing happens; the error ends the task and goes its own way', async () => {
    const { page } = product;
    const ways = page.getByRole('region', { name: 'Selain menyelesaikan' });
    const dialog = page.getByRole('dialog', { name: 'Berkas palsu' });
    await ways.getByRole('button', { name: 'Berkas palsu' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await open()).toEqual(['check', 'expert']);
    await ways.getByRole('button', { name: 'Berkas palsu' }).click();
    await dialog.getByLabel(/^Alasan/).fill('Cap tidak dikenal');
    await dialog.getByRole('button', { name: 'Kirim' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await open()).toEqual(['expert', 'report']);
    await page.getByText('Terkirim: Berkas palsu. Tugas ini berakhir dengan itu.').waitFor();
    await see(product, 'inbox-raised');
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
