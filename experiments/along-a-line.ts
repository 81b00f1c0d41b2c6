import { existsSync, readFileSync } from 'node:fs';
import { alongALine } from '../src/artifacts/along-a-line.ts';
import { artifactPath, parseArtifact } from '../src/artifacts/artifact.ts';
import { learningCurves } from '../src/artifacts/learning-curves.ts';
import { defineExperiment, node } from '../src/lab/experiment.ts';
import type { ModelConfig } from '../src/models/index.ts';
import { modelCode } from './graphs/code.ts';
import { askAlong } from './nodes/ask-along.ts';
import type { AskAlongParameters } from './nodes/ask-along.ts';
import { scaleOf } from './settings/scale.ts';

const OF = 'skewed-linear-regression';
const METHODS = ['mamba', 'gpt2'];
const { d } = scaleOf('small');

const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** The committed models of the main task, at whatever preset this experiment runs; none before there are any. */
function committedModels(): AskAlongParameters['trainings'] {
  const path = artifactPath(OF, 'small');
  const url = new URL(`../public/${path}`, import.meta.url);
  if (!existsSync(url)) return [];
  const json: unknown = JSON.parse(readFileSync(url, 'utf8'));
  const { data } = parseArtifact(json, learningCurves, path);
  return data.trainings.flatMap(({ method, seed, config, weights, weightsSha256: sha256 }) =>
    METHODS.includes(method) && weights
      ? { method, seed, config: config as unknown as ModelConfig, weights, sha256 }
      : [],
  );
}

/**
 * What models believe of one function after a few examples, along the line through a query. It reads committed
 * weights, whose hashes are parameters of its node: new ones make it stale, and in the same command it may run before
 * them.
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
  graph: (parameters) => {
    const trainings = committedModels();
    return node({
      id: 'ask',
      module: import.meta.resolve('./nodes/ask-along.ts'),
      run: askAlong,
      parameters: { ...parameters, d, k: [1, 3, d, 2 * d], trainings },
      uses: Object.fromEntries(
        trainings.map(({ config }) => [`build/${config.model}`, modelCode(config)]),
      ),
    });
  },
});
