import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { FIGURE, expect, test } from './site.ts';

interface Receipt {
  runtime: { backend: string; software: boolean };
  verdict: { matches: boolean; points: number; worst: { share: number } };
  curves: { prompts: number; mean: number[] }[];
}

async function finish(page: Page): Promise<void> {
  const live = page.locator(`${FIGURE} live-run`);
  await expect(live).toHaveAttribute('data-state', /done|failed/, { timeout: 300_000 });
  const status = await live.locator('.live-status').textContent();
  expect(await live.getAttribute('data-state'), status ?? '').toBe('done');
}

async function receipt(page: Page): Promise<Receipt> {
  const download = page.waitForEvent('download');
  await page.locator('.live-receipt').click();
  return JSON.parse(await readFile(await (await download).path(), 'utf8')) as Receipt;
}

for (const [backend, method] of [
  ['webgpu', 'mamba'],
  ['webgpu', 'gpt2'],
  ['wasm', 'mamba'],
  ['wasm', 'gpt2'],
] as const) {
  test(`${method} on ${backend} gives the published curve`, async ({ page }) => {
    // A GPU in software is slow: contexts as long as in training, there.
    await page.goto(`?backend=${backend}${backend === 'webgpu' ? '&maxK=10' : ''}`);
    await page.locator('select[name="extent"]').selectOption('batch');
    await page.locator('select[name="model"]').selectOption(`${method} 1`);
    await page.locator('.live-start').click();
    await finish(page);
    const live = page.locator(`${FIGURE} live-run`);
    await expect(live).toHaveAttribute('data-verdict', 'matches');
    await expect(page.locator(`${FIGURE} path.live`)).toHaveCount(2);
    const record = await receipt(page);
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
  await page.locator('select[name="extent"]').selectOption('batch');
  await page.locator('.live-start').click();
  await finish(page);
  const live = page.locator(`${FIGURE} live-run`);
  await expect(live).toHaveAttribute('data-backend', 'wasm');
  await expect(live.locator('.live-device')).toContainText('no GPU');
});

test('a run can be cancelled and run again', async ({ page }) => {
  await page.goto('?backend=wasm');
  await page.locator('select[name="extent"]').selectOption('all');
  await page.locator('.live-start').click();
  await page.locator('.live-cancel').click();
  const live = page.locator(`${FIGURE} live-run`);
  await expect(live).toHaveAttribute('data-state', 'cancelled');
  await expect(page.locator(`${FIGURE} path.live`)).toHaveCount(0);
  await page.locator('select[name="extent"]').selectOption('batch');
  await page.locator('.live-start').click();
  await finish(page);
});

test('other weights than the published ones are refused', async ({ page }) => {
  await page.route('**/weights/**', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await page.goto('?backend=wasm');
  await page.locator('select[name="extent"]').selectOption('batch');
  await page.locator('.live-start').click();
  const live = page.locator(`${FIGURE} live-run`);
  await expect(live).toHaveAttribute('data-state', 'failed');
  await expect(live.locator('.live-status')).toContainText('not those of the artifact');
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
  await page.locator('select[name="extent"]').selectOption('batch');
  await page.locator('.live-start').click();
  await finish(page);
  const live = page.locator(`${FIGURE} live-run`);
  await expect(live).toHaveAttribute('data-verdict', 'differs');
  await expect(live.locator('.live-status')).toContainText('k = 7');
});
