/** The real product on a free port with an empty folder, and Chromium to use it as people do. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore
const results = join(import.meta.dirname, '../../test-results');
const widths = [1280, 390];

export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ ...(chromiumPath ? { executablePath: chromiumPath } : {}), args: flags });
}

/** A person with a browser of their own. */
export async function person(
  browser: Browser,
  base: string,
  width = 1280,
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext({
    baseURL: base,
    locale: 'id-ID',
    timezoneId: 'Asia/Jakarta',
    viewport: { width, height: 860 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { context, page };
}

export interface Look {
  readonly name: string;
  /** rule ids of what is wrong for assistive technology, by width */
  readonly violations: readonly string[];
  /** widths at which the page has to be scrolled sideways */
  readonly overflow: readonly number[];
}

/** Photographs the page as it stands at a desk and on a phone, and looks for barriers at both. */
export async function look(page: Page, name: string): Promise<Look> {
  mkdirSync(results, { recursive: true });
  const before = page.viewportSize();
  const violations: string[] = [];
  const overflow: number[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 860 });
    await page.screenshot({ path: join(results, `${name}-${width}.png`), fullPage: true });
    const { violations: found } = await new AxeBuilder({ page }).exclude('.bjs-powered-by').analyze();
    violations.push(...found.map((one) => `${width}: ${one.id} ${one.nodes[0]?.html.slice(0, 120) ?? ''}`));
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) overflow.push(width);
  }
  if (before) await page.setViewportSize(before);
  return { name, violations, overflow };
}

/** A folder for one test, gone afterwards. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'alur-browser-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
