import { readFile } from 'node:fs/promises';
import type { Locator, Page, Route } from '@playwright/test';
import type { Receipt } from '../../src/lab/portable/receipt.ts';
import { FIGURE, expect, test } from './site.ts';

const figureOf = (page: Page, figure = FIGURE): Locator => page.locator(figure);
const TRAINING = 'figure[data-figure="training"]';
const MAMBA = 'skewed-linear-regression mamba 1';
/** Contexts of few examples: a GPU in software is slow. */
const SHORT = '&vary.k=[0,1,2,3]&vary.queriedK=[0,1,2,3]';

async function start(figure: Locator, model = MAMBA, part?: string): Promise<Locator> {
  if (part !== undefined) await figure.locator('select[name="part"]').selectOption(part);
  await figure.locator('select[name="model"]').selectOption(model);
  await figure.locator('.live-start').click();
  return figure.locator('lab-rerun');
}

async function finish(live: Locator): Promise<void> {
  await expect(live).toHaveAttribute('data-state', /done|failed/, { timeout: 300_000 });
  const status = await live.locator('.live-status').textContent();
  expect(await live.getAttribute('data-state'), status ?? '').toBe('done');
}

async function receipt(page: Page, live: Locator): Promise<Receipt> {
  const download = page.waitForEvent('download');
  await live.getByRole('link', { name: 'Receipt' }).click();
  return JSON.parse(await readFile(await (await download).path(), 'utf8')) as Receipt;
}

async function rememberDevice(route: Route): Promise<void> {
  const response = await route.fetch();
  const spy = `const ask = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...limits) {
      return (self.device = await ask.apply(this, limits));
    };`;
  await route.fulfill({ response, body: spy + (await response.text()) });
}

/** Another device takes the place of one that is lost. */
async function loseDevice(page: Page, live: Locator): Promise<void> {
  await expect(live.locator('.rerun-rate')).toHaveText('Running …', { timeout: 60_000 });
  const [worker] = page.workers();
  await worker?.evaluate(() => (self as unknown as { device: GPUDevice }).device.destroy());
  await expect(live.locator('.live-status')).toContainText('another takes its place', {
    timeout: 120_000,
  });
}

for (const [backend, method, losesDevice] of [
  ['webgpu', 'mamba', true],
  ['webgpu', 'gpt2', false],
  ['wasm', 'mamba', false],
  ['wasm', 'gpt2', false],
] as const) {
  const how = losesDevice ? ', over the loss of its device' : '';
  test(`${method} on ${backend} gives the recorded curves${how}`, async ({ page }) => {
    if (losesDevice) await page.route('**/_astro/node.worker-*.js', rememberDevice);
    await page.goto(`?backend=${backend}${backend === 'webgpu' ? SHORT : ''}`);
    const figure = figureOf(page);
    const live = await start(figure, `skewed-linear-regression ${method} 1`);
    if (losesDevice) await loseDevice(page, live);
    await finish(live);
    await expect(live).toHaveAttribute('data-verdict', backend === 'wasm' ? 'same' : /same|within/);
    await expect(figure.locator('path.live')).toHaveCount(2);
    await expect(figure.locator('path.recorded')).toHaveCount(2);
    const record = await receipt(page, live);
    expect(record.runtime.backend).toBe(backend);
    expect(record.node).toBe(`evaluate/${method}-1`);
    const curves = JSON.parse(record.files['curves.json'] ?? '{}') as Record<string, object>;
    expect(Object.values(curves)).toEqual(Array(2).fill(expect.objectContaining({ prompts: 64 })));
  });
}

test('a software GPU is not taken unasked: WebAssembly runs and the page says why', async ({
  page,
}) => {
  await page.goto('');
  const live = await start(figureOf(page));
  await finish(live);
  await expect(live).toHaveAttribute('data-backend', 'wasm');
  await expect(live.locator('.live-device')).toContainText('no GPU');
});

test('what a run costs is said before, choices are shut while it runs, and it can be taken back', async ({
  page,
}) => {
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  const live = figure.locator('lab-rerun');
  await expect(live.locator('.rerun-cost')).toContainText(/Took .* on .*Loads \d+ kB/);
  await start(figure, MAMBA, 'all 1,280 prompts');
  await expect(live.locator('select[name="model"]')).toBeDisabled();
  await live.locator('.live-cancel').click();
  await expect(live).toHaveAttribute('data-state', 'cancelled');
  await expect(figure.locator('path.live, path.recorded')).toHaveCount(0);
  await start(figure, MAMBA, 'the first 64 prompts');
  await finish(live);
  expect(new URL(page.url()).searchParams.get('part')).toBe('the first 64 prompts');
  // Another model's verdict is not this one's.
  await live.locator('select[name="model"]').selectOption('skewed-linear-regression gpt2 1');
  await expect(live).not.toHaveAttribute('data-verdict');
  await expect(figure.locator('path.live')).toHaveCount(0);
});

