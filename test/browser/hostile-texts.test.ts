/**
 * Every text that somebody may write tries to run, on every screen, at a desk and on a phone. THE WALL BEHIND IS TAKEN AWAY: the pages' policy against
 * inline script is switched off here, so that what a screen let through would really run.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { evil, openHostile } from './hostile-texts.ts';
import type { Hostile } from './hostile-texts.ts';
import { passwordOf } from './portal-support.ts';
import { useProduct } from './product.ts';

let hostile: Hostile;
const product = useProduct({
  env: { ALUR_SANDBOX: 'true' },
  prepare: async (alur) => (hostile = await openHostile(alur)),
});

/** Notes every dialog, whatever ran, and every element or address that came out of a text. */
interface Watch {
  readonly page: Page;
  readonly ran: string[];
  readonly seen: Set<string>;
}

async function watched(username: string, width: number): Promise<Watch> {
  const { browser, alur } = product;
  const context = await browser.newContext({
    baseURL: alur.url,
    locale: 'id-ID',
    viewport: { width, height: 860 },
    bypassCSP: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const watch: Watch = { page, ran: [], seen: new Set() };
  page.on('dialog', (dialog) => {
    watch.ran.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  const answer = await context.request.post('/api/v1/session', { data: { username, password: passwordOf(alur, username) } });
  expect(answer.status()).toBe(200);
  return watch;
}

/** What stands on the page now. Everything that can be unfolded is; the mouse goes over what has a title. */
async function inspect({ page, ran, seen }: Watch): Promise<void> {
  const found = await page.evaluate(() => {
    document.querySelectorAll('details').forEach((each) => (each.open = true));
    const bad = [...document.querySelectorAll('[data-evil], iframe, [href^="javascript:" i], [src^="javascript:" i], [onerror], [onload]')];
    return {
      ran: [(window as unknown as { evil?: string }).evil].filter((one) => one !== undefined),
      bad: bad.map((each) => each.outerHTML.slice(0, 200)),
      text: `${document.title} ${document.body.innerText} ${[...document.querySelectorAll('input, textarea, select')].map((each) => (each as HTMLInputElement).value).join(' ')} ${[...document.querySelectorAll('[title], [aria-label]')].map((each) => `${each.getAttribute('title') ?? ''} ${each.getAttribute('aria-label') ?? ''}`).join(' ')} ${[...document.querySelectorAll('svg text, option')].map((each) => each.textContent ?? '').join(' ')}`,
    };
  });
  ran.push(...found.ran.map((one) => `${page.url()}: ran ${one}`), ...found.bad.map((one) => `${page.url()}: ${one}`));
  for (const [, mark] of found.text.matchAll(/MARK-([\w-]+)/g)) seen.add(mark ?? '');
}

/** Opens an address, waits until it is quiet, and looks at it; then at each of its tabs. */
async function visit(watch: Watch, address: string): Promise<void> {
  const { page } = watch;
  await page.goto(address);
  await page.locator('main').first().waitFor();
  await settled(page);
  await inspect(watch);
  const tabs = page.getByRole('tab');
  for (let at = 0; at < (await tabs.count()); at += 1) {
    await tabs.nth(at).click();
    await settled(page);
    await inspect(watch);
  }
}

/** Nothing is asked of the server any more. Live news stay open, so "network idle" never comes by itself. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  await page.waitForTimeout(400);
}

/** Marks that should have stood somewhere on these screens, but did not: then nothing was tried there. */
const missing = ({ seen }: Watch, marks: readonly string[]): readonly string[] => marks.filter((mark) => !seen.has(mark));
const widths = [1280, 390];

describe('texts that try to run', () => {
  test('[UI120] are caught here when a page lets them through', async () => {
    const watch = await watched('warga', 390);
    await watch.page.goto('/');
    await watch.page.evaluate((text) => document.querySelector('main')?.insertAdjacentHTML('beforeend', text), evil('control'));
    await watch.page.waitForFunction(() => (window as unknown as { evil?: string }).evil !== undefined);
    await inspect(watch);
    expect(watch.ran).toEqual([expect.stringMatching(/ran control$/), expect.stringContaining('data-evil')]);
    await watch.page.context().close();
  });

  test.each(widths)('[UI120] stay text for the applicant, from the list of services to the tasks, at %i pixels', async (width) => {
    const watch = await watched('warga', width);
    const { reference, tasks } = hostile;
    for (const address of [
      '/',
      '/services/jahat',
      '/services/jahat/apply',
      '/applications',
      `/applications/${reference}`,
      `/applications/${reference}/submitted`,
      `/applications/${reference}/tasks/${tasks.answer}`,
    ])
      await visit(watch, address);
    expect(watch.ran).toEqual([]);
    expect(
      missing(watch, [
        'process',
        'description',
        'phase',
        'form-text',
        'form-label',
        'form-hint',
        'form-option',
        'form-radio-option',
        'form-check-option',
        'answer',
        'file',
      ]),
    ).toEqual([]);
    await watch.page.context().close();
  });

  test.each(widths)('[UI120] stay text for a clerk, in the list and in the task, at %i pixels', async (width) => {
    const watch = await watched('petugas.diskominfo', width);
    for (const address of ['/inbox/', `/inbox/tasks/${hostile.tasks.check}`]) await visit(watch, address);
    expect(watch.ran).toEqual([]);
    expect(missing(watch, ['name-check', 'process', 'form-label', 'cell', 'draft', 'file', 'person'])).toEqual([]);
    await watch.page.context().close();
  });

  test.each(widths)('[UI120] stay text for operators and administrators, on every screen of the console, at %i pixels', async (width) => {
    const { processInstanceKey } = hostile;
    const operator = await watched('operator', width);
    for (const address of [
      '/console/',
      '/console/instances',
      `/console/instances/${processInstanceKey}`,
      '/console/alerts',
      '/console/agency-health',
      '/console/exchanges',
    ])
      await visit(operator, address);
    expect(operator.ran).toEqual([]);
    expect(missing(operator, ['process', 'name-fails', 'incident', 'variable', 'variable-name', 'reason'])).toEqual([]);
    const admin = await watched('admin', width);
    for (const address of ['/console/administration', '/console/agencies', '/console/agencies/diskominfo']) await visit(admin, address);
    expect(admin.ran).toEqual([]);
    expect(missing(admin, ['person', 'new-person'])).toEqual([]);
    await operator.page.context().close();
    await admin.page.context().close();
  });

  test.each(widths)(
    '[UI120] stay text in the modeler, in the diagram, its list, its panel and its findings, at %i pixels',
    async (width) => {
      const watch = await watched('analis', width);
      const { page } = watch;
      await visit(watch, '/modeler/');
      await page.getByRole('button', { name: /MARK-process/ }).first().click(); // prettier-ignore
      await page.locator('[data-element-id="check"]').first().waitFor();
      await settled(page);
      await inspect(watch);
      const tabs = page.getByRole('tab');
      for (let at = 0; at < (await tabs.count()); at += 1) {
        await tabs.nth(at).click();
        await settled(page);
        await inspect(watch);
      }
      for (const id of ['check', 'fails', 'start', 'lane-diskominfo']) await choose(watch, id);
      expect(watch.ran).toEqual([]);
      expect(missing(watch, ['process', 'name-check', 'documentation'])).toEqual([]);
      await page.context().close();
    },
  );

  test('[UI120] stay text in mails, and in permits as PDF', async () => {
    const { alur } = product;
    const outbox = join(alur.config.data, 'outbox');
    const mails = readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));
    expect(mails.filter((mail) => mail.includes('MARK-answer')).length).toBe(1);
    const permit = (await alur.runtime.store.search('documents', { filter: { processInstanceKey: hostile.processInstanceKey, contentType: 'application/pdf' } })).items[0]; // prettier-ignore
    const bytes = Buffer.from((await alur.runtime.store.getBlob(String(permit?.['documentId']))) ?? []).toString('latin1');
    expect(bytes).toMatch(/^%PDF/);
    expect(bytes).not.toMatch(/\/(JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData|URI)\b/);
    expect(String(permit?.['name'])).toMatch(/^[A-Za-z0-9._-]+\.pdf$/);
  });
});

/** Selects an element as its reader does and opens every group of its panel. */
async function choose(watch: Watch, id: string): Promise<void> {
  const { page } = watch;
  await page.evaluate((wanted) => {
    const shape = document.querySelector(`[data-element-id="${wanted}"] .djs-hit`);
    for (const type of ['mousedown', 'mouseup', 'click'])
      shape?.dispatchEvent(new MouseEvent(type, { bubbles: true, view: window, button: 0 }));
  }, id);
  await settled(page);
  const groups = page.locator('.bio-properties-panel-group-header:not(.open)');
  for (let left = await groups.count(); left > 0; left -= 1)
    await groups.first().evaluate((header) => (header as HTMLElement).click()).catch(() => undefined); // prettier-ignore
  await inspect(watch);
}
