import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Resvg, initWasm } from '@resvg/resvg-wasm';
import decompress from 'woff2-encoder/decompress';
import { rootFolder } from '../results/folders.ts';
import { colour } from '../drawing/colours.ts';

const WIDTH = 1200;
const HEIGHT = 630;

const MODULE = join(rootFolder, 'node_modules', '@resvg', 'resvg-wasm', 'index_bg.wasm');

let started: Promise<void> | undefined;
const start = (): Promise<void> =>
  (started ??= readFile(MODULE).then((module) => initWasm(module)));

async function fonts(): Promise<Uint8Array[]> {
  const folder = join(rootFolder, 'src', 'styles', 'fonts');
  const files = ['serif.woff2', 'sans.woff2'].map((name) => readFile(join(folder, name)));
  return Promise.all(files.map(async (file) => decompress(await file)));
}

/** Breaks a title into lines of about as many characters. */
function lines(title: string, most: number): string[] {
  const broken: string[] = [];
  for (const word of title.split(' ')) {
    const last = broken.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= most) {
      broken[broken.length - 1] = `${last} ${word}`;
    } else broken.push(word);
  }
  return broken;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The card as SVG: the title over the key figure, which is an SVG that stands alone. */
function cardMarkup(kicker: string, title: string, figure: string): string {
  const [ink, soft, paper] = ['--ink', '--ink-soft', '--paper'].map((name) =>
    colour(name, 'light'),
  );
  const titleLines = lines(title, 42);
  const heading = titleLines
    .map((line, i) => `<text x="64" y="${140 + 60 * i}" font-size="50">${escape(line)}</text>`)
    .join('');
  const top = 140 + 60 * titleLines.length - 12;
  // The fonts at hand have no superscripts.
  const plain = figure.replaceAll(
    /10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹])/g,
    (_, digit: string) => `1e-${'⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)}`,
  );
  const placed = plain.replace(
    '<svg ',
    `<svg x="64" y="${top}" width="${WIDTH - 128}" height="${HEIGHT - top - 30}" preserveAspectRatio="xMinYMin meet" `,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<rect width="100%" height="100%" fill="${paper}"/>` +
    `<text x="66" y="68" font-family="Inter" font-size="22" fill="${soft}">${escape(kicker)}</text>` +
    `<g font-family="Paper Serif" fill="${ink}">${heading}</g>${placed}</svg>`
  );
}

/** A picture of 1200 × 630 pixels for previews of links. @returns PNG */
export async function drawCard(kicker: string, title: string, figure: string): Promise<Uint8Array> {
  await start();
  const image = new Resvg(cardMarkup(kicker, title, figure), {
    fitTo: { mode: 'width', value: WIDTH },
    font: { fontBuffers: await fonts(), defaultFontFamily: 'Inter' },
  });
  return image.render().asPng();
}