test('the address brings the choices back', async ({ page }) => {
  const model = 'skewed-linear-regression s4d 2';
  const query = new URLSearchParams({ run: 'run-skewed-linear-regression', model });
  await page.goto(`?${query}`);
  const live = figureOf(page).locator('lab-rerun');
  await live.scrollIntoViewIfNeeded();
  await expect(live.locator('select[name="model"]')).toHaveValue(model);
  await expect(page.locator('#run-ood select[name="model"]')).not.toHaveValue(model);
});

test('other weights than the recorded ones are refused', async ({ page }) => {
  await page.route('**/weights/**/*.safetensors', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await page.goto('?backend=wasm');
  const live = await start(figureOf(page));
  await expect(live).toHaveAttribute('data-state', 'failed');
  await expect(live.locator('.live-status')).toContainText('not those of the record');
});

test('a page in place of the results is named', async ({ page }) => {
  await page.goto('?backend=wasm');
  const html = { contentType: 'text/html', body: '<!doctype html><title>Not here</title>' };
  await page.route('**/reruns/*.json', (route) => route.fulfill(html));
  const live = await start(figureOf(page));
  await expect(live.locator('.live-status')).toContainText(
    /place of the file http.*skewed-linear-regression.*\.json\./,
  );
});

test('a run whose code is gone says to reload', async ({ browser, baseURL }) => {
  const page = await browser.newPage();
  await page.goto(`${baseURL}?backend=wasm`);
  const live = figureOf(page).locator('lab-rerun');
  await live.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => customElements.get('lab-rerun'));
  await page.route('**/_astro/*.worker-*.js', (route) => route.fulfill({ status: 404 }));
  await start(figureOf(page));
  await expect(live.locator('.live-status')).toContainText('reload the page');
  await page.close();
});

test('a figure of several distributions runs on each, and draws into its own panels only', async ({
  page,
}) => {
  await page.goto(`?backend=wasm${SHORT}`);
  const figure = figureOf(page, 'figure[data-figure="ood"]');
  await expect(figure.locator('.live-about')).toBeEmpty();
  const live = await start(figure);
  await finish(live);
  await expect(live).toHaveAttribute('data-verdict', 'same');
  const panels = figure.locator('svg[data-evaluation]');
  await expect(panels.locator('path.live')).toHaveCount(await panels.count());
  await expect(page.locator('path.live')).toHaveCount(await panels.count());
});

test('a training in the page retraces the recorded one, over a reload', async ({ page }) => {
  const address = '?backend=wasm&vary.until=200';
  await page.goto(address);
  const figure = figureOf(page, TRAINING);
  const live = await start(figure);
  await expect(live.locator('.rerun-rate')).toContainText(/^\d+ of 200/);
  await live.locator('.rerun-pause').click();
  await expect(live).toHaveAttribute('data-state', 'paused');
  await page.goto(address);
  await live.scrollIntoViewIfNeeded();
  await expect(live.locator('.rerun-cost')).toHaveText('Goes on where it stopped.');
  await start(figure);
  await finish(live);
  await expect(live).toHaveAttribute('data-verdict', 'same');
  const path = await figure.locator('svg[data-axes] path.live').getAttribute('d');
  expect(path?.match(/[ML]/g)).toHaveLength(2);
  // Of 12,000 steps 200 are a tick: they are drawn by themselves.
  await expect(live.locator('.rerun-zoom polyline')).toHaveCount(2);
});

test('a run of the reader’s own gets no verdict', async ({ page }) => {
  await page.goto('?backend=webgpu&vary.until=3&vary.learningRate=0.001');
  const live = await start(figureOf(page, TRAINING));
  await finish(live);
  await expect(live).toHaveAttribute('data-verdict', 'own');
  await expect(live.locator('.live-status')).toContainText('learningRate = 0.001');
  await expect(live.getByRole('link', { name: 'Receipt' })).toHaveCount(0);
});

test('a hidden page holds its run', async ({ page }) => {
  await page.goto('?backend=wasm');
  const live = await start(figureOf(page, TRAINING));
  const progress = live.locator('progress');
  const value = () => progress.evaluate((bar: HTMLProgressElement) => bar.value);
  await expect.poll(value).toBeGreaterThan(0);
  const show = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await show(true);
  // What was under way when it was hidden still arrives.
  let held = -1;
  await expect.poll(async () => held === (held = await value()), { intervals: [2000] }).toBe(true);
  await show(false);
  await expect.poll(value).toBeGreaterThan(held);
});
