/** An agency is stopped while a case waits for it: what its applicant, a clerk at the same case and an operator read. */
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Alur } from '../../server/start.ts';
import { drawnXml } from './drawn.ts';
import { callerFor, passwordOf, taskOf } from './portal-support.ts';
import { barriers, useProduct } from './product.ts';
import { look, person } from './wifi-support.ts';

const inside = (parts: string): string => `<bpmn:extensionElements>${parts}</bpmn:extensionElements>`;
const call = `<zeebe:taskDefinition type="agency-call" retries="9" /><zeebe:taskHeaders><zeebe:header key="agency" value="diskominfo" /><zeebe:header key="operation" value="getCoverage" /></zeebe:taskHeaders><zeebe:ioMapping><zeebe:input source="={latitude: -7.97, longitude: 112.63}" target="query" /></zeebe:ioMapping>`;
const desk = `<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="kelurahan" />`;
/** a clerk looks at the place while the system of Diskominfo is asked for the coverage */
const diagram = drawnXml(
  { id: 'titik-baru', name: 'Titik baru' },
  [
    { id: 'start', kind: 'startEvent', at: [0, 0], inside: inside('<zeebe:formDefinition formId="titik" />') },
    { id: 'split', kind: 'parallelGateway', at: [1, 0] },
    { id: 'coverage', kind: 'serviceTask', name: 'Periksa cakupan', at: [2, 0], inside: inside(call) },
    { id: 'look', kind: 'userTask', name: 'Tinjau tempat', at: [2, 1], inside: inside(desk) },
    { id: 'joined', kind: 'parallelGateway', at: [3, 0] },
    { id: 'end', kind: 'endEvent', at: [4, 0] },
  ],
  [
    { from: 'start', to: 'split' },
    { from: 'split', to: 'coverage' },
    { from: 'split', to: 'look' },
    { from: 'coverage', to: 'joined' },
    { from: 'look', to: 'joined' },
    { from: 'joined', to: 'end' },
  ],
).replace('isExecutable="true">', `isExecutable="true">${inside('<zeebe:properties><zeebe:property name="alur:owner" value="kelurahan" /><zeebe:property name="alur:service" value="true" /><zeebe:property name="alur:reference" value="TITIK" /></zeebe:properties>')}`); // prettier-ignore
const form = JSON.stringify({ id: 'titik', type: 'default', schemaVersion: 18, components: [{ type: 'textfield', key: 'place', label: 'Tempat' }] }); // prettier-ignore

const files = [
  { name: 'titik.bpmn', text: diagram },
  { name: 'titik.form', text: form },
];
const product = useProduct({
  env: { ALUR_SANDBOX: 'true' },
  prepare: (alur) => alur.runtime.deploy(files, { id: 'analis', agency: 'kota' }),
});

async function pageOf(alur: Alur, username: string, address: string): Promise<Page> {
  const { page } = await person(product.browser, alur.url);
  await page.goto(address);
  await page.getByLabel('Nama pengguna').fill(username);
  await page.getByLabel('Kata sandi').fill(passwordOf(alur, username));
  await page.getByRole('button', { name: 'Masuk' }).click();
  return page;
}

const stop = async (operator: Page, to: string): Promise<void> => {
  await operator.getByRole('combobox', { name: /Komunikasi/ }).selectOption(to);
  await operator.getByRole('button', { name: /^Terapkan .*Komunikasi/ }).click();
};

describe('an agency that is stopped', () => {
  test('[UI95] its cases tell applicant, clerk and operator whom they wait for, since when and why; and go on by themselves', async () => {
    const { alur } = product;
    // given an operator who stops it, and applications that need it
    const operator = await pageOf(alur, 'operator', '/console/');
    await stop(operator, 'down');
    const citizen = await callerFor(alur, 'warga');
    const apply = () => citizen('POST', '/api/v1/applications', { processDefinitionId: 'titik-baru', variables: { place: 'Balai RW 02' } });
    const [first] = (await Promise.all([apply(), apply(), apply()])) as { reference: string; processInstanceKey: string }[];
    const { reference, processInstanceKey } = first!;
    const task = await taskOf(await callerFor(alur, 'petugas.kelurahan'), reference);

    // when each of them looks
    const portal = await pageOf(alur, 'warga', `/applications/${reference}`);
    const inbox = await pageOf(alur, 'petugas.kelurahan', `/inbox/tasks/${task}`);
    await operator.goto(`/console/instances/${processInstanceKey}`);
    const says = /^Sistem Dinas Komunikasi dan Informatika.* tidak menjawab sejak .* Permohonan berlanjut dengan sendirinya/;
    for (const page of [portal, inbox, operator]) {
      await page.getByText(says).waitFor({ timeout: 30_000 });
      await page.getByText(/Periksa cakupan · sejak \d+ menit/).waitFor();
    }
    await portal.getByText('Ini memakan waktu lebih lama').waitFor();
    product.looks.push(await look(portal, 'portal-agency-stopped'), await look(inbox, 'inbox-agency-stopped'), await look(operator, 'console-agency-stopped')); // prettier-ignore
    await portal.goto('/applications');
    await portal.getByText(/Sistemnya sedang tidak menjawab/).first().waitFor(); // prettier-ignore
    await portal.goto(`/applications/${reference}`);
    await portal.getByText(says).waitFor();

    // then the pages follow by themselves when it is back
    const second = await pageOf(alur, 'operator', '/console/');
    await stop(second, 'none');
    // the next try comes by itself within a minute; the operator does not wait for it
    await second.getByRole('link', { name: 'Kesehatan perangkat daerah' }).click();
    await second.getByRole('button', { name: /^Lepaskan… .*Komunikasi/ }).click();
    await second.getByLabel(/^Alasan/).fill('menyala lagi');
    await second.getByRole('button', { name: 'Lepaskan', exact: true }).click();
    for (const page of [portal, inbox, operator]) await page.getByText(says).waitFor({ state: 'detached', timeout: 30_000 });
    expect(barriers(product)).toEqual([]);
  });
});
