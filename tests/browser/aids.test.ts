import type { Page } from '@playwright/test';
import { FIGURE, OWN, expect, test } from './site.ts';

const card = (page: Page) => page.locator('#card');

test.beforeEach(async ({ page }) => {
  await page.goto('');
});

test('a citation shows its reference on hover and closes', async ({ page }) => {
  const cite = page.locator('a.cite').first();
  await cite.scrollIntoViewIfNeeded();
  await cite.hover();
  const key = (await cite.getAttribute('href'))?.slice(1) ?? '';
  const reference = await page.locator(`[id="${key}"]`).textContent();
  await expect(card(page)).toBeVisible();
  expect((await card(page).textContent())?.trim()).toBe(reference?.trim());
  await page.keyboard.press('Escape');
  await expect(card(page)).toBeHidden();
});

test('cards open by keyboard and describe their link', async ({ page }) => {
  const before = page.locator('a.cite').first();
  await before.scrollIntoViewIfNeeded();
  await page.keyboard.press('Tab');
  await before.focus();
  await expect(card(page)).toBeVisible();
  await expect(before).toHaveAttribute('aria-describedby', 'card');
  await page.keyboard.press('Tab');
  await expect(before).not.toHaveAttribute('aria-describedby', 'card');
});

test('a cross-reference previews the figure it leads to', async ({ page }) => {
  const ref = page.locator('a.ref[href^="#fig-"]').first();
  await ref.scrollIntoViewIfNeeded();
  await ref.hover();
  await expect(card(page).locator('svg.panel').first()).toBeVisible();
  await expect(card(page).locator('.caption, figcaption').first()).toContainText('Figure');
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    return ids.filter((id, i) => ids.indexOf(id) !== i);
  });
  expect(twice).toEqual([]);
});

test('a symbol explains itself on hover, an equation on focus', async ({ page }) => {
  const symbol = page.locator('p .symbol').first();
  await symbol.scrollIntoViewIfNeeded();
  await symbol.hover();
  await expect(card(page).locator('dd')).not.toHaveText('');
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0);
  await page.keyboard.press('Tab');
  const equation = page.locator('[data-symbols*=" "]').first();
  await equation.focus();
  const ids = ((await equation.getAttribute('data-symbols')) ?? '').split(' ');
  await expect(card(page).locator('dd')).toHaveCount(ids.length);
});

test('the pointer over a panel reads out a row of its table', async ({ page }) => {
  const panel = page.locator(`${FIGURE} svg.panel`).first();
  await panel.scrollIntoViewIfNeeded();
  const box = await panel.boundingBox();
  if (!box) throw new Error('expected the panel on the screen');
  // Its table comes when it is first asked for; a pointer moves more than once.
  const readout = page.locator('.readout');
  await expect(async () => {
    await page.mouse.move(box.x + box.width / 2 - 1, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect(readout).toBeVisible({ timeout: 500 });
  }).toPass();
  const table = page.locator(`${FIGURE} table`).first();
  const names = await readout.locator('dt').allTextContents();
  const heads = await table.locator('thead th').allTextContents();
  expect(names).toEqual([...new Set(heads.map((head) => head.replace(/ \d+$/, '')))]);
  const [k, , first] = await readout.locator('dd').allTextContents();
  const cells = await table
    .locator('tbody tr')
    .filter({ has: page.locator(`th:text-is("${k}")`) })
    .locator('td')
    .allTextContents();
  const runs = cells.filter((_, i) => heads[i + 1]?.startsWith(names[2] ?? '?'));
  expect(first?.split(' to ')).toEqual([...new Set([runs.toSorted()[0], runs.toSorted().at(-1)])]);
  await page.mouse.move(0, 0);
  await expect(readout).toBeHidden();
});

test('a name at the end of a line isolates what it names', async ({ page }) => {
  const name = page.locator(`${OWN} svg.panel .label`, { hasText: /^Mamba$/ }).first();
  const curves = (method: string) => page.locator(`${OWN} .curve.${method}.dimmed`);
  await name.click();
  await expect(curves('gpt2')).not.toHaveCount(0);
  await expect(curves('mamba')).toHaveCount(0);
  await name.click();
  await page.mouse.move(0, 0);
  await expect(curves('gpt2')).toHaveCount(0);
});

test('the tables of a figure come into it when its data are asked for', async ({ page }) => {
  const data = page.locator(`${OWN} [data-part="data-tables"]`);
  await expect(page.locator(`${FIGURE} table`)).toHaveCount(0);
  await data.locator('summary').click();
  await expect(data.locator('table')).toHaveCount(2);
  await expect(data.locator('a')).toHaveCount(0);
});

test('how a figure was made comes into it likewise', async ({ page }) => {
  const made = page.locator(`${OWN} [data-part="provenances"]`);
  await made.locator('summary').click();
  await expect(made.locator('.provenance')).toContainText('npm run lab');
  await expect(made.locator('p a')).toHaveCount(0);
});

test('the drawing at another preset comes when it is chosen, and reads out', async ({ page }) => {
  const choices = page.locator(`${FIGURE} .preset-switch input`);
  test.skip((await choices.count()) < 2, 'the figure has results at one preset only');
  const variant = page.locator(`${FIGURE} .variant[data-part="panels"]`).first();
  await expect(variant.locator('svg')).toHaveCount(0);
  await choices.nth(1).check();
  const panel = variant.locator('svg.panel').first();
  await expect(panel).toBeVisible();
  await expect(page.locator(`${OWN} svg.panel`).first()).toBeHidden();
  await expect(async () => {
    await panel.hover({ position: { x: 100, y: 90 } });
    await page.mouse.move(0, 0);
    await panel.hover({ position: { x: 101, y: 90 } });
    await expect(page.locator('.readout')).toContainText('Mamba', { timeout: 500 });
  }).toPass({ timeout: 15_000 });
});

test('where a figure\u2019s tables cannot be had, the way to them stays', async ({ page }) => {
  await page.route('**/figures/**', (route) => route.fulfill({ body: 'not it' }));
  const data = page.locator(`${OWN} [data-part="data-tables"]`);
  await data.locator('summary').click();
  await expect(data.locator('a')).toBeVisible();
});

test('nothing moves by itself, whether or not a reader wants less motion', async ({ page }) => {
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((element) => {
          const style = getComputedStyle(element);
          const still = style.scrollBehavior === 'auto' && style.animationName === 'none';
          return !still || !/^[0s, ]+$/.test(style.transitionDuration);
        })
        .map(({ tagName, className }) => `${tagName} ${className}`),
    );
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    await page.emulateMedia({ reducedMotion });
    expect(await moving()).toEqual([]);
  }
});

