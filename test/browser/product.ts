/** The whole product with a browser in front of it, for a test file of its own: made once, taken away afterwards. */
import { afterAll, beforeAll, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startAlur } from '../../server/start.ts';
import type { Alur, StartOptions } from '../../server/start.ts';
import { look, openBrowser, person, temporaryFolder } from './wifi-support.ts';
import type { Look } from './wifi-support.ts';

/** Filled before the first test of the file. */
export interface Product {
  readonly alur: Alur;
  readonly browser: Browser;
  readonly page: Page;
  /** everything that was looked at so far; see `barriers` */
  readonly looks: Look[];
}

export interface ProductPlan {
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: StartOptions;
  /** after the server has started, before anybody looks */
  readonly prepare?: (alur: Alur) => Promise<unknown>;
}

/** Starts server and browser for this test file. Call it once, outside of the tests; its answer may be read inside of them. */
export function useProduct({ env = {}, options = {}, prepare }: ProductPlan = {}): Product {
  jest.setTimeout(90_000);
  const folder = temporaryFolder();
  const product: { alur?: Alur; browser?: Browser; page?: Page; readonly looks: Look[] } = { looks: [] };
  beforeAll(async () => {
    const all = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: folder.path, ALUR_QUEUE: 'in-process', ...env };
    product.alur = await startAlur(all, {
      ...options,
      log: (level, message) => (level === 'error' ? process.stderr.write(`${message}\n`) : undefined),
    });
    await prepare?.(product.alur);
    product.browser = await openBrowser();
    product.page = (await person(product.browser, product.alur.url)).page;
    product.page.setDefaultTimeout(10_000);
  }, 60_000);
  afterAll(async () => {
    await product.browser?.close();
    await product.alur?.close();
    folder.remove();
  }, 30_000);
  return product as Product;
}

/** Opens an app as the first account with this role, or as this user. */
export async function signIn(
  product: Product,
  address: string,
  who: { readonly role: string } | { readonly username: string },
): Promise<void> {
  const { alur, page } = product;
  const account = alur.accounts.find((one) =>
    'role' in who ? one.roles.some((role) => role === who.role) : one.username === who.username,
  );
  if (!account) throw new Error(`Expected a demo account for ${JSON.stringify(who)}, but there is none`);
  await page.goto(address);
  await page.getByLabel('Nama pengguna').fill(account.username);
  await page.getByLabel('Kata sandi').fill(account.password);
  await page.getByRole('button', { name: 'Masuk' }).click();
}

/** Photographs the page at both widths and keeps what is wrong with it. */
export async function see(product: Product, name: string): Promise<void> {
  product.looks.push(await look(product.page, name));
}

/** What axe found, and pages that scroll sideways. */
export function barriers({ looks }: Product): readonly Look[] {
  return looks.filter((each) => each.violations.length > 0 || each.overflow.length > 0);
}

/** The licence asks for the bpmn.io mark to stay fully visible: what is on top at its middle and corners must be the mark itself. */
export async function markIsUncovered(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const mark = document.querySelector('.bjs-powered-by');
    mark?.scrollIntoView({ block: 'center' });
    const box = mark?.getBoundingClientRect();
    if (!mark || !box || box.width === 0) return false;
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]] as const; // prettier-ignore
    return points.every(([x, y]) => mark.contains(document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)));
  });
}
