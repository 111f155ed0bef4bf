/** An agency's system is down; an operator sees what is stuck, where, brings the agency back and lets the case go on. */
import { describe, expect, test } from '@jest/globals';
import { barriers, markIsUncovered, see, signIn, useProduct } from './product.ts';

/** One call to an agency with a single attempt: it fails for good as soon as that agency is down. */
const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
  <bpmn:process id="macet" name="Proses macet" isExecutable="true">
    <bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:historyTimeToLive" value="P30D" /><zeebe:property name="alur:archiveTimeToLive" value="P10Y" /></zeebe:properties></bpmn:extensionElements>
    <bpmn:startEvent id="mulai" name="Mulai"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:serviceTask id="tugas" name="Panggil cakupan">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="agency-call" retries="1" />
        <zeebe:taskHeaders><zeebe:header key="agency" value="diskominfo" /><zeebe:header key="operation" value="getCoverage" /></zeebe:taskHeaders>
        <zeebe:ioMapping><zeebe:input source="={latitude: -7.96, longitude: 112.63}" target="query" /></zeebe:ioMapping>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="akhir" name="Selesai"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="mulai" targetRef="tugas" /><bpmn:sequenceFlow id="f2" sourceRef="tugas" targetRef="akhir" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="x"><bpmndi:BPMNPlane id="y" bpmnElement="macet">
    <bpmndi:BPMNShape id="a" bpmnElement="mulai"><dc:Bounds x="100" y="122" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="b" bpmnElement="tugas"><dc:Bounds x="200" y="100" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="c" bpmnElement="akhir"><dc:Bounds x="370" y="122" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e" bpmnElement="f1"><di:waypoint x="136" y="140" /><di:waypoint x="200" y="140" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="g" bpmnElement="f2"><di:waypoint x="300" y="140" /><di:waypoint x="370" y="140" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
const actor = { id: 'test' };

const product = useProduct({
  env: { ALUR_SANDBOX: 'true', ALUR_CLOCK: 'controllable' },
  options: { alertsEveryMs: 1_000 },
  prepare: (alur) => alur.runtime.deploy([{ name: 'macet.bpmn', text: diagram }], actor),
});

async function setFault(words: string): Promise<void> {
  const choice = product.page.getByLabel(/^Perilaku .*Komunikasi/);
  await choice.selectOption({ label: words });
  await product.page.getByRole('button', { name: /^Terapkan .*Komunikasi/ }).click();
}

