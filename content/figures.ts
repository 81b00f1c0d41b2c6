import { readLearningCurves, readPublishedCurves } from '../src/components/data/artifacts.ts';
import { drawLearningCurves } from '../src/components/learning-curves/figure.ts';
import type { FigureEntry } from '../src/components/paper/paper.ts';

/** The figures that sections may show, by id. */
export const figures: Record<string, FigureEntry> = {
  'skewed-linear-regression': {
    experiment: 'skewed-linear-regression',
    async draw(preset, neededBy) {
      const artifact = await readLearningCurves('skewed-linear-regression', neededBy, preset);
      const published = await readPublishedCurves('skewed-linear-regression', neededBy);
      return drawLearningCurves(artifact, published);
    },
  },
};
