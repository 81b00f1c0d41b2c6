import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { PAGES, expect, test } from './site.ts';

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/** Formulas whose comma stands on the next line. */
function tornApart(): string[] {
  return [...document.querySelectorAll('section math')].flatMap((math) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    walker.currentNode = math.querySelector('annotation')?.lastChild ?? math;
    const text = walker.nextNode();
    if (!text || !/^[,.;:!?)]/.test(text.textContent ?? '')) return [];
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    const torn = range.getBoundingClientRect().left < math.getBoundingClientRect().right - 1;
    return torn ? [`${math.textContent} | ${text.textContent}`] : [];
  });
}

/** Drawings that are not as wide for their height as what is drawn in them. */
function outOfShape(): string[] {
  return [...document.querySelectorAll<SVGSVGElement>('svg[viewBox]')].flatMap((svg) => {
    const { width, height } = svg.getBoundingClientRect();
    const drawn = svg.viewBox.baseVal;
    const stretch = width / height / (drawn.width / drawn.height);
    return width > 0 && Math.abs(stretch - 1) > 0.02
      ? [`${svg.getAttribute('class')} ${width} × ${height}`]
      : [];
  });
}

for (const path of PAGES) {
  test(`/${path} is accessible in light and dark`, async ({ page }) => {
    await page.goto(path);
    // One figure's tables stand for all: axe reads every cell.
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('details')) {
        const figure = one.closest('figure');
        one.open = !figure || figure === document.querySelector('figure');
      }
    });
    const faults = async (axe: AxeBuilder): Promise<string[]> =>
      (await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await faults(new AxeBuilder({ page }))).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
  });

  test(`/${path} fits phone, tablet, desktop and a zoom of 200 %`, async ({ page }) => {
    await page.goto(path);
    await openAll(page);
    // A window of 1280 px at 200 % lays out as one of 640 px whose letters are large.
    for (const width of [360, 640, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await overflow(page), `${width} px`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 640, height: 400 });
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    expect(await overflow(page), 'letters of 200 %').toBeLessThanOrEqual(0);
  });
}

test('no line begins with the punctuation after a formula, and drawings have their own shape', async ({
  page,
}) => {
  await page.goto('');
  for (const width of [360, 768, 1000, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(tornApart), `${width} px`).toEqual([]);
    expect(await page.evaluate(outOfShape), `${width} px`).toEqual([]);
  }
});

test('the chosen colours are kept, and there before the first paint', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(255, 255, 255)');
  await page.getByRole('button', { name: /colours/i }).click();
  await page.getByRole('button', { name: /colours: light/i }).click();
  expect(await ground()).toBe('rgb(19, 20, 24)');
  // Scripts of the site held back: what is painted now is what a first paint would show.
  await page.route('**/_astro/*.js', () => new Promise(() => undefined));
  await page.goto('artifacts/', { waitUntil: 'commit' });
  await page.waitForSelector('h1');
  expect(await ground()).toBe('rgb(19, 20, 24)');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('no word of a drawing is cut off at its edge', async ({ page }) => {
  await page.goto('');
  const cut = await page.locator('figure svg[viewBox] text').evaluateAll((texts) =>
    (texts as SVGTextElement[]).flatMap((text) => {
      const svg = text.ownerSVGElement!;
      const [inner, outer] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
      const inside = inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
      return inside || inner.width === 0 ? [] : [text.textContent];
    }),
  );
  expect(cut).toEqual([]);
});
