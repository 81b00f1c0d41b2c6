import * as tf from '@tensorflow/tfjs-core';
import type { AlongALine } from '../../src/artifacts/along-a-line.ts';
import { learningCurves } from '../../src/artifacts/learning-curves.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { digest } from '../../src/lab/portable/digest.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { rounded } from '../../src/numerics/statistics.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { lineOfSeed, promptsAlong, withSlope } from '../../src/tasks/line.ts';
import { predictAlong } from '../../src/training/along.ts';
import type { Build } from '../graphs/code.ts';
import { parseDatum } from '../outputs/files.ts';

export type AskAlongParameters = Pick<AlongALine, 'of' | 'd' | 'k' | 'promptSeed'> & {
  /** Places on the line, in multiples of the query's. */
  places: number[];
  /** Committed models, whose weights are the data `<method>-<seed>`. */
  runs: { method: string; seed: number }[];
  /** Of the function along the line; left out, as it is drawn. */
  slope?: number;
};

/** What builds each architecture, by method. */
type Builds = { [Name in `build/${string}`]: Build };

/** Asks committed models, data `curves` and weights, and least squares along a line. Outputs `data.json`. */
export async function askAlong({
  parameters,
  uses,
  data,
}: NodeContext<AskAlongParameters, Builds>): Promise<Files> {
  const { of, d, k: ks, promptSeed, places, runs, slope: asked } = parameters;
  const { trainings } = learningCurves.parse(parseDatum(data, 'curves'));
  const drawn = lineOfSeed(promptSeed, d, Math.max(...ks));
  const line = asked === undefined ? drawn : withSlope(drawn, asked);
  const t = places.map((place) => place * line.reach);
  const lines: AlongALine['lines'] = [];
  for (const { method, seed } of runs) {
    const training = trainings.find((one) => one.method === method && one.seed === seed);
    const name = `${method}-${seed}`;
    if (!training) throw new Error(`${of}: expected a training of ${name}, got none; run it first`);
    if ((await digest(data[name]!)) !== training.weightsSha256)
      throw new Error(
        `${of}: expected the weights of the artifact for ${name}, got others; restore them from git`,
      );
    const weights = toTensors(decode(data[name]!));
    const model = uses[`build/${method}`]!(training.config as unknown as ModelConfig);
    for (const k of ks) {
      const y = await predictAlong(model, weights, line, k, t);
      lines.push({ method, seed, k, y: y.map(rounded) });
    }
    tf.dispose(weights);
  }
  for (const k of ks) {
    const y = [...leastSquares(promptsAlong(line, k, t), [k])].map(rounded);
    lines.push({ method: 'least-squares', k, y });
  }
  const { reach, slope } = line;
  const found: AlongALine = { d, of, promptSeed, k: ks, t: t.map(rounded), reach, slope, lines };
  return dataFile(found);
}
