import { expect, test } from './site.ts';

test('in print every figure stays and every control goes', async ({ page }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.goto('');
  const figures = await page.locator('figure.figure').all();
  expect(figures.length).toBeGreaterThan(0);
  for (const figure of figures) await expect(figure).toBeVisible();
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, select, .bar, .foot, .live-box, .figure-details')]
      .filter((one) => one.checkVisibility())
      .map((one) => one.outerHTML.slice(0, 80)),
  );
  expect(shown).toEqual([]);
  const ink = await page.evaluate(() => getComputedStyle(document.body).color);
  expect(ink).toBe('rgb(26, 26, 31)');
});

test('a PDF holds the drawings as lines, not as pictures', async ({ page }) => {
  await page.goto('');
  const pdf = (await page.pdf({ preferCSSPageSize: true, format: 'A4' })).toString('latin1');
  expect(pdf.slice(0, 5)).toBe('%PDF-');
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(2);
  expect(pdf).not.toContain('/Subtype /Image');
});
