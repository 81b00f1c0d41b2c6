import { defineExperiment, node } from '#src/lab/experiment.ts';
import type { DataSource } from '#src/lab/experiment.ts';
import { tellingSpecies } from '../artifacts/telling-species.ts';
import { compare } from './nodes/compare.ts';
import { learnSpecies } from './nodes/learn.ts';
import type { LearnParameters } from './nodes/learn.ts';

const PENGUINS: DataSource = {
  file: 'public/penguins.csv',
  origin: 'https://github.com/allisonhorst/palmerpenguins, inst/extdata/penguins.csv at 8957207',
  licence: 'CC0-1.0',
};

const METHODS = ['forest', 'logistic'] as const;

const parameters: Omit<LearnParameters, 'method'> = {
  sizes: [10, 20, 40, 80, 160],
  // A hundred birds tell errors a percent apart.
  tested: 100,
  seeds: 50,
  trees: 100,
  steps: 500,
  decay: 0.001,
};

/** How many birds two methods must see before they tell the three species apart. */
export const experiment = defineExperiment({
  id: 'telling-species',
  title: 'Telling penguins apart by their measurements',
  presets: { smoke: { ...parameters, seeds: 2, trees: 10, steps: 50 }, small: parameters },
  data: tellingSpecies,
  graph: (settings, preset) => {
    const learners = METHODS.map((method) => {
      const learner = node({
        id: `learn/${method}`,
        module: import.meta.resolve('./nodes/learn.ts'),
        run: learnSpecies,
        parameters: { ...settings, method },
        // The same for both, so that they see the same birds.
        seed: 1,
        data: { penguins: PENGUINS },
        publish: { 'learnt.json': `weights/telling-species.${preset}/${method}.json` },
        page: {},
      });
      return [method, learner] as const;
    });
    return node({
      id: 'compare',
      module: import.meta.resolve('./nodes/compare.ts'),
      run: compare,
      parameters: { sizes: settings.sizes, tested: settings.tested },
      inputs: Object.fromEntries(learners),
      data: { penguins: PENGUINS },
    });
  },
});
