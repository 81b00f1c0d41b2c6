import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { example, placeAll } from '../components/built-example.ts';
import { host, renewed } from './deployed.ts';
import type { Host } from './deployed.ts';

/** Sites as they are put on a host, side by side and one after the other. */
test.use({ serviceWorkers: 'allow' });

const folders: string[] = [];
let [first, second, later] = ['', '', ''];
let one: Host;

async function built(base: string): Promise<string> {
  const site = await example();
  folders.push(site.folder);
  await placeAll(site);
  const { code, output } = await site.build({ SITE_BASE: base });
  if (code !== 0) throw new Error(output);
  return join(site.folder, 'dist');
}

test.beforeAll(async () => {
  [first, second] = [await built('/a/'), await built('/b/')];
  later = await renewed(first, '/a/');
  folders.push(later);
});

test.afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

test.beforeEach(async () => {
  one = await host();
  one.sites.set('/a/', first).set('/b/', second);
});

test.afterEach(async () => {
  await one.close();
});

/** Opens a site and waits until its worker answers for it. */
async function visit(page: Page, base: string): Promise<void> {
  await page.goto(`${one.origin}${base}`);
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

const cacheNames = (page: Page): Promise<string[]> => page.evaluate(() => caches.keys());

const search = async (page: Page): Promise<void> => {
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('throws');
  await expect(page.locator('.search li a').first()).toBeVisible();
  await page.keyboard.press('Escape');
};

test('two papers of one origin read without a network, each its own', async ({ page, context }) => {
  await visit(page, '/a/');
  await visit(page, '/b/');
  expect(await cacheNames(page)).toHaveLength(2);
  await context.setOffline(true);
  for (const base of ['/a/', '/b/', '/a/']) {
    await page.goto(`${one.origin}${base}`);
    await expect(page.locator(`.bar a[href="${base}claims/"]`)).toBeVisible();
    await search(page);
  }
});

test('a tab that is open while a new version comes goes on; other tabs have the new one', async ({
  page,
  context,
}) => {
  await visit(page, '/a/');
  await page.goto(`${one.origin}/a/claims/`);
  await expect(page.locator('h1')).toHaveText('Claims');
  one.sites.set('/a/', later);

  const other = await context.newPage();
  await other.goto(`${one.origin}/a/`);
  await expect(other).toHaveTitle(/^Renewed/);
  await expect.poll(() => cacheNames(other)).toHaveLength(2);
  await search(other);
  await search(page);

  await context.setOffline(true);
  await other.goto(`${one.origin}/a/claims/`);
  await expect(other.locator('h1')).toHaveText('Claims, renewed');
  await search(other);

  await page.close();
  await other.reload();
  await expect.poll(() => cacheNames(other)).toHaveLength(1);
  await search(other);
});

test('where nothing is kept, a tab of the old version says when to reload', async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(`${one.origin}/a/`);
  one.sites.set('/a/', later);
  await page.keyboard.press('/');
  await expect(page.getByRole('alert')).toContainText('reload the page');
  await page.reload();
  await context.close();
});

test('with storage full everything is read from the network', async ({ page, context }) => {
  const quota = await context.newCDPSession(page);
  const quotaSize = 1000;
  await visit(page, '/a/');
  await quota.send('Storage.overrideQuotaForOrigin', { origin: one.origin, quotaSize });
  const status = (path: string) =>
    page.evaluate(async (url) => (await fetch(url, { cache: 'reload' })).status, path);
  expect(await status('/a/artifacts/dice.small.json')).toBe(200);
  await page.reload();
  await search(page);
  // A second paper finds no room at all.
  await page.goto(`${one.origin}/b/`);
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const worker = registration?.installing;
    if (worker && worker.state !== 'redundant')
      await new Promise((resolve) => worker.addEventListener('statechange', resolve));
  });
  expect(await status('/b/artifacts/dice.small.json')).toBe(200);
  await search(page);
  await page.goto(`${one.origin}/a/`);
  await expect(page.locator('.sections section').first()).toBeVisible();
});

test('what a network answers in place of the site is not kept', async ({ page, context }) => {
  await visit(page, '/a/');
  one.isPortal = true;
  await page.goto(`${one.origin}/a/claims/`);
  await expect(page.locator('h1')).toHaveText('Sign in to this network');
  const kind = (path: string) =>
    page.evaluate(
      async (url) => (await fetch(url, { cache: 'reload' })).headers.get('content-type'),
      path,
    );
  expect(await kind('/a/search.json')).toBe('application/json');
  expect(await kind('/a/artifacts/dice.small.json')).toBe('text/html');
  await context.setOffline(true);
  await page.goto(`${one.origin}/a/claims/`);
  await expect(page.locator('h1')).toHaveText('Claims');
  await expect(kind('/a/artifacts/dice.small.json')).rejects.toThrow();
});

test('an address with a question adds nothing to what is kept', async ({ page, context }) => {
  await visit(page, '/a/');
  await page.goto(`${one.origin}/a/claims/`);
  const kept = () =>
    page.evaluate(
      async () => (await (await caches.open((await caches.keys())[0] ?? '')).keys()).length,
    );
  const before = await kept();
  for (const query of ['?x=1', '?x=2']) await page.goto(`${one.origin}/a/claims/${query}`);
  expect(await kept()).toBe(before);
  await context.setOffline(true);
  await page.goto(`${one.origin}/a/claims/?x=3`);
  await expect(page.locator('h1')).toHaveText('Claims');
});

test('the copy button copies without https, or selects and says so', async ({ page }) => {
  await page.goto(`${one.origin.replace('localhost', 'paper.test')}/a/`);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  const button = page.locator('button.copy');
  const source = await button.locator('xpath=..').locator('pre').textContent();
  await button.click();
  await expect(button).toHaveText('Copied');
  await page.evaluate(() => {
    const area = document.body.appendChild(document.createElement('textarea'));
    area.focus();
  });
  await page.keyboard.press('Control+V');
  await expect(page.locator('textarea')).toHaveValue(source ?? '');
  await page.evaluate(() => Object.assign(document, { execCommand: () => false }));
  await button.click();
  await expect(button).toHaveText('Selected: copy it');
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(source);
});