describe('console', () => {
  test('[UI20] an operator signs in and sees that nothing is broken', async () => {
    await signIn(product, '/console/', { role: 'operator' });
    await product.page.getByText('Tidak ada yang bermasalah').waitFor();
  });

  test('[UI21] an incident appears by itself while the screen is open', async () => {
    // given the agency's sandbox is switched off
    await setFault('tidak menjawab (503)');
    // when a case needs that agency
    const started = await product.alur.runtime.startInstance(
      { processDefinitionId: 'macet', variables: { warga: 'Siti' }, businessId: 'UJI-1' },
      actor,
    );
    expect(started.ok).toBe(true);
    // then the landing page shows the group without being touched
    await product.page.getByText('Panggil cakupan').waitFor();
    await product.page.getByText('Pekerjaan sistem gagal dan percobaannya habis.').waitFor();
    await see(product, 'console-landing');
  });

  test('[UI22] the group leads to the filtered list, and the filter stays in the address', async () => {
    await product.page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await product.page.getByRole('link', { name: 'UJI-1' }).waitFor();
    expect(product.page.url()).toContain('incident=yes');
    expect(product.page.url()).toContain('process=macet');
    await see(product, 'console-list');
  });

  test('[UI22] a filter that nothing matches says so', async () => {
    await product.page.getByLabel('Nomor permohonan').fill('TIDAK-ADA');
    await product.page.keyboard.press('Enter');
    await product.page.getByText('Tidak ada permohonan yang cocok').waitFor();
    await product.page.goBack();
    await product.page.getByRole('link', { name: 'UJI-1' }).waitFor();
  });

  test('[UI23] the case shows where it is stuck, its data and its history', async () => {
    await product.page.getByRole('link', { name: 'UJI-1' }).click();
    await product.page.locator('.alur-diagram .djs-element.alur-incident').first().waitFor();
    await product.page.locator('.alur-token-incident').waitFor();
    await see(product, 'console-instance');
    await product.page.getByRole('tab', { name: /^Data/ }).click();
    await product.page.getByText('"Siti"').waitFor();
    await product.page.getByRole('tab', { name: 'Riwayat langkah' }).click();
    await product.page.getByRole('cell', { name: 'Panggil cakupan' }).waitFor();
    await product.page.getByRole('button', { name: 'Tampilkan sebagai daftar' }).click();
    await product.page.getByText('1 bermasalah').first().waitFor();
    await see(product, 'console-instance-list');
    await product.page.getByRole('button', { name: 'Tampilkan sebagai diagram' }).click();
  });

  test.each([1280, 390])('[UI3] the bpmn.io mark is fully visible at %i pixels', async (width) => {
    await product.page.setViewportSize({ width, height: 860 });
    expect(await markIsUncovered(product.page)).toBe(true);
    await product.page.setViewportSize({ width: 1280, height: 860 });
  });

  test('[UI24] once the agency answers again, retrying lets the case end', async () => {
    // given the agency is back
    await product.page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('menjawab biasa');
    await product.page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await product.page.getByRole('link', { name: 'UJI-1' }).click();
    // when the operator retries
    await product.page.getByRole('tab', { name: /^Masalah/ }).click();
    await product.page.getByRole('button', { name: /^Coba lagi/ }).click();
    // then the incident is resolved and the case ends, seen live
    await product.page.getByText('teratasi').first().waitFor();
    await product.page.getByText('selesai', { exact: true }).first().waitFor();
    await see(product, 'console-resolved');
  });

  test('[UI80] every call stands among the exchanges, the failed one and the good one, and opens by keyboard', async () => {
    const { page } = product;
    await page.getByRole('link', { name: 'Pertukaran data', exact: true }).click();
    await page.getByRole('heading', { name: 'Pertukaran data' }).waitFor();
    const table = page.getByRole('table');
    await table.getByText('Gagal', { exact: true }).first().waitFor();
    await table.getByText('Dijawab', { exact: true }).first().waitFor();
    // when its fields are opened without a mouse
    await table.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    // then names of fields are there
    await table.getByText('/query/latitude').first().waitFor();
    await see(product, 'console-exchanges');
    // and a filter leaves the others out
    await page.getByRole('combobox', { name: 'Hasil' }).selectOption({ label: 'Gagal' });
    await table.getByText('Dijawab', { exact: true }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('outcome=failed');
  });

  test('[UI81] the health of each agency is told with its operations and leads to its calls; an operator holds it and lets it go, with a reason', async () => {
    const { page } = product;
    await page.getByRole('link', { name: 'Kesehatan perangkat daerah' }).click();
    await page.getByRole('cell', { name: 'getCoverage' }).waitFor();
    await page
      .getByText(/Panggilan berhasil terakhir/)
      .first()
      .waitFor();
    await see(product, 'console-agency-health');
    // an operator holds it with a reason, and lets it go
    await page.getByRole('button', { name: /^Tahan… .*Komunikasi/ }).click();
    expect(await page.getByRole('button', { name: 'Tahan', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel(/^Alasan/).fill('pindah ruang server');
    await see(product, 'console-agency-hold');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Tahan', exact: true }).click();
    await page.getByText('Alasan: pindah ruang server').waitFor();
    await see(product, 'console-agency-held');
    await page.getByRole('button', { name: /^Lepaskan… .*Komunikasi/ }).click();
    await page.getByLabel(/^Alasan/).fill('selesai');
    await page.getByRole('button', { name: 'Lepaskan', exact: true }).click();
    await page.getByText('Alasan: pindah ruang server').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Pertukaran data .*Komunikasi/ }).click();
    expect(page.url()).toContain('agency=diskominfo');
    await page.getByRole('link', { name: 'Semua permohonan' }).click();
  });

  test('[UI94] what is the matter appears by itself; an operator says who is told, tries it, takes one on and mutes one', async () => {
    const { page } = product;
    // given a case that is stuck, and that this counts at once
    await page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('tidak menjawab (503)');
    await product.alur.runtime.startInstance({ processDefinitionId: 'macet', variables: {}, businessId: 'UJI-3' }, actor);
    await page.getByRole('link', { name: 'Peringatan' }).click();
    await page.getByRole('tab', { name: 'Siapa diberi tahu' }).click();
    await page.getByLabel('Surat elektronik ke').fill('jaga@kota.example');
    await page.getByLabel('Permohonan terhenti (jam)').fill('0');
    await page.getByRole('button', { name: 'Simpan' }).click();
    await page.getByText('Tersimpan.').waitFor();
    await page.getByRole('button', { name: 'Kirim uji' }).click();
    await page.getByText('jaga@kota.example: sampai').waitFor();
    await see(product, 'console-alert-settings');
    // then it is there without a touch
    await page.getByRole('tab', { name: 'Sekarang' }).click();
    await page
      .getByText(/permohonan “Proses macet” terhenti/)
      .first()
      .waitFor();
    await see(product, 'console-alerts');
    await page.getByRole('button', { name: /^Saya tangani .*Proses macet/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Ditangani operator').waitFor();
    await page.getByRole('button', { name: /^Bisukan… .*Proses macet/ }).click();
    await page.getByLabel('Alasan').fill('sudah diketahui');
    await page.getByRole('dialog').getByRole('button', { name: 'Bisukan' }).click();
    await page.getByText(/^Dibisukan sampai .*: sudah diketahui/).waitFor();
    await page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('menjawab biasa');
  });

  test('[UI25] a running case is canceled only after a question', async () => {
    // given a case that is stuck again
    await product.page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('tidak menjawab (503)');
    await product.alur.runtime.startInstance({ processDefinitionId: 'macet', variables: {}, businessId: 'UJI-2' }, actor);
    await product.page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await product.page.getByRole('link', { name: 'UJI-2' }).click();
    // when the first question is answered with no, nothing happens
    await product.page.getByRole('button', { name: 'Batalkan permohonan…' }).click();
    await product.page.getByRole('button', { name: 'Tidak, biarkan berjalan' }).click();
    expect(await product.page.getByText('dibatalkan').count()).toBe(0);
    // when it is answered with yes, the case is canceled
    await product.page.getByRole('button', { name: 'Batalkan permohonan…' }).click();
    await see(product, 'console-cancel');
    await product.page.getByRole('button', { name: 'Ya, batalkan' }).click();
    await product.page.getByText('dibatalkan').first().waitFor();
  });

  test('[UI26] an ended case says how long it is kept; a hold is placed with a reason, by keyboard, and lifted', async () => {
    const { page } = product;
    await page.getByText(/^Disimpan utuh sampai .*, lalu sebagai arsip sampai /).waitFor();
    await page.getByRole('button', { name: 'Tetapkan penahanan hukum…' }).focus();
    await page.keyboard.press('Enter');
    const place = page.getByRole('button', { name: 'Tetapkan', exact: true });
    expect(await place.isDisabled()).toBe(true);
    await page.getByLabel('Alasan').fill('Perkara 12/2026');
    await see(product, 'console-hold');
    await place.press('Enter');
    await page.getByText('Dalam penahanan hukum').waitFor();
    await page.getByText(/Ditetapkan .* oleh .*Perkara 12\/2026/).waitFor();
    await see(product, 'console-held');
    await page.getByRole('button', { name: 'Cabut penahanan hukum…' }).click();
    await page.getByLabel('Alasan').fill('Perkara dicabut');
    await page.getByRole('button', { name: 'Cabut penahanan', exact: true }).click();
    await page.getByText(/^Disimpan utuh sampai/).waitFor();
  });

  test('[UI26] where an archived case stood, its file is offered', async () => {
    const { page, alur } = product;
    await alur.runtime.moveClock(alur.runtime.clock.now() + 31 * 24 * 3_600_000);
    await page.goto('/console/instances?reference=UJI-2');
    await page.getByText('Ada di arsip').waitFor();
    await page.getByRole('link', { name: 'UJI-2' }).click();
    await page.getByText(/^Diarsipkan /).waitFor();
    await see(product, 'console-archived');
    const loading = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Unduh berkas/ }).click();
    expect((await loading).suggestedFilename()).toMatch(/^\d+\.alur-archive\.gz$/);
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
