import { readLearningCurves, readPublishedCurves } from '../data/artifacts.ts';
import { drawLearningCurves } from '../learning-curves/figure.ts';
import type { Drawing } from './drawing.ts';

/** What the site knows of a figure: the experiment behind it and how to draw it. */
interface FigureEntry {
  experiment: string;
  draw(neededBy: string): Promise<Drawing>;
}

/** Every figure of the paper by id, in the order of their numbers. */
const FIGURES: Record<string, FigureEntry> = {
  'skewed-linear-regression': {
    experiment: 'skewed-linear-regression',
    async draw(neededBy) {
      const artifact = await readLearningCurves('skewed-linear-regression', neededBy);
      const published = await readPublishedCurves('skewed-linear-regression', neededBy);
      return drawLearningCurves(artifact, published);
    },
  },
};

export const figureIds: readonly string[] = Object.keys(FIGURES);

interface Figure extends Drawing {
  id: string;
  number: number;
  experiment: string;
}

const memo = new Map<string, Promise<Figure>>();

/** Draws a figure once a build. @throws Error for an unknown id or a missing or invalid artifact */
export function figure(id: string): Promise<Figure> {
  const entry = FIGURES[id];
  if (!entry) {
    throw new Error(`figure: expected one of ${figureIds.join(', ')}, got ${id}; correct the id`);
  }
  let drawn = memo.get(id);
  if (!drawn) {
    const identity = { id, number: figureIds.indexOf(id) + 1, experiment: entry.experiment };
    drawn = entry.draw(`figure ${id}`).then((drawing) => ({ ...drawing, ...identity }));
    memo.set(id, drawn);
  }
  return drawn;
}
