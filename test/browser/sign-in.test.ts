/** Everybody's way in and out, in a browser: codes, identity providers, passwords that somebody gave, and a session that is about to end. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { openIdentityProvider, settingsOf } from '../support/identity-provider.ts';
import { barriers, see, signIn, useProduct } from './product.ts';
import { temporaryFolder } from './wifi-support.ts';

// the provider must know where people come back to before the server runs
const port = await new Promise<number>((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address() as AddressInfo;
    probe.close(() => done(free));
  });
});
const base = `http://127.0.0.1:${port}`;
const folder = temporaryFolder();
const idp = await openIdentityProvider();
await idp.serve(base);
await idp.tell('rini', { name: 'Rini Astuti', preferred_username: 'rini', groups: ['clerks'] });
await idp.tell('budi', { name: 'Budi', preferred_username: 'budi' });
await idp.tell('lain', { name: 'Lain', preferred_username: 'lain' });
const keyFile = join(folder.path, 'key.pem');
writeFileSync(keyFile, idp.key);
afterAll(async () => {
  folder.remove();
  await idp.close();
});

const product = useProduct({
  env: { PORT: String(port), ALUR_PUBLIC_URL: base, ...settingsOf(idp, keyFile) },
  prepare: async ({ runtime }) => {
    const rule = {
      mappingRuleId: 'clerks',
      name: 'Clerks',
      claimName: 'groups',
      claimValue: 'clerks',
      agency: 'dpmptsp',
      roles: ['clerk'],
    };
    await runtime.store.write([{ op: 'put', collection: 'mappingRules', key: 'clerks', row: rule }]);
  },
});
const button = (name: string | RegExp) => product.page.getByRole('button', { name, exact: typeof name === 'string' });
const menu = () => product.page.locator('.a-menu > button');
const field = (name: string) => product.page.getByLabel(name, { exact: true });
afterEach(() => product.page.context().clearCookies());

async function atProvider(login: string): Promise<void> {
  const { page } = product;
  await page.waitForURL(`${idp.url}/interaction/**`);
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill('x');
  await page.locator('button[type="submit"]').click();
  // whether we may know who it is
  await page.locator('button[type="submit"]').click();
}

describe('a citizen', () => {
  test('[UI100] signs in with a code: asked for by keyboard, mistyped once, filled in, and is asked for a name', async () => {
    const { page } = product;
    await page.goto('/applications');
    await page.getByRole('link', { name: 'Masuk dengan INApas' }).waitFor();
    await see(product, 'sign-in-citizen');
    await field('Alamat e-mail atau nomor telepon').fill('bukan alamat');
    await page.keyboard.press('Enter');
    await page.getByText('yang dapat kami kirimi kode').waitFor();
    await field('Alamat e-mail atau nomor telepon').fill('siti@warga.example');
    await page.keyboard.press('Enter');
    await page.getByText('Kode telah kami kirim ke s•••@warga.example').waitFor();
    // the keyboard is where the code goes, and the telephone may fill it in
    expect(await page.evaluate(() => document.activeElement?.getAttribute('autocomplete'))).toBe('one-time-code');
    await page.keyboard.type('000 000');
    await page.keyboard.press('Enter');
    await page.getByText('Sisa 4 kali mencoba').waitFor();
    await see(product, 'sign-in-code');
    await button('Isikan kodenya').click();
    await button('Lanjutkan').click();
    await page.getByRole('heading', { name: 'Siapa nama Anda?' }).waitFor();
    await see(product, 'sign-in-name');
    await field('Nama lengkap').fill('Siti Rahmawati');
    await page.keyboard.press('Enter');
    await button(/Siti Rahmawati/).waitFor();
    expect(barriers(product)).toEqual([]);
  });

  test('[UI100] reads the same in English', async () => {
    const { page } = product;
    await page.goto('/applications');
    await button(/English/).click();
    await field('E-mail address or telephone number').fill('0812 3456 7890');
    await button('Send code').click();
    await page.getByText('We sent a code to +62••••••••890').waitFor();
    await page.getByText('New code in').waitFor();
    await button('Use another address').click();
    expect(await field('E-mail address or telephone number').inputValue()).toBe('0812 3456 7890');
    await button(/Bahasa Indonesia/).click();
  });
});

describe('somebody of the staff', () => {
  test('[UI101] signs in with the city’s sign-in, comes back to the page, and signs out there too', async () => {
    const { page } = product;
    await page.goto('/inbox/');
    await page.getByRole('link', { name: 'Masuk dengan SSO Kota' }).waitFor();
    await page.getByRole('link', { name: 'Masuk dengan SSO Kota' }).click();
    await atProvider('rini');
    await page.waitForURL(`${base}/inbox/**`);
    await button(/Rini Astuti/).click();
    await button('Keluar').click();
    await page.waitForURL(`${idp.url}/**`);
    expect((await page.context().cookies(base)).filter(({ name }) => name === 'alur_session')).toEqual([]);
    await page.context().clearCookies();
    await page.goto('/inbox/');
    await page.getByRole('link', { name: 'Masuk dengan SSO Kota' }).click();
    await atProvider('lain');
    await page.getByText('tetapi tidak memiliki akses di sini').waitFor();
    expect(page.url()).toBe(`${base}/inbox/`);
  });

  test('[UI102] links an identity, chooses another password, and signs out everywhere', async () => {
    const { page } = product;
    const password = product.alur.accounts[0]?.password ?? '';
    await signIn(product, '/inbox/', { username: 'petugas.dlh' });
    const open = async () => {
      await menu().click();
      await button('Akun saya').click();
    };
    await open();
    await button('Tautkan SSO Kota').waitFor();
    await see(product, 'account');
    await button('Tautkan SSO Kota').click();
    await atProvider('budi');
    await page.waitForURL(`${base}/inbox/**`);
    await open();
    await button('Lepas tautan SSO Kota').waitFor();
    await field('Kata sandi sekarang').fill('salah');
    await field('Kata sandi baru').fill('kuda baterai stapler');
    await page.keyboard.press('Enter');
    await page.getByText('Nama pengguna atau kata sandi').waitFor();
    await field('Kata sandi sekarang').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('Kata sandi telah diganti').waitFor();
    await button('Keluar dari semua perangkat').click();
    await page.waitForURL(`${base}/`);
    const { items } = await product.alur.runtime.store.search('sessions', { filter: { username: 'petugas.dlh' } });
    expect(items).toEqual([]);
    expect(barriers(product)).toEqual([]);
  });

  test('[UI102] with a password that an administrator gave chooses an own one before anything else', async () => {
    const { page } = product;
    const { store } = product.alur.runtime;
    await store.write([{ op: 'patch', collection: 'users', key: 'petugas.bapenda', fields: { passwordTemporary: true } }]);
    await signIn(product, '/inbox/', { username: 'petugas.bapenda' });
    await page.getByText('diberikan oleh administrator').waitFor();
    await see(product, 'sign-in-temporary');
    await field('Kata sandi baru').fill('kuda baterai stapler');
    await page.keyboard.press('Enter');
    await menu().waitFor();
    expect((await store.get('users', 'petugas.bapenda'))?.['passwordTemporary']).toBe(false);
    expect(barriers(product)).toEqual([]);
  });

  test.each([
    ['portal', '/applications', 'warga'],
    ['inbox', '/inbox/', 'petugas.dpupr'],
    ['modeler', '/modeler/', 'analis'],
    ['console', '/console/', 'operator'],
  ])('[UI103] in the %s the end of a session is announced in time, and one stays with one press', async (_app, address, username) => {
    const { page } = product;
    await page.clock.install();
    await signIn(product, address, { username });
    await menu().waitFor();
    await page.clock.runFor('54:00');
    expect(await page.getByText('Sesi Anda berakhir').count()).toBe(0);
    await page.clock.runFor('02:00');
    await page.getByText('Sesi Anda berakhir').waitFor();
    await button('Tetap masuk').click();
    await page.getByText('Sesi Anda berakhir').waitFor({ state: 'detached' });
  });
});
