/** An administrator decides who may come in, on the screen alone. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

const product = useProduct({
  prepare: ({ runtime, accounts }) =>
    putAccount(
      runtime.store,
      { username: 'kepala.dlh', name: 'Hadi', realm: 'staff', agency: 'dlh', roles: ['admin'] },
      accounts[0]?.password ?? '',
    ),
});
const button = (name: string | RegExp) => product.page.getByRole('button', { name, exact: typeof name === 'string' });
const field = (name: string) => product.page.getByLabel(name, { exact: true });
const tab = (name: string) => product.page.getByRole('tab', { name });
const call = (path: string, body: object | string, type = 'application/json') =>
  fetch(product.alur.url + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
afterEach(() => product.page.context().clearCookies());

describe('the administration screen', () => {
  test('[UI110] makes an account by keyboard with a password told once; changes, disables and resets it', async () => {
    const { page } = product;
    await signIn(product, '/console/administration', { username: 'admin' });
    await page.getByRole('heading', { name: 'Orang baru' }).waitFor();
    await field('Nama pengguna').fill('rini.dlh');
    await field('Nama').fill('Rini Astuti');
    await field('E-mail').fill('rini@kota.example');
    await field('Perangkat daerah').selectOption('dlh');
    await page.getByRole('checkbox', { name: 'Petugas' }).check();
    await field('E-mail').press('Enter');
    await page.getByText('Kata sandi untuk rini.dlh').waitFor();
    const [, password = ''] = ((await page.locator('.c-secret').textContent()) ?? '').split('\n');
    await see(product, 'administration-people');
    expect((await call('/api/v1/session', { username: 'rini.dlh', password })).status).toBe(403);
    expect((await call('/api/v1/session', { username: 'rini.dlh', password, newPassword: 'kuda baterai' })).status).toBe(200);
    await button('Sudah saya catat').click();
    expect(await page.content()).not.toContain(password);
    await field('Cari nama, nama pengguna, atau e-mail').fill('rini@');
    await button('Ubah Rini Astuti').click();
    await page.getByRole('dialog').getByRole('checkbox', { name: 'Penyelia' }).check();
    await see(product, 'administration-account');
    await button('Simpan').click();
    await page
      .getByRole('row', { name: /Rini Astuti/ })
      .getByText('Penyelia')
      .waitFor();
    await button('Ubah Rini Astuti').click();
    await button('Nonaktifkan akun').click();
    await page.getByText('nonaktif', { exact: true }).waitFor();
    expect((await call('/api/v1/session', { username: 'rini.dlh', password: 'kuda baterai' })).status).toBe(401);
    await button('Ubah Rini Astuti').click();
    await button('Aktifkan akun').click();
    await button('Ubah Rini Astuti').click();
    await button('Kata sandi baru').click();
    await page.getByText('Kata sandi untuk rini.dlh').waitFor();
    await page.getByText('kata sandi belum diganti').waitFor();
    expect(barriers(product)).toEqual([]);
  });

  test('[UI111] gives a program credentials that work, renews and removes them', async () => {
    const { page } = product;
    await signIn(product, '/console/administration', { username: 'admin' });
    await tab('Program').click();
    await field('Nama').fill('Penghubung BPHTB');
    await button('Buat').click();
    await page.getByText(/^Rahasia client\./).waitFor();
    const lines = ((await page.locator('.c-secret').textContent()) ?? '').split('\n');
    const told = new Map(lines.map((line) => [line.split('=')[0], line.split('=').slice(1).join('=')]));
    await see(product, 'administration-programs');
    const token = () => {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: told.get('CAMUNDA_CLIENT_ID') ?? '',
        client_secret: told.get('CAMUNDA_CLIENT_SECRET') ?? '',
      });
      return call('/oauth/token', form.toString(), 'application/x-www-form-urlencoded');
    };
    expect([told.get('CAMUNDA_OAUTH_URL'), (await token()).status]).toEqual([`${product.alur.url}/oauth/token`, 200]);
    page.on('dialog', (dialog) => void dialog.accept());
    await button('Rahasia baru Penghubung BPHTB').click();
    await page.waitForFunction((old) => document.querySelector('.c-secret')?.textContent !== old, lines.join('\n'));
    expect((await token()).status).toBe(401);
    await button('Hapus Penghubung BPHTB').click();
    await page.getByRole('row', { name: /Penghubung BPHTB/ }).waitFor({ state: 'detached' });
    expect(barriers(product)).toEqual([]);
  });

  test('[UI112] keeps mapping rules; administrators of an agency keep its people only; the same in English', async () => {
    const { page } = product;
    await signIn(product, '/console/administration', { username: 'admin' });
    await tab('Aturan pemetaan').click();
    await field('Id singkat').fill('petugas-dlh');
    await field('Nama').fill('Petugas DLH');
    await field('Nama klaim').fill('groups');
    await field('Nilai').fill('dlh');
    await field('Perangkat daerah').selectOption('dlh');
    await page.getByRole('checkbox', { name: 'Petugas' }).check();
    await button('Simpan').click();
    await page.getByText('groups = dlh').waitFor();
    await see(product, 'administration-rules');
    await button('Ubah Petugas DLH').click();
    await field('Nilai').fill('dlh-staf');
    await button('Simpan').click();
    await page.getByText('groups = dlh-staf').waitFor();
    await button(/English/).click();
    await page.getByRole('heading', { name: 'Administration' }).waitFor();
    await button(/Bahasa Indonesia/).click();
    await page.context().clearCookies();
    await page.goto('/console/administration');
    await field('Nama pengguna').fill('kepala.dlh');
    await field('Kata sandi').fill(product.alur.accounts[0]?.password ?? '');
    await button('Masuk').click();
    await page.getByText('petugas.dlh').waitFor();
    expect(await page.getByText('petugas.dpupr').count()).toBe(0);
    await tab('Aturan pemetaan').click();
    await page.getByText('groups = dlh-staf').waitFor();
    expect(await button('Simpan').count()).toBe(0);
    expect(barriers(product)).toEqual([]);
  });
});
