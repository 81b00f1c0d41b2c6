import type { Preset } from '../src/artifacts/artifact.ts';
import { publishedScale } from '../src/artifacts/published-scale.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { modelCode, taskCode } from './nodes/code.ts';
import { modelRun, scaleOf } from './nodes/scale.ts';
import { assembleStarts, trainStart } from './nodes/train-start.ts';

const METHODS = ['mamba', 'gpt2'] as const;
const TASK = { task: 'linear-regression', inputs: 'skewed' } as const;

/** @param until steps taken of each training; all if absent */
function startsOf(
  preset: Preset,
  lossEvery: number,
  until?: Record<(typeof METHODS)[number], number>,
) {
  const scale = scaleOf(preset);
  const { d, batch } = scale;
  const runs = METHODS.map((method) => {
    const run = modelRun(scale, method, 2);
    return { method, ...run, task: TASK, lossEvery, until: until?.[method] ?? run.steps };
  });
  return { d, batch, seed: 1, runs };
}

/** The first steps of the published trainings on skewed inputs, as many as the time on a GPU allowed. */
export const experiment = defineExperiment({
  id: 'published-scale',
  title: 'The published configuration, begun',
  presets: {
    smoke: startsOf('smoke', 20),
    paper: startsOf('paper', 50, { mamba: 3000, gpt2: 3000 }),
  },
  data: publishedScale,
  graph: ({ d, batch, seed, runs }) => {
    const module = import.meta.resolve('./nodes/train-start.ts');
    const starts = runs.map(({ ...parameters }) =>
      node({
        id: `start/${parameters.method}`,
        module,
        run: trainStart,
        parameters,
        seed,
        uses: { build: modelCode(parameters.config), sample: taskCode(parameters.task) },
      }),
    );
    return node({
      id: 'assemble',
      module,
      run: assembleStarts,
      parameters: { d, batch },
      inputs: Object.fromEntries(starts.map((start, i) => [METHODS[i]!, start])),
    });
  },
});
