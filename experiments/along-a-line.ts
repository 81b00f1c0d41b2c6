import { alongALine } from '../src/artifacts/along-a-line.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import type { DataSource } from '../src/lab/experiment.ts';
import { askAlong } from './nodes/ask-along.ts';
import { modelCode } from './graphs/code.ts';
import { scaleOf } from './settings/scale.ts';

const OF = 'skewed-linear-regression';
const METHODS = ['mamba', 'gpt2'] as const;
const { d, seeds } = scaleOf('small');

const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** The committed models of the main task at `small`, at whatever preset this experiment runs. */
const runs = seeds.flatMap((seed) => METHODS.map((method) => ({ method, seed })));
const weights = runs.map(({ method, seed }): [string, DataSource] => [
  `${method}-${seed}`,
  { file: `public/weights/${OF}.small/${method}-${seed}.safetensors` },
]);

/**
 * What models believe of one function after a few examples, along the line through a query. It reads committed
 * weights: in the same command as their trainings it may run before them.
 */
export const experiment = defineExperiment({
  id: 'along-a-line',
  title: 'What a model believes along a line',
  presets: {
    smoke: { of: OF, promptSeed: 5001, places: spaced(-2, 2, 5) },
    // An odd count, so that 0 is among them.
    small: { of: OF, promptSeed: 5001, places: spaced(-2, 2, 41) },
  },
  data: alongALine,
  graph: (parameters) =>
    node({
      id: 'ask',
      module: import.meta.resolve('./nodes/ask-along.ts'),
      run: askAlong,
      parameters: { ...parameters, d, k: [1, 3, d, 2 * d], runs },
      uses: Object.fromEntries(METHODS.map((model) => [`build/${model}`, modelCode({ model })])),
      page: {},
      data: { curves: { artifact: OF, preset: 'small' }, ...Object.fromEntries(weights) },
    }),
});
