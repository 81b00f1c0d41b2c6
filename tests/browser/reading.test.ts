import { FIGURE, OWN, expect, test } from './site.ts';

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the figure, its numbers and its table are there', async ({ page, request }) => {
    await page.goto('');
    const figure = page.locator(FIGURE);
    const href = await page.locator(`${OWN} .downloads a`).last().getAttribute('href');
    const { data } = (await (await request.get(href ?? '')).json()) as {
      data: { trainings: { method: string }[] };
    };
    await expect(figure.locator('svg.panel')).toHaveCount(2);
    for (const method of ['mamba', 'gpt2']) {
      const runs = data.trainings.filter((training) => training.method === method).length;
      expect(runs).toBeGreaterThan(0);
      await expect(figure.locator(`svg path.curve.${method}`)).toHaveCount(2 * runs);
    }
    await expect(figure.locator('figcaption')).toContainText(/Figure \d+/);
    const numbers = page.locator('section data');
    expect(await numbers.count()).toBeGreaterThan(10);
    for (const text of await numbers.allTextContents())
      expect(text).toMatch(/^\d[\d.,–]*\S?|^[a-z]+$/);
    await expect(figure.locator('live-run')).toBeHidden();
    await page.locator(`${OWN} summary`, { hasText: 'Data' }).click();
    await page.locator(`${OWN} [data-part="data-tables"] a`).click();
    const table = page.locator('table').first();
    await expect(table).toBeVisible();
    expect(await table.locator('tbody tr').count()).toBeGreaterThan(12);
  });

  test('the numbers in the prose are those of the artifact', async ({ page, request }) => {
    await page.goto('');
    const href = await page.locator(`${OWN} .downloads a`).last().getAttribute('href');
    const artifact = (await (await request.get(href ?? '')).json()) as {
      data: { prompts: number };
    };
    const { prompts } = artifact.data;
    const inProse = page.locator(`section data[value="${prompts}"]`).first();
    await expect(inProse).toHaveText(prompts.toLocaleString('en-US'));
  });

  test('provenance and downloads are there', async ({ page, request }) => {
    await page.goto('');
    const figure = page.locator(OWN);
    await figure.locator('summary', { hasText: 'How it was made' }).click();
    await figure.locator('[data-part="provenances"] a').click();
    await expect(page.locator('.provenance').first()).toContainText('npm run lab');
    await page.goBack();
    const links = await figure.locator('.downloads a').all();
    expect(links).toHaveLength(3);
    for (const link of links) {
      const response = await request.get((await link.getAttribute('href')) ?? '');
      expect(response.status()).toBe(200);
      expect((await response.body()).length).toBeGreaterThan(1000);
    }
  });

  test('the published runs can be hidden', async ({ page }) => {
    await page.goto('');
    const published = page.locator(`${FIGURE} path.published`).first();
    await expect(published).toBeVisible();
    await page.locator(`${FIGURE} .show-published`).uncheck();
    await expect(published).toBeHidden();
  });
});

test('dark mode changes the ground and keeps the figure legible', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('');
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(ground).toBe('rgb(19, 20, 24)');
  const stroke = await page
    .locator(`${FIGURE} .curve.mamba`)
    .first()
    .evaluate((curve) => getComputedStyle(curve).stroke);
  expect(stroke).toBe('rgb(108, 176, 255)');
});

test('the page loads little JavaScript and no TensorFlow.js before a click', async ({ page }) => {
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  await page.goto('');
  await page.waitForLoadState('networkidle');
  const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + body.length, 0);
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(30 * 1024);
});

test('no layout shift while loading', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        shifts.push((entry as PerformanceEntry & { value: number }).value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('');
  await page.waitForLoadState('networkidle');
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThanOrEqual(0.02);
});

test('the SVG file stands alone', async ({ page, request }) => {
  await page.goto('');
  const link = page.locator(`${OWN} .downloads a`).first();
  const svg = await (await request.get((await link.getAttribute('href')) ?? '')).text();
  expect(svg).not.toContain('var(');
  expect(svg).toMatch(/^<svg xmlns=/);
});
