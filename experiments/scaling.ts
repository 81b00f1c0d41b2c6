import type { Preset } from '../src/artifacts/artifact.ts';
import { scaling } from '../src/artifacts/scaling.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import { compareScales } from './nodes/compare-scales.ts';
import { pointOf } from './graphs/point.ts';
import { INTERVAL, modelRun, scaleOf } from './settings/scale.ts';
import { moduleOf } from './graphs/training.ts';

const TASK = { task: 'linear-regression', inputs: 'skewed' } as const;
const METHODS = ['mamba', 'gpt2'] as const;

interface Extent {
  d: number[];
  steps: number[];
}

/**
 * The main task in several dimensions, each model trained for several lengths. Learning rate and width are those
 * chosen at d = 5; the curriculum starts at about two fifths of d, and takes a twentieth of the training, as there.
 */
function scalesOf(preset: Preset, { d: dimensions, steps: lengths }: Extent) {
  const base = scaleOf(preset);
  const runs = dimensions.flatMap((d) =>
    METHODS.flatMap((method) =>
      lengths.map((steps) => {
        const firstDims = Math.max(1, Math.round(0.4 * d));
        const growEvery = Math.max(1, Math.round(steps / 20 / Math.max(1, d - firstDims)));
        const run = modelRun({ ...base, d, firstDims, growEvery }, method, 2, { steps });
        return { method, d, seed: 1, run };
      }),
    ),
  );
  const { prompts, batch, lossEvery } = base;
  return { runs, lossEvery, prompts, batch, evaluationSeed: 1000 };
}
type Scales = ReturnType<typeof scalesOf>;

/** The error after 2d examples, by the length of the training and by d. */
export const experiment = defineExperiment({
  id: 'scaling',
  title: 'Error against dimension and length of training',
  presets: {
    smoke: scalesOf('smoke', { d: [2, 3], steps: [20, 40] }),
    small: scalesOf('small', { d: [3, 5, 10], steps: [750, 1500, 3000, 6000, 12_000] }),
  },
  data: scaling,
  graph: (scales, preset) => {
    const nameOf = ({ method, d, run }: Scales['runs'][number]): string =>
      `${method}-d${d}-${run.steps}`;
    const folder = `weights/scaling.${preset}`;
    return node({
      id: 'artifact',
      module: moduleOf('compare-scales'),
      run: compareScales,
      parameters: {
        prompts: scales.prompts,
        confidence: INTERVAL.confidence,
        runs: scales.runs.map((scale) => {
          const { method, d, seed, run } = scale;
          const { steps, learningRate } = run;
          return { name: nameOf(scale), method, seed, d, steps, learningRate };
        }),
      },
      inputs: Object.assign(
        {},
        ...scales.runs.map((scale) => {
          const [name, k] = [nameOf(scale), [0, scale.d, 2 * scale.d]];
          return pointOf({ ...scales, ...scale, task: TASK, folder, name, k });
        }),
      ) as ReturnType<typeof pointOf>,
    });
  },
});
