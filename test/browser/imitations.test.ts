/** One registered agency answers from its sandbox, in a house whose other agencies are real: who looks at a screen is told. */
import { describe, expect, test } from '@jest/globals';
import { barriers, see, signIn, useProduct } from './product.ts';

const product = useProduct({ env: { ALUR_SANDBOX: 'false' } });
const SAYS = 'Sistem berikut adalah tiruan untuk latihan: Dinas Perpustakaan.';
const SCREENS = ['/', '/inbox/', '/modeler/', '/console/'] as const;

const register = (environment: 'sandbox' | 'live') =>
  product.page.evaluate(async (chosen) => {
    const body = JSON.stringify({ name: 'Dinas Perpustakaan', nameEn: 'Library Office', environment: chosen });
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/v1/agencies/perpustakaan', { method: 'PUT', headers, body })).status;
  }, environment);

describe('an agency whose calls go to its sandbox', () => {
  test('[UI96] every screen names it, to citizens too; when it is live again, none does', async () => {
    const { page } = product;
    // given
    await signIn(product, '/console/', { role: 'admin' });
    await page.getByRole('link', { name: 'Perangkat daerah' }).first().waitFor();
    expect(await page.getByText(/tiruan untuk latihan/).count()).toBe(0);

    // when
    expect(await register('sandbox')).toBe(201);

    // then
    for (const address of SCREENS) {
      await page.goto(address);
      await page.getByText(SAYS).waitFor();
    }
    await see(product, 'console-imitation');
    const citizen = await product.browser.newContext({ viewport: { width: 390, height: 844 } });
    const portal = await citizen.newPage();
    await portal.goto(product.alur.url);
    await portal.getByText(SAYS).waitFor();
    await citizen.close();

    // and when it is live again
    expect(await register('live')).toBe(200);
    for (const address of SCREENS) {
      await page.goto(address);
      await page.getByRole('banner').waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.getByText(/tiruan untuk latihan/).count()).toBe(0);
    }
    expect(barriers(product)).toEqual([]);
  });
});
