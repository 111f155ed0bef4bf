/** Somebody is away: names a deputy, who signs in with an own account, works in their place, and is told all the time for whom. */
import { describe, expect, test } from '@jest/globals';
import { openHostile } from './hostile-texts.ts';
import type { Hostile } from './hostile-texts.ts';
import { barriers, see, signIn, useProduct } from './product.ts';

let hostile: Hostile;
const product = useProduct({ env: { ALUR_SANDBOX: 'true' }, prepare: async (alur) => (hostile = await openHostile(alur)) });

const button = (name: string | RegExp) => product.page.getByRole('button', { name });
const select = async (label: string, choice: string): Promise<void> =>
  void (await product.page.getByLabel(label, { exact: true }).selectOption({ label: choice }));

async function signOut(): Promise<void> {
  await product.page.locator('.a-menu button').first().click();
  await button('Keluar').click();
  await product.page.waitForURL((url) => url.pathname === '/');
}

describe('substitutions', () => {
  test('[UI121] whoever will be away names a colleague, roles and days; what is missing is said', async () => {
    // given an analyst with a colleague in the same agency
    await signIn(product, '/inbox/substitutions', { username: 'penyelia' });
    await product.page.getByText('Saat ini Anda tidak menggantikan siapa pun.').waitFor();
    await see(product, 'substitutions-empty');

    // when nobody is chosen, then it says so
    await button('Tunjuk pengganti').click();
    await product.page.getByText('Pilih dahulu siapa penggantinya.').waitFor();

    // when a colleague is chosen
    await select('Pengganti', 'Yoga Pratama');
    await product.page.getByLabel('Alasan').fill('Cuti tahunan');
    await button('Tunjuk pengganti').click();

    // then it stands in the list, and only people of the own agency could be chosen
    await product.page.getByText('Penggantian tercatat.').waitFor();
    await product.page.getByRole('row', { name: /Retno Wulandari.*Yoga Pratama.*petugas.*sedang berlaku.*Cuti tahunan/ }).waitFor();
    const choices = await product.page.getByLabel('Pengganti', { exact: true }).locator('option').allTextContents();
    expect(choices).toContain('Yoga Pratama');
    expect(choices.filter((name) => /Wulan Sari|Administrator|Siti/.test(name))).toEqual([]);
    await see(product, 'substitutions-made');
    await signOut();
  });

  test('[UI121] the deputy works in that place with the own account, is told for whom on every screen, and both stand in the record', async () => {
    // given the deputy has no tasks of an own: an analyst is no clerk
    const { page, alur } = product;
    await signIn(product, '/inbox/', { username: 'analis' });
    await page.getByText(/Halaman ini bukan|bukan untuk/).first().waitFor(); // prettier-ignore
    await page.goto('/inbox/substitutions');

    // when
    await button('Bekerja menggantikan Retno Wulandari').click();

    // then the list of the absent person's unit is there, and the banner says so
    await page.getByText(/Anda bekerja menggantikan Retno Wulandari \(petugas, penyelia\) sampai/).waitFor();
    await page.getByRole('heading', { name: 'Tugas', exact: true }).waitFor();
    await see(product, 'substitutions-acting');
    await page.goto(`/inbox/tasks/${hostile.tasks.check}`);
    await page.getByText(/Anda bekerja menggantikan/).waitFor();
    await button(/^Ambil alih/).first().click(); // prettier-ignore
    await button(/^Ambil alih/).last().click(); // prettier-ignore
    await page.getByText('Tugas ini sedang Anda kerjakan.').waitFor();
    const history = await alur.runtime.store.events(hostile.processInstanceKey);
    expect(history.at(-1)?.audit).toMatchObject({ by: 'analis', onBehalfOf: 'penyelia', agency: 'diskominfo' });
  });

  test('[UI121] one press ends it, and another tab was one’s own all the time', async () => {
    const { page } = product;
    const other = await page.context().newPage();
    await other.goto('/inbox/substitutions');
    await other.getByRole('heading', { name: 'Penggantian' }).waitFor();
    expect(await other.getByText(/Anda bekerja menggantikan/).count()).toBe(0);
    await other.close();
    await button('Kembali bekerja sebagai diri sendiri').click();
    await button('Bekerja menggantikan Retno Wulandari').waitFor();
    expect(await page.getByText(/Anda bekerja menggantikan/).count()).toBe(0);
  });

  test('[UI121] when the absent person is back and ends it, the deputy is oneself again', async () => {
    // given the deputy works in that place
    const { page, alur } = product;
    await button('Bekerja menggantikan Retno Wulandari').click();
    await page.getByText(/Anda bekerja menggantikan/).waitFor();

    // when it is ended elsewhere
    const [row] = (await alur.runtime.store.search('substitutions', { limit: 1 })).items;
    const key = String(row?.['substitutionId']);
    await alur.runtime.store.write([{ op: 'patch', collection: 'substitutions', key, fields: { endedAt: Date.now() } }]);
    await page.reload();

    // then
    await page.getByText('Saat ini Anda tidak menggantikan siapa pun.').waitFor();
    expect(await page.getByText(/Anda bekerja menggantikan/).count()).toBe(0);
  });

  test('[UI1] these screens have no barrier that axe can find, nor sideways scrolling', () => {
    expect(barriers(product)).toEqual([]);
  });
});
