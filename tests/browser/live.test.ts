import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { FIGURE, expect, test } from './site.ts';

interface Receipt {
  runtime: { backend: string; software: boolean };
  verdict: { matches: boolean; points: number; worst: { share: number } };
  curves: { prompts: number; mean: number[] }[];
}

const figureOf = (page: Page, figure = FIGURE): Locator => page.locator(figure);

async function start(figure: Locator, model: string, extent = 'batch'): Promise<void> {
  await figure.locator('select[name="extent"]').selectOption(extent);
  await figure.locator('select[name="model"]').selectOption(model);
  await figure.locator('.live-start').click();
}

async function finish(figure: Locator): Promise<void> {
  const live = figure.locator('live-run');
  await expect(live).toHaveAttribute('data-state', /done|failed/, { timeout: 300_000 });
  const status = await live.locator('.live-status').textContent();
  expect(await live.getAttribute('data-state'), status ?? '').toBe('done');
}

async function receipt(page: Page, figure: Locator): Promise<Receipt> {
  const download = page.waitForEvent('download');
  await figure.getByRole('link', { name: 'Receipt' }).click();
  return JSON.parse(await readFile(await (await download).path(), 'utf8')) as Receipt;
}

const MAMBA = 'skewed-linear-regression mamba 1';

for (const [backend, method] of [
  ['webgpu', 'mamba'],
  ['webgpu', 'gpt2'],
  ['wasm', 'mamba'],
  ['wasm', 'gpt2'],
] as const) {
  test(`${method} on ${backend} gives the published curve`, async ({ page }) => {
    // A GPU in software is slow: contexts as long as in training, there.
    await page.goto(`?backend=${backend}${backend === 'webgpu' ? '&maxK=10' : ''}`);
    const figure = figureOf(page);
    await start(figure, `skewed-linear-regression ${method} 1`);
    await finish(figure);
    await expect(figure.locator('live-run')).toHaveAttribute('data-verdict', 'matches');
    await expect(figure.locator('path.live')).toHaveCount(2);
    const record = await receipt(page, figure);
    expect(record.runtime.backend).toBe(backend);
    expect(record.verdict.matches).toBe(true);
    expect(record.curves.map((curve) => curve.prompts)).toEqual([64, 64]);
    expect(record.verdict.points).toBe(2 * (record.curves[0]?.mean.length ?? 0));
  });
}

test('a software GPU is not taken unasked: WebAssembly runs and the page says why', async ({
  page,
}) => {
  await page.goto('');
  const figure = figureOf(page);
  await start(figure, MAMBA);
  await finish(figure);
  const live = figure.locator('live-run');
  await expect(live).toHaveAttribute('data-backend', 'wasm');
  await expect(live.locator('.live-device')).toContainText('no GPU');
});

test('a run can be cancelled and run again', async ({ page }) => {
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  await start(figure, MAMBA, 'all');
  await figure.locator('.live-cancel').click();
  const live = figure.locator('live-run');
  await expect(live).toHaveAttribute('data-state', 'cancelled');
  await expect(figure.locator('path.live')).toHaveCount(0);
  await start(figure, MAMBA);
  await finish(figure);
});

test('other weights than the published ones are refused', async ({ page }) => {
  await page.route('**/weights/**', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  await start(figure, MAMBA);
  const live = figure.locator('live-run');
  await expect(live).toHaveAttribute('data-state', 'failed');
  await expect(live.locator('.live-status')).toContainText('not those of the artifact');
});

test('a page in place of the results is named, and so are results newer than the page', async ({
  page,
}) => {
  await page.goto('?backend=wasm');
  const live = figureOf(page).locator('live-run');
  const status = live.locator('.live-status');
  const html = { contentType: 'text/html', body: '<!doctype html><title>Not here</title>' };
  await page.route('**/artifacts/*.json', (route) => route.fulfill(html));
  await start(figureOf(page), MAMBA);
  await expect(status).toContainText(/place of the file http.*skewed-linear-regression.*\.json\./);
  await page.route('**/artifacts/*.json', async (route) => {
    const response = await route.fetch();
    const artifact = (await response.json()) as { provenance: { key: string } };
    artifact.provenance.key = 'f'.repeat(64);
    await route.fulfill({ response, json: artifact });
  });
  await live.locator('.live-start').click();
  await expect(status).toContainText(/not those that this page shows.*reload the page/);
});

test('a live figure whose code is gone says to reload', async ({ browser, baseURL }) => {
  const page = await browser.newPage();
  await page.goto(`${baseURL}?backend=wasm`);
  const live = figureOf(page).locator('live-run');
  await live.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => customElements.get('live-run'));
  await page.route('**/_astro/*.worker-*.js', (route) => route.fulfill({ status: 404 }));
  await start(figureOf(page), MAMBA);
  await expect(live.locator('.live-status')).toContainText('reload the page');
  await page.close();
});

test('other numbers than the published ones get a verdict against them', async ({ page }) => {
  await page.route('**/artifacts/*.json', async (route) => {
    const response = await route.fetch();
    const artifact = (await response.json()) as {
      data: { curves: { firstBatch: number[] }[] };
    };
    for (const { firstBatch } of artifact.data.curves)
      if (firstBatch.length > 7) firstBatch[7]! *= 2;
    await route.fulfill({ response, json: artifact });
  });
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  await start(figure, MAMBA);
  await finish(figure);
  const live = figure.locator('live-run');
  await expect(live).toHaveAttribute('data-verdict', 'differs');
  await expect(live.locator('.live-status')).toContainText('k = 7');
});

test('a figure of several distributions runs on each, and draws into its own panels only', async ({
  page,
}) => {
  await page.goto('?backend=wasm&maxK=10');
  const figure = figureOf(page, 'figure[data-figure="ood"]');
  await expect(figure.locator('.live-status')).toBeHidden();
  await start(figure, MAMBA);
  await finish(figure);
  await expect(figure.locator('live-run')).toHaveAttribute('data-verdict', 'matches');
  const panels = figure.locator('svg[data-evaluation]');
  await expect(panels.locator('path.live')).toHaveCount(await panels.count());
  await expect(page.locator('path.live')).toHaveCount(await panels.count());
});

test('a training in the page retraces the published one', async ({ page }) => {
  await page.goto('?backend=wasm&steps=200');
  const figure = figureOf(page, 'figure[data-figure="training"]');
  await figure.locator('select[name="model"]').selectOption(MAMBA);
  await figure.locator('.live-start').click();
  const live = figure.locator('live-training');
  await expect(live.locator('.live-status')).toContainText('of 200');
  await expect(live).toHaveAttribute('data-state', /done|failed/, { timeout: 300_000 });
  await expect(live.locator('.live-status')).toContainText(/agree (to the last digit|within 0\.0)/);
  const path = await figure.locator('path.live').getAttribute('d');
  expect(path?.match(/[ML]/g)).toHaveLength(2);
});

test('a training in the page runs on a GPU, its third step from the recording', async ({
  page,
}) => {
  await page.goto('?backend=webgpu&steps=3');
  const figure = figureOf(page, 'figure[data-figure="training"]');
  await figure.getByRole('button', { name: 'Train it here' }).click();
  const live = figure.locator('live-training');
  await expect(live).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
});

test('a training can be cancelled', async ({ page }) => {
  await page.goto('?backend=wasm');
  const figure = figureOf(page, 'figure[data-figure="training"]');
  await figure.locator('.live-start').click();
  await figure.locator('.live-cancel').click();
  await expect(figure.locator('live-training')).toHaveAttribute('data-state', 'cancelled');
  await expect(figure.locator('path.live')).toHaveCount(0);
});
