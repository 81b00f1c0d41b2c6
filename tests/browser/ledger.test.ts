import { expect, test } from './site.ts';

test('bounds that are moved turn the verdicts that hang on them, and back', async ({ page }) => {
  await page.goto('claims/');
  const close = page.locator(
    `#${await page.locator('.claim[data-close][data-verdict="does not hold"]').first().getAttribute('id')}`,
  );
  const id = (await close.getAttribute('id')) ?? '';
  const chip = (verdict: string) =>
    page.locator(`.matrix td[data-verdict="${verdict}"] a[href="#${id}"]`);
  await expect(chip('does not hold')).toHaveCount(1);
  const bounds = page.getByRole('slider');
  await bounds.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await expect(page.locator('output')).toHaveText(/times as generous/);
  await expect(close).toHaveAttribute('data-verdict', 'holds');
  await expect(chip('holds')).toHaveCount(1);
  await expect(page.locator('.tally')).toContainText(id);
  await page.getByRole('button', { name: 'Back to the criteria' }).click();
  await expect(close).toHaveAttribute('data-verdict', 'does not hold');
  await expect(page.locator('.tally')).toBeEmpty();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('claims filter, open, and lead to sentence and figure and back', async ({ page }) => {
    await page.goto('claims/');
    const all = await page.locator('.claim:visible').count();
    await page.getByLabel('within a factor of').check();
    const close = page.locator('.claim:visible');
    expect(await close.count()).toBeLessThan(all);
    await expect(close.first()).toHaveAttribute('data-close', '');
    const id = (await close.first().getAttribute('id')) ?? '';
    await close.first().locator('summary').click();
    await expect(close.first().locator('a[href*="#fig-"]').first()).toBeVisible();
    await close.first().locator(`a[href$="-${id}"]`).first().click();
    const sentence = page.locator('a.claim-link:target');
    await expect(sentence).toHaveText(id);
    await sentence.click();
    await expect(page.locator(`#${id}`)).toBeInViewport();
  });
});