test('every control can be reached by keyboard, in the order of reading', async ({ page }) => {
  const expected = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, summary, [tabindex="0"]',
    );
    const shown = [...all].filter(
      // Of a group of radio buttons the chosen one is the stop; arrows lead to the others.
      (one) =>
        one.checkVisibility() &&
        !one.matches(':disabled, [tabindex="-1"], [type="radio"]:not(:checked)'),
    );
    for (const [i, one] of shown.entries()) one.dataset['stop'] = String(i);
    return shown.length;
  });
  expect(expected).toBeGreaterThan(20);
  const stops: (string | null | undefined)[] = [];
  const outlines: string[] = [];
  for (let i = 0; i < expected; i++) {
    await page.keyboard.press('Tab');
    const [stop, outline] = await page.evaluate(() => {
      const one = document.activeElement as HTMLElement;
      return [one.dataset['stop'], getComputedStyle(one).outlineStyle];
    });
    stops.push(stop);
    outlines.push(outline ?? '');
  }
  expect(stops).toEqual(Array.from({ length: expected }, (_, i) => String(i)));
  expect(outlines.filter((outline) => outline === 'none')).toEqual([]);
});

test('details open and options change by keyboard', async ({ page }) => {
  const details = page.locator(`${FIGURE} .figure-details details`).first();
  await details.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(details).toHaveAttribute('open', '');
  const published = page.locator('.show-published').first();
  await published.focus();
  await page.keyboard.press('Space');
  await expect(published).not.toBeChecked();
});

test('a claim says what was asked and what was measured, to the pointer and to the keyboard', async ({
  page,
}) => {
  const claim = page.locator('#longer-prompts a.claim-link').first();
  const id = await claim.innerText();
  await claim.scrollIntoViewIfNeeded();
  await claim.hover();
  await expect(card(page)).toContainText(`${id} `);
  await expect(card(page)).toContainText('Holds if');
  await expect(card(page).locator('.checks').first()).toContainText(/asked (at|less|more)/);
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0);
  await page.keyboard.press('Tab');
  await claim.focus();
  await expect(card(page)).toBeVisible();
});

test('a number opens to its runs, its artifact and its place in the figure', async ({ page }) => {
  const number = page.locator('.answer data[data-at]').first();
  await number.scrollIntoViewIfNeeded();
  await page.keyboard.press('Tab');
  await number.focus();
  const runs = ((await number.getAttribute('value')) ?? '').split(' ');
  expect(runs.length).toBeGreaterThan(1);
  await expect(card(page).locator('td')).toHaveText(runs);
  await page.keyboard.press('ArrowRight');
  await expect(number).not.toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(number).toBeFocused();
  await page.keyboard.press('Enter');
  const way = card(page).locator('a').first();
  await expect(way).toBeFocused();
  await expect(card(page).locator('a').nth(1)).toHaveAttribute('href', /artifacts\/#/);
  await page.keyboard.press('Escape');
  await expect(number).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.locator(`${OWN} .place-ring`)).toHaveCount(1);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a tap shows a claim and the next follows it; contents are at hand', async ({ page }) => {
    const claim = page.locator('#longer-prompts a.claim-link').first();
    await claim.tap();
    await expect(card(page)).toContainText('Holds if');
    expect(new URL(page.url()).pathname).not.toContain('claims');
    await page.locator('.contents-open').tap();
    await page.locator('.contents-dialog a[href="#references"]').tap();
    await expect(page.locator('.contents-dialog')).toBeHidden();
    await card(page).waitFor({ state: 'hidden' });
    await claim.tap();
    await card(page).locator('a').tap();
    await expect(page.locator('.claim[open]')).toHaveCount(1);
  });
});
