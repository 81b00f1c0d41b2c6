import { expect, test } from './site.ts';

test.use({ serviceWorkers: 'allow' });

test('after one visit the site reads without a network', async ({ page, context }) => {
  await page.goto('');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  const bytes = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0] ?? '');
    const kept = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
    const sizes = await Promise.all(kept.map(async (response) => (await response?.blob())?.size));
    return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  });
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(3_000_000);
  await context.setOffline(true);
  await page.reload();
  await expect(page.locator('svg.panel').first()).toBeVisible();
  await expect(page.locator('.sections section').first()).toBeVisible();
  await page.goto('claims/');
  await expect(page.locator('h1')).toHaveText('Claims');
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('isotropic');
  await expect(page.locator('.search li a').first()).toBeVisible();
});
