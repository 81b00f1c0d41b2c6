import { expect, test } from './site.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('');
});

for (const id of ['fig-skewed-linear-regression', 'fig-scale-shift', 'references']) {
  test(`a link to #${id} leads there, past drawings that were never laid out`, async ({ page }) => {
    await page.goto('about:blank');
    await page.goto(`#${id}`);
    const top = () =>
      page.locator(`#${id}`).evaluate((element) => element.getBoundingClientRect().top);
    await expect.poll(top).toBeLessThan(80);
    expect(await top()).toBeGreaterThanOrEqual(0);
  });
}

test('the contents follow', async ({ page }) => {
  const last = page.locator('.contents a[href="#references"]');
  await expect(last).not.toHaveAttribute('aria-current', /.*/);
  await page.locator('#references').evaluate((heading) => heading.scrollIntoView());
  await expect(last).toHaveAttribute('aria-current', 'location');
  await expect(page.locator('.contents [aria-current]')).toHaveCount(1);
});

test('search leads to a section', async ({ page }) => {
  await page.keyboard.press('/');
  const box = page.getByRole('searchbox');
  await expect(box).toBeFocused();
  await box.fill('zzzz');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing found' })).toBeVisible();
  await box.fill('isotropic');
  const first = page.locator('.search li a').first();
  await expect(first).toBeVisible();
  await first.click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(new URL(page.url()).hash).not.toBe('');
});

test('arrows and Enter lead to what was sought, a question finds something, and its count is told', async ({
  page,
}) => {
  await page.keyboard.press('/');
  const box = page.getByRole('searchbox');
  const told = page.getByRole('status').filter({ hasText: /place/ });
  await box.fill('Does Mamba degrade more than the Transformer?');
  await expect(told).toHaveText(/^(One|\d+) place/);
  await box.fill('C4c');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.search li a').first()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForURL(/claims\/#C4c$/);
  await expect(page.locator('#C4c')).toHaveAttribute('open', '');
});
