import { figures } from '#content/figures.ts';
import type { Preset } from '../../artifacts/artifact.ts';
import type { Drawing } from '../drawing/drawing.ts';
import { paperIndex } from '../paper/index.ts';
import type { FigureEntry } from '../paper/paper.ts';
import { presetsOf } from '../results/artifacts.ts';
import { Kept } from '../results/kept.ts';
import { sitePreset } from '../results/preset.ts';

const figureIds: readonly string[] = Object.keys(figures);

export interface Figure {
  id: string;
  /** One drawing a preset in which there are results, the site's own first. */
  variants: (Drawing & { preset: Preset })[];
}

/** By its entry, which is another one when the code that draws it has changed. */
const memo = Kept.of<FigureEntry, Promise<Figure>>('figures');

async function draw(id: string, entry: FigureEntry): Promise<Figure> {
  const where = `figure ${id}`;
  const variants = presetsOf(entry.experiments).map(async (preset) => {
    // At the site's own preset a figure that lacks something says what.
    const wanted = preset === sitePreset() || ((await entry.isMeasured?.(preset, where)) ?? true);
    return wanted ? [{ ...(await entry.draw(preset, where)), preset }] : [];
  });
  return { id, variants: (await Promise.all(variants)).flat() };
}

/** Draws a figure once a build. @throws Error for an unknown id or a missing or invalid artifact */
export async function figure(id: string): Promise<Figure> {
  const entry = figures[id];
  if (entry) return memo.at(entry, () => draw(id, entry));
  throw new Error(`figure: expected one of ${figureIds.join(', ')}, got ${id}; correct the id`);
}

/** Ids of the figures that a section shows: the others may lack results. */
export async function shownFigures(): Promise<string[]> {
  const { anchors } = await paperIndex();
  return figureIds.filter((id) => anchors.has(`fig-${id}`));
}

interface FigureFile {
  id: string;
  /** Under `figures/`, without an extension. */
  name: string;
  drawing: Figure['variants'][0];
}

/** File names under `figures/` of each figure in each preset: the site's own preset goes unnamed. */
export async function figureFiles(): Promise<FigureFile[]> {
  const drawn = await Promise.all((await shownFigures()).map(figure));
  return drawn.flatMap(({ id, variants }) =>
    variants.map((drawing, i) => ({ id, name: fileName(id, drawing.preset, i === 0), drawing })),
  );
}

export const fileName = (id: string, preset: Preset, own: boolean): string =>
  own ? id : `${id}.${preset}`;
