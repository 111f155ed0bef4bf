/** An agency's system is down; an operator sees what is stuck, where, brings the agency back and lets the case go on. */
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

/** One call to an agency with a single attempt: it fails for good as soon as that agency is down. */
const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
  <bpmn:process id="macet" name="Proses macet" isExecutable="true">
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

async function setFault(words: string): Promise<void> {
  const choice = page.getByLabel(/^Perilaku .*Komunikasi/);
  await choice.selectOption({ label: words });
  await page.getByRole('button', { name: /^Terapkan .*Komunikasi/ }).click();
}

beforeAll(async () => {
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'true' };
  alur = await startAlur(env, { log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined) });
  await alur.runtime.deploy([{ name: 'macet.bpmn', text: diagram }], actor);
  browser = await openBrowser();
  page = (await person(browser, alur.url)).page;
  page.setDefaultTimeout(10_000);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await alur?.close();
  folder.remove();
}, 30_000);

describe('console', () => {
  test('[UI20] an operator signs in and sees that nothing is broken', async () => {
    await page.goto('/console/');
    const account = alur.accounts.find((one) => one.roles.includes('operator'));
    await page.getByLabel('Nama pengguna').fill(account?.username ?? '');
    await page.getByLabel('Kata sandi').fill(account?.password ?? '');
    await page.getByRole('button', { name: 'Masuk' }).click();
    await page.getByText('Tidak ada yang bermasalah').waitFor();
  });

  test('[UI21] an incident appears by itself while the screen is open', async () => {
    // given the agency's sandbox is switched off
    await setFault('tidak menjawab (503)');
    // when a case needs that agency
    const started = await alur.runtime.startInstance(
      { processDefinitionId: 'macet', variables: { warga: 'Siti' }, businessId: 'UJI-1' },
      actor,
    );
    expect(started.ok).toBe(true);
    // then the landing page shows the group without being touched
    await page.getByText('Panggil cakupan').waitFor();
    await page.getByText('Pekerjaan sistem gagal dan percobaannya habis.').waitFor();
    looks.push(await look(page, 'console-landing'));
  });

  test('[UI22] the group leads to the filtered list, and the filter stays in the address', async () => {
    await page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await page.getByRole('link', { name: 'UJI-1' }).waitFor();
    expect(page.url()).toContain('incident=yes');
    expect(page.url()).toContain('process=macet');
    looks.push(await look(page, 'console-list'));
  });

  test('[UI22] a filter that nothing matches says so', async () => {
    await page.getByLabel('Nomor permohonan').fill('TIDAK-ADA');
    await page.keyboard.press('Enter');
    await page.getByText('Tidak ada permohonan yang cocok').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'UJI-1' }).waitFor();
  });

  test('[UI23] the case shows where it is stuck, its data and its history', async () => {
    await page.getByRole('link', { name: 'UJI-1' }).click();
    await page.locator('.alur-diagram .djs-element.alur-incident').first().waitFor();
    await page.locator('.alur-token-incident').waitFor();
    looks.push(await look(page, 'console-instance'));
    await page.getByRole('tab', { name: /^Data/ }).click();
    await page.getByText('"Siti"').waitFor();
    await page.getByRole('tab', { name: 'Riwayat langkah' }).click();
    await page.getByRole('cell', { name: 'Panggil cakupan' }).waitFor();
    await page.getByRole('button', { name: 'Tampilkan sebagai daftar' }).click();
    await page.getByText('1 bermasalah').first().waitFor();
    looks.push(await look(page, 'console-instance-list'));
    await page.getByRole('button', { name: 'Tampilkan sebagai diagram' }).click();
  });

  test.each([1280, 390])('[UI3] the bpmn.io mark is fully visible at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 860 });
    const uncovered = await page.evaluate(() => {
      const mark = document.querySelector('.bjs-powered-by');
      mark?.scrollIntoView({ block: 'center' });
      const box = mark?.getBoundingClientRect();
      return Boolean(mark && box && mark.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)));
    });
    expect(uncovered).toBe(true);
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test('[UI24] once the agency answers again, retrying lets the case end', async () => {
    // given the agency is back
    await page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('menjawab biasa');
    await page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await page.getByRole('link', { name: 'UJI-1' }).click();
    // when the operator retries
    await page.getByRole('tab', { name: /^Masalah/ }).click();
    await page.getByRole('button', { name: /^Coba lagi/ }).click();
    // then the incident is resolved and the case ends, seen live
    await page.getByText('teratasi').first().waitFor();
    await page.getByText('selesai', { exact: true }).first().waitFor();
    looks.push(await look(page, 'console-resolved'));
  });

  test('[UI25] a running case is canceled only after a question', async () => {
    // given a case that is stuck again
    await page.getByRole('link', { name: 'Keadaan sekarang' }).click();
    await setFault('tidak menjawab (503)');
    await alur.runtime.startInstance({ processDefinitionId: 'macet', variables: {}, businessId: 'UJI-2' }, actor);
    await page.getByRole('link', { name: 'Lihat permohonan' }).click();
    await page.getByRole('link', { name: 'UJI-2' }).click();
    // when the first question is answered with no, nothing happens
    await page.getByRole('button', { name: 'Batalkan permohonan…' }).click();
    await page.getByRole('button', { name: 'Tidak, biarkan berjalan' }).click();
    expect(await page.getByText('dibatalkan').count()).toBe(0);
    // when it is answered with yes, the case is canceled
    await page.getByRole('button', { name: 'Batalkan permohonan…' }).click();
    looks.push(await look(page, 'console-cancel'));
    await page.getByRole('button', { name: 'Ya, batalkan' }).click();
    await page.getByText('dibatalkan').first().waitFor();
  });

  test('[UI1] no screen has a barrier that axe can find, nor sideways scrolling', () => {
    expect(looks.filter((each) => each.violations.length > 0 || each.overflow.length > 0)).toEqual([]);
  });
});
