import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { example, placeAll } from '../components/built-example.ts';
import { placedPaper } from '../components/placed-paper.ts';
import { host } from './deployed.ts';
import type { Host } from './deployed.ts';

/** What other papers hold: formulas of every kind, other scripts, wide images. */
const folders: string[] = [];
let one: Host;

const WIDE = '---\ntitle: Wide\norder: 7\nnumbers: free\n---\n\n![A grey field](./wide.png)\n';

/** A grey PNG, without the checksums of its chunks being wrong. */
function png(width: number, height: number): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes: Buffer): number =>
    (bytes.reduce((c, byte) => (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), 0xffffffff) ^
      0xffffffff) >>>
    0;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height, 128))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test.beforeAll(async () => {
  const [site, content] = [await example(), await placedPaper('maths', 'scripts')];
  folders.push(site.folder, dirname(content));
  await placeAll(site);
  await mkdir(content, { recursive: true });
  await writeFile(join(content, 'wide.mdx'), WIDE);
  await writeFile(join(content, 'wide.png'), png(3000, 200));
  const { code, output } = await site.build({ SITE_CONTENT: content });
  if (code !== 0) throw new Error(output);
  one = await host();
  one.sites.set('/', join(site.folder, 'dist'));
});

test.afterAll(async () => {
  await one.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

test.beforeEach(async ({ page }) => {
  await page.goto(one.origin);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
});

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const boxes = (locator: Locator): Promise<Box[]> =>
  locator.evaluateAll((all) =>
    all.map((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return { left, right, top, bottom };
    }),
  );

test('aligned equations align, and cases begin at the left', async ({ page }) => {
  const relations = await boxes(page.locator('#eq-aligned mtd:nth-child(2) mo:first-child'));
  expect(relations).toHaveLength(2);
  expect(Math.abs((relations[0]?.left ?? 0) - (relations[1]?.left ?? 9))).toBeLessThan(1);
  const sums = await boxes(page.locator('#eq-aligned mtd:nth-child(2)'));
  const last = await boxes(page.locator('#eq-aligned mtr:nth-child(2) mi').last());
  expect((sums[1]?.right ?? 0) - (last[0]?.right ?? 0)).toBeGreaterThan(40);
  const conditions = await boxes(page.locator('#eq-cases mtd:nth-child(2) mtext:first-child'));
  expect(Math.abs((conditions[0]?.left ?? 0) - (conditions[1]?.left ?? 9))).toBeLessThan(1);
});

test('boxes, strikes and rules of tables are drawn', async ({ page }) => {
  const drawn = await page.locator('#eq-boxed').evaluate((equation) => {
    const styles = [...equation.querySelectorAll('math *')].map((one) => getComputedStyle(one));
    const edges = (side: 'Right' | 'Bottom' | 'Left'): number =>
      styles.filter(
        (style) =>
          style[`border${side}Style`] === 'solid' &&
          Number.parseFloat(style[`border${side}Width`]) > 0,
      ).length;
    return {
      framed: edges('Left'),
      vertical: edges('Right'),
      horizontal: edges('Bottom'),
      strikes: styles.filter(
        ({ clipPath, position }) => clipPath !== 'none' && position === 'absolute',
      ).length,
    };
  });
  expect(drawn.framed).toBe(1);
  expect(drawn.vertical).toBe(3);
  expect(drawn.horizontal).toBe(3);
  expect(drawn.strikes).toBe(2);
});

test('every letter of a formula is one of the paper\u2019s own fonts', async ({ page }) => {
  const client = await page.context().newCDPSession(page);
  await client.send('DOM.enable');
  await client.send('CSS.enable');
  const { root } = await client.send('DOM.getDocument');
  const { nodeIds } = await client.send('DOM.querySelectorAll', {
    nodeId: root.nodeId,
    selector: '#formulas math :is(mi, mn, mo)',
  });
  expect(nodeIds.length).toBeGreaterThan(60);
  const used = new Set<string>();
  for (const nodeId of nodeIds) {
    const { fonts } = await client.send('CSS.getPlatformFontsForNode', { nodeId });
    for (const font of fonts)
      used.add(font.isCustomFont ? font.familyName : `not ours: ${font.familyName}`);
  }
  expect([...used].filter((name) => name.startsWith('not ours'))).toEqual([]);
});

test('the number of a tag stands at the edge of the text', async ({ page }) => {
  const [tag] = await boxes(page.locator('.equation > span.equation-number'));
  const [number] = await boxes(page.locator('#eq-aligned .equation-number'));
  expect(Math.abs((tag?.right ?? 0) - (number?.right ?? 9))).toBeLessThan(1);
});

test('cards open in any script, and the contents follow', async ({ page }) => {
  for (const href of [
    '#plan-实验结果',
    '#ref-müller2020',
    '#ref-DBLP:journals/corr/abs-2401-00001',
  ]) {
    await page.locator(`.sections a[href="${href}"]`).first().hover();
    await expect(page.locator('#card')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.mouse.move(0, 0);
  }
  // So low that the next heading is not read yet.
  await page.setViewportSize({ width: 1400, height: 300 });
  await page.locator('[id="plan-हिन्दी"]').evaluate((heading) => heading.scrollIntoView());
  await expect(page.locator('.contents a[href="#plan-हिन्दी"]')).toHaveAttribute(
    'aria-current',
    'location',
  );
});

test('the search finds words inside of a clause', async ({ page }) => {
  await page.keyboard.press('/');
  for (const word of ['误差', '上下文', 'हिन्दी', 'Gödel']) {
    await page.getByRole('searchbox').fill(word);
    await expect(page.locator('.search li a').first()).toBeVisible();
  }
  await page.getByRole('searchbox').fill('没有');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing found' })).toBeVisible();
});

test('Hebrew runs from right to left', async ({ page }) => {
  const paragraph = page.locator('#plan p').filter({ hasText: 'שלום' });
  expect(await paragraph.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
  const [first, last] = await paragraph.evaluate((element) => {
    const text = element.firstChild;
    if (!text) return [0, 0];
    return [0, (text.textContent?.length ?? 1) - 1].map((at) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(first).toBeGreaterThan(last ?? 0);
});

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test('an image never widens the page of a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const image = page.locator('#wide img');
  await image.scrollIntoViewIfNeeded();
  await expect
    .poll(() => image.evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(1000);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const [box] = await boxes(image);
  expect((box?.bottom ?? 0) - (box?.top ?? 0)).toBeLessThan(40);
});
