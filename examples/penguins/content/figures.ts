import { readArtifact } from '#src/components/results/artifacts.ts';
import type { FigureEntry } from '#src/components/paper/paper.ts';
import { tellingSpecies } from '../artifacts/telling-species.ts';
import { drawBirds } from './figures/birds.ts';
import { drawLearning } from './figures/learning.ts';

const EXPERIMENT = 'telling-species';

const drawnBy = (draw: typeof drawBirds): FigureEntry => ({
  experiments: [EXPERIMENT],
  draw: async (preset, neededBy) =>
    draw(await readArtifact(EXPERIMENT, tellingSpecies, neededBy, preset)),
});

/** The figures that sections may show, by id. */
export const figures: Record<string, FigureEntry> = {
  birds: drawnBy(drawBirds),
  learning: drawnBy(drawLearning),
};
