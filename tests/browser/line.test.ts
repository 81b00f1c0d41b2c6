import type { Locator, Page } from '@playwright/test';
import { expect, test } from './site.ts';

const figureOf = (page: Page): Locator => page.locator('figure[data-figure="line"]');

/** Where the lines of the last panel end, by colour. */
const ends = (figure: Locator): Promise<Record<string, number>> =>
  figure
    .locator('svg[data-k]')
    .last()
    .locator('path.live-line')
    .evaluateAll((paths) =>
      Object.fromEntries(
        paths.map((path) => [
          path.getAttribute('stroke') ?? '',
          Number(path.getAttribute('d')?.split(',').at(-1)),
        ]),
      ),
    );

async function start(page: Page): Promise<Locator> {
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  await expect(figure.locator('input[name="slope"]')).toBeDisabled();
  await figure.locator('.live-start').click();
  await expect(figure.locator('live-line')).toHaveAttribute('data-state', /done|failed/, {
    timeout: 120_000,
  });
  await expect(figure.locator('.live-status')).toContainText('answered here');
  return figure;
}

test('the function of a prompt is turned by slider and by hand, and the models follow', async ({
  page,
}) => {
  const figure = await start(page);
  const panels = figure.locator('svg[data-k]');
  await expect(panels.locator('path.live-line')).toHaveCount(4 * 4);
  const first = await ends(figure);
  expect(Object.keys(first)).toEqual([
    'var(--ink)',
    'var(--mamba)',
    'var(--transformer)',
    'var(--least-squares)',
  ]);
  const slider = figure.locator('input[name="slope"]');
  await slider.fill('1.25');
  await expect(figure.locator('.live-status')).toContainText('Slope 1.25');
  const up = await ends(figure);
  for (const colour of Object.keys(up)) expect(up[colour]).toBeLessThan(first[colour]!);
  // With all examples, least squares is the function.
  expect(Math.abs(up['var(--least-squares)']! - up['var(--ink)']!)).toBeLessThan(0.5);

  const last = panels.last();
  await last.scrollIntoViewIfNeeded();
  const box = (await last.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.75, { steps: 4 });
  await page.mouse.up();
  expect(Number(await slider.inputValue())).toBeLessThan(0);
  await expect(figure.locator('.live-status')).toContainText('Slope −');
  const down = await ends(figure);
  expect(down['var(--ink)']).toBeGreaterThan(up['var(--ink)']!);
});

test('other examples of the same slope give other beliefs, and what was drawn at build comes back', async ({
  page,
}) => {
  const figure = await start(page);
  const label = figure.locator('svg[data-k] .label', { hasText: 'Transformer' }).first();
  const first = await ends(figure);
  await figure.locator('input[name="slope"]').fill('1');
  await figure.locator('button[name="other"]').click();
  await expect.poll(() => ends(figure)).not.toEqual(first);
  await expect(figure.locator('path.curve').first()).toBeHidden();
  const moved = await label.getAttribute('y');
  await page.route('**/weights/**', (route) => route.abort());
  await figure.locator('.live-start').click();
  await expect(figure.locator('live-line')).toHaveAttribute('data-state', 'failed');
  await expect(figure.locator('path.live-line')).toHaveCount(0);
  await expect(figure.locator('path.curve').first()).toBeVisible();
  await expect(figure.locator('input[name="slope"]')).toBeDisabled();
  expect(await label.getAttribute('y')).not.toBe(moved);
});

test('without its code a figure says so', async ({ page }) => {
  await page.route('**/live-line*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("not it")' }),
  );
  await page.goto('?backend=wasm');
  const figure = figureOf(page);
  await figure.locator('.live-start').click();
  await expect(figure.locator('.live-status')).toContainText('did not arrive');
});
