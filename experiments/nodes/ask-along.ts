import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { AlongALine } from '../../src/artifacts/along-a-line.ts';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import { dataFile } from '../../src/lab/experiment.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import { sha256 } from '../../src/lab/hash.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import { decode } from '../../src/numerics/safetensors.ts';
import { rounded } from '../../src/numerics/statistics.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { lineOfSeed, promptsAlong } from '../../src/tasks/line.ts';
import { predictAlong } from '../../src/training/along.ts';
import type { Build } from '../graphs/code.ts';

export type AskAlongParameters = Pick<AlongALine, 'of' | 'd' | 'k' | 'promptSeed'> & {
  /** Places on the line, in multiples of the query's. */
  places: number[];
  /** Committed models; a hash puts their weights into the key. */
  trainings: {
    method: string;
    seed: number;
    config: ModelConfig;
    weights: string;
    sha256: string;
  }[];
};

/** What builds each architecture. */
type Builds = { [Name in `build/${string}`]: Build };

/** Asks committed models and least squares along a line. Outputs `data.json`. */
export async function askAlong({
  parameters,
  uses,
}: NodeContext<AskAlongParameters, Builds>): Promise<Files> {
  const { of, d, k: ks, promptSeed, places, trainings } = parameters;
  if (trainings.length === 0)
    throw new Error(`${of}: expected committed models at small, got none; run it first`);
  const line = lineOfSeed(promptSeed, d, Math.max(...ks));
  const t = places.map((place) => place * line.reach);
  const lines: AlongALine['lines'] = [];
  for (const { method, seed, config, ...file } of trainings) {
    const weights = toTensors(decode(await readCommitted(file)));
    const model = uses[`build/${config.model}`]!(config);
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
  const data: AlongALine = { d, of, promptSeed, k: ks, t: t.map(rounded), reach, slope, lines };
  return dataFile(data);
}

async function readCommitted(file: { weights: string; sha256: string }): Promise<Uint8Array> {
  const bytes = await readFile(new URL(`../../public/${file.weights}`, import.meta.url));
  if (sha256(bytes) === file.sha256) return bytes;
  throw new Error(
    `public/${file.weights}: expected the weights of the artifact, got others; restore them from git`,
  );
}
