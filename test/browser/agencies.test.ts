/** An integrator takes in an agency on the screens; an analyst finds its operation among the steps. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callerFor } from './portal-support.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

const schema = { type: 'object', required: ['title'], properties: { title: { type: 'string' }, year: { type: 'integer' } } };
const contract = (version: string, change: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Perpustakaan Kota', version },
    servers: [{ url: 'https://perpustakaan.example.go.id/api' }],
    paths: {
      '/books/{bookId}': {
        get: {
          operationId: 'getBook',
          summary: 'Cari buku',
          parameters: [{ name: 'bookId', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'ok', content: { 'application/json': { schema: { ...schema, ...change } } } } },
        },
      },
      '/covers': { post: { operationId: 'cover', summary: 'Unggah sampul', requestBody: { content: { 'image/png': {} } }, responses: { 204: { description: 'ok' } } } },
    },
  }); // prettier-ignore

const library = createServer((request, response) => {
  const known = request.headers['x-api-key'] === 'kunci-rahasia';
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
});
beforeAll(async () => new Promise<void>((done) => library.listen(0, '127.0.0.1', done)));
afterAll(() => void library.close());

const product = useProduct({ env: { ALUR_SANDBOX: 'true', ALUR_AGENCY_NETWORKS: '127.0.0.1/32' } });
const button = (name: string | RegExp) => product.page.getByRole('button', { name });
const tab = (name: string) => product.page.getByRole('tab', { name });

describe('the register of agencies', () => {
  test('[UI90] an agency is registered, its secret kept and its connection tried', async () => {
    const { page } = product;
    // given
    await signIn(product, '/console/agencies', { role: 'admin' });
    await page.getByLabel('Id singkat').fill('perpustakaan');
    await page.getByLabel('Nama', { exact: true }).fill('Dinas Perpustakaan');
    await page.getByLabel('Nama dalam bahasa Inggris').fill('Library Office');
    await see(product, 'console-agencies');
    // by keyboard alone
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dinas Perpustakaan' }).waitFor();

    // when
    await tab('Kredensial').click();
    await page.getByLabel('Nama header atau parameter').fill('X-Api-Key');
    await page.getByLabel('Kunci', { exact: true }).fill('kunci-rahasia');
    await button('Simpan').click();
    await page.getByText('Tersimpan dan tersegel').waitFor();
    expect(await page.getByLabel('Kunci', { exact: true }).inputValue()).toBe('');
    await see(product, 'console-agency-credentials');
    await tab('Sambungan').click();
    const { port } = library.address() as AddressInfo;
    await page.getByLabel('Alamat dasar').fill(`http://127.0.0.1:${port}/api`);
    await button('Simpan').click();
    await page.getByText('Panggilan berikutnya memakainya').waitFor();
    await button('Uji sambungan').click();
    await page.getByText('Perangkat daerah menolak kita').waitFor();
    await page.getByLabel('Kredensial', { exact: true }).selectOption({ index: 1 });
    await button('Simpan').click();
    await page.getByText('Panggilan berikutnya memakainya').waitFor();
    await button('Uji sambungan').click();
    await page.getByText('Perangkat daerah menjawab').waitFor();
    await see(product, 'console-agency-connection');
    expect(await page.content()).not.toContain('kunci-rahasia');
  });

  test('[UI91] a broken contract is told where, a good one is picked from, and what a new one changes is shown', async () => {
    const { page } = product;
    await tab('Kontrak').click();
    await page.getByText('atau tempel teksnya').click();
    await page.getByLabel('Teks kontrak').fill('openapi: 3.2.0');
    await button('Periksa').click();
    await page.getByText('it is OpenAPI 3.2.0').waitFor();
    await see(product, 'console-agency-contract-broken');
    await page.getByLabel('Kontrak sebagai berkas').setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(contract('1')) });
    await page.getByText('only JSON can be sent').waitFor();
    expect(await page.getByRole('checkbox').nth(1).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: /Cari buku/ }).check();
    await see(product, 'console-agency-contract');
    await button('Impor 1 operasi').click();
    await page.getByText('Langkahnya sudah ada di perancang').waitFor();
    await page.getByLabel('Teks kontrak').fill(contract('2', { properties: { title: { type: 'string' } } }));
    await button('Periksa').click();
    await page.getByText('response.body.year: hilang').waitFor();
    await see(product, 'console-agency-contract-changes');
    expect(barriers(product)).toEqual([]);
  }); // prettier-ignore

  test('[UI93] an address for news is made, tried on a sample, and shows what came', async () => {
    const { page } = product;
    await tab('Kabar').click();
    await button('Alamat baru').click();
    await page.getByLabel('Nama kabar').fill('Buku kembali');
    await page.getByLabel('Rahasia bersama').fill('rahasia-perpustakaan');
    await page.getByLabel('Pesan', { exact: true }).fill('buku-kembali');
    await page.getByLabel('Permohonan mana').fill('=body.loan');
    await page.getByLabel('Yang diketahui permohonan').fill('={returned: body.on}');
    await page.getByLabel('Coba dengan contoh').fill('{"loan": "P-7", "on": "2026-01-05"}');
    await button('Coba').click();
    await page.getByText('Pesan buku-kembali untuk P-7').waitFor();
    await see(product, 'console-agency-news-form');
    await page.getByLabel('Nama kabar').press('Enter');
    const address = await page.getByText(/^POST http/).textContent();
    await page.getByText('Belum ada yang datang').waitFor();
    // when the agency tells something, signed and not
    const body = '{"loan": "P-8"}';
    const at = String(Date.now());
    const signature = createHmac('sha256', 'rahasia-perpustakaan').update(`${at}.${body}`).digest('hex');
    const place = `${product.alur.url}${new URL(String(address).replace('POST ', '')).pathname}`;
    const tell = async (headers: Record<string, string>) => (await fetch(place, { method: 'POST', headers, body })).status;
    expect(await tell({ 'x-timestamp': at, 'x-signature': signature })).toBe(202);
    expect(await tell({ 'x-timestamp': at, 'x-signature': 'salah' })).toBe(401);
    // then both are there, without a touch
    await page.getByText('Menunggu permohonannya').waitFor();
    await page.getByText('Ditolak', { exact: true }).waitFor();
    expect(await page.content()).not.toContain('rahasia-perpustakaan');
    await see(product, 'console-agency-news');
    expect(barriers(product)).toEqual([]);
  });

  test('[UI92] the operation is among the steps of the modeler, with the agency’s name and typed fields', async () => {
    const { page } = product;
    await page.context().clearCookies();
    await signIn(product, '/modeler/', { role: 'analyst' });
    await page.getByRole('button', { name: /^Kosong/ }).click();
    await page.locator('.djs-palette').waitFor();
    await page.locator('.djs-palette [data-action="create"]').click();
    await page.locator('.djs-popup-search input').fill('cari buku');
    const entry = page.locator('.djs-popup-results .entry', { hasText: 'Cari buku' });
    await entry.first().waitFor();
    await page.screenshot({ path: 'test-results/modeler-template-menu.png' });
    await entry.first().click();
    await page.mouse.click(700, 420);
    await page.getByText('Data yang dikirim').waitFor();
    await page.screenshot({ path: 'test-results/modeler-template.png' });
    // how its answer comes is an option of the step
    await page.getByText('Jawaban yang datang kemudian').click();
    await page.getByLabel('Jawaban datang').selectOption({ label: 'kemudian, ditanyakan berulang kali' });
    await page.getByLabel('Sampai (FEEL atas response)').fill('response.body.year > 2000');
    expect(await page.getByLabel('Tanyakan tiap').inputValue()).toBe('PT30S');
    await page.screenshot({ path: 'test-results/modeler-template-poll.png' });
  });

  test('[UI97] a drawn step whose operation changed offers its new version, and asks for what is new; one that did not change offers nothing', async () => {
    const { page, alur } = product;
    const step = page.locator('.djs-shape[data-element-id^="Activity_"]').first();
    const offer = page.getByRole('button', { name: 'Ada versi baru' });
    const drawnAgain = async (): Promise<void> => {
      await page.reload();
      await step.click();
      await page.getByText('Data yang dikirim').waitFor();
    };
    // given the working copy, and a contract that says the same again
    const admin = await callerFor(alur, 'admin');
    const again = (text: string) => admin('PUT', '/api/v1/agencies/perpustakaan/contract', { text, operations: ['getBook'] });
    await page.getByText(/disimpan di peramban/).first().waitFor();
    await again(contract('1'));
    await drawnAgain();
    expect(await offer.count()).toBe(0);

    // when the operation takes one thing more
    const more = JSON.parse(contract('3')) as { paths: { '/books/{bookId}': { get: { parameters: object[] } } } };
    more.paths['/books/{bookId}'].get.parameters.push({ name: 'bahasa', in: 'query', schema: { type: 'string' } });
    await again(JSON.stringify(more));
    await drawnAgain();

    // then
    await offer.click();
    await page.getByText('Perbarui', { exact: true }).click();
    await page.getByText('Data yang dikirim').click();
    await page.getByRole('textbox', { name: /^bahasa/ }).waitFor();
    expect(await offer.count()).toBe(0);
    await page.screenshot({ path: 'test-results/modeler-template-upgraded.png' });
  }); // prettier-ignore
});
