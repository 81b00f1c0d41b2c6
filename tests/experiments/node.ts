import * as tf from '@tensorflow/tfjs-core';
import { samplerCodes } from '../../experiments/graphs/code.ts';
import type { Samplers } from '../../experiments/measuring/draw.ts';
import type { Files, NodeContext, NodeResult } from '../../src/lab/experiment.ts';
import type { Parameters, SequenceModel } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { encode } from '../../src/numerics/safetensors.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Evaluation } from '../../src/tasks/evaluation.ts';
import type { Prompts, PromptShape } from '../../src/tasks/prompts.ts';

const runtime = { backend: 'cpu', adapter: 'test', software: false, packages: {} } as const;

/** A finished input with these files. */
export const resultOf = (files: Files, own: Partial<NodeResult> = {}): NodeResult => ({
  files,
  sha256: {},
  ...own,
});

/** What a node is run with. */
export const contextOf = <P extends object, U extends object>(
  parameters: P,
  uses: U,
  inputs: Record<string, NodeResult> = {},
): NodeContext<P, U> => ({
  parameters,
  uses,
  inputs,
  data: {},
  checkpoints: {},
  seed: 0,
  runtime,
  signal: new AbortController().signal,
  progress: () => Promise.resolve(),
  checkpoint: { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
});

/** An untrained model: its weights as a training hands them on, and as tensors. */
export function untrained(model: SequenceModel): { training: NodeResult; weights: Parameters } {
  const values = model.init(RandomStream.fromSeed(7));
  return {
    training: resultOf({ 'weights.safetensors': encode(values) }),
    weights: toTensors(values),
  };
}

/**
 * A model without weights over prompts of y = c · x, whose coefficients it knows: block l holds what `layers[l]`
 * makes of the truth, in a stream of width 1.
 */
export const planted = (
  coefficients: readonly number[],
  layers: readonly ((truth: tf.Tensor) => tf.Tensor)[],
): SequenceModel => ({
  init: () => ({}),
  forward: (_, tokens, { observe } = {}) => {
    const c = tf.tensor2d([...coefficients], [coefficients.length, 1]);
    const truth = tf.reshape(tf.matMul(tf.reshape(tokens, [-1, coefficients.length]), c), [
      ...tokens.shape.slice(0, 2),
      1,
    ]);
    const streams = layers.map((layer) => layer(truth));
    for (const [l, stream] of streams.entries()) observe?.(`block.${l}`, stream);
    return tf.squeeze(streams[layers.length - 1]!, [2]);
  },
  readOut: (_, residual) => tf.squeeze(residual, [2]),
});

/** Draws prompts of y = c · x with the same c for all. */
export const fixedFunction =
  (coefficients: readonly number[]) =>
  ({ batch, points, d }: Omit<PromptShape, 'activeDims'>, random: RandomStream): Prompts => {
    const xs = random.normals(batch * points * d);
    const ys = Float32Array.from({ length: batch * points }, (_, i) =>
      coefficients.reduce((sum, c, j) => sum + c * xs[i * d + j]!, 0),
    );
    return { batch, points, d, xs, ys };
  };

/** The samplers of evaluations, as nodes are given them. */
export const samplersOf = (evaluations: Record<string, Evaluation>): Samplers =>
  Object.fromEntries(
    Object.entries(samplerCodes(evaluations)).map(([name, { value }]) => [name, value]),
  );
