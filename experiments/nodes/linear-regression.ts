import * as tf from '@tensorflow/tfjs-core';
import { leastSquares } from '../../src/baselines/least-squares.ts';
import type { Files, NodeContext } from '../../src/lab/experiment.ts';
import type { Json } from '../../src/lab/hash.ts';
import { gpt2 } from '../../src/models/gpt2.ts';
import type { Gpt2Config } from '../../src/models/gpt2.ts';
import { mamba } from '../../src/models/mamba.ts';
import type { MambaConfig } from '../../src/models/mamba.ts';
import type { SequenceModel } from '../../src/models/model.ts';
import { evaluationBatch } from '../../src/tasks/evaluation.ts';
import { sampleLinearRegression } from '../../src/tasks/linear-regression.ts';
import type { InputDistribution } from '../../src/tasks/linear-regression.ts';
import type { Prompts } from '../../src/tasks/prompts.ts';
import {
  bootstrapCurve,
  evaluatePrompts,
  meanCurve,
  squaredErrors,
} from '../../src/training/evaluate.ts';
import { RandomStream } from '../../src/training/random.ts';
import { decode, encode } from '../../src/training/safetensors.ts';
import type { Ramp, Schedule } from '../../src/training/schedule.ts';
import { train } from '../../src/training/train.ts';

/**
 * Training and evaluation nodes of linear regression. Each architecture has functions of its own, so that
 * the key of a Mamba training does not depend on the Transformer's code.
 */

export type TrainParameters<Config extends Json> = {
  config: Config;
  inputs: InputDistribution;
  steps: number;
  batch: number;
  learningRate: number;
  schedule: Schedule;
  curriculum: { dims: Ramp; points: Ramp };
  lossEvery: number;
};

export type EvaluateParameters = {
  inputs: Record<string, InputDistribution>;
  d: number;
  /** Largest number of in-context examples. */
  kMax: number;
  prompts: number;
  batch: number;
  seed: number;
  confidence: number;
  bootstrapTrials: number;
};

export interface EvaluatedCurve {
  mean: number[];
  low: number[];
  high: number[];
  firstBatch: number[];
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

async function trainModel<Config extends { n_dims: number } & Json>(
  build: (config: Config) => SequenceModel,
  context: NodeContext<TrainParameters<Config>>,
): Promise<Files> {
  const { config, inputs, ...rest } = context.parameters;
  const { weights, loss } = await train(
    {
      ...rest,
      model: build(config),
      sample: (shape, random) => sampleLinearRegression(inputs, shape, random),
      d: config.n_dims,
      seed: context.seed,
    },
    context,
  );
  const parameters = Object.values(weights).reduce((sum, { values }) => sum + values.length, 0);
  return { 'weights.safetensors': encode(weights), 'training.json': json({ parameters, loss }) };
}

/** Squared errors / d of every evaluation prompt, batch by batch. @returns [prompts kMax + 1] */
async function evaluateAll(
  parameters: EvaluateParameters,
  inputs: InputDistribution,
  errorsOf: (prompts: Prompts) => Promise<Float64Array>,
): Promise<Float64Array> {
  const { d, kMax, prompts, batch, seed } = parameters;
  const points = kMax + 1;
  const errors = new Float64Array(prompts * points);
  const random = RandomStream.fromSeed(seed);
  for (let index = 0; index * batch < prompts; index++) {
    const drawn = evaluationBatch(inputs, { batch, points, d }, random, index);
    errors.set(await errorsOf(drawn), index * batch * points);
  }
  return errors;
}

async function evaluateShifts(
  parameters: EvaluateParameters,
  errorsOf: (prompts: Prompts) => Promise<Float64Array>,
): Promise<Files> {
  const { batch, kMax, seed, confidence, bootstrapTrials: trials } = parameters;
  const curves: Record<string, EvaluatedCurve> = {};
  for (const [name, inputs] of Object.entries(parameters.inputs)) {
    const errors = await evaluateAll(parameters, inputs, errorsOf);
    const random = RandomStream.fromSeed(seed).fork('bootstrap');
    curves[name] = {
      ...bootstrapCurve(errors, kMax + 1, { confidence, trials }, random),
      firstBatch: meanCurve(errors.subarray(0, batch * (kMax + 1)), kMax + 1),
    };
  }
  return { 'curves.json': json(curves) };
}

type EvaluateModelParameters<Config extends Json> = EvaluateParameters & { config: Config };

async function evaluateModel<Config extends Json>(
  build: (config: Config) => SequenceModel,
  context: NodeContext<EvaluateModelParameters<Config>>,
): Promise<Files> {
  const weights = decode(context.inputs['training']!.files['weights.safetensors']!);
  const tensors = Object.entries(weights).map(([name, { shape, values }]) => [
    name,
    tf.tensor(values, shape),
  ]);
  const parameters = Object.fromEntries(tensors) as Record<string, tf.Tensor>;
  const model = build(context.parameters.config);
  try {
    return await evaluateShifts(context.parameters, (prompts) =>
      evaluatePrompts(model, parameters, prompts),
    );
  } finally {
    tf.dispose(parameters);
  }
}

export const trainMamba = (context: NodeContext<TrainParameters<MambaConfig>>): Promise<Files> =>
  trainModel(mamba, context);

export const trainGpt2 = (context: NodeContext<TrainParameters<Gpt2Config>>): Promise<Files> =>
  trainModel(gpt2, context);

export const evaluateMamba = (
  context: NodeContext<EvaluateModelParameters<MambaConfig>>,
): Promise<Files> => evaluateModel(mamba, context);

export const evaluateGpt2 = (
  context: NodeContext<EvaluateModelParameters<Gpt2Config>>,
): Promise<Files> => evaluateModel(gpt2, context);

export const evaluateLeastSquares = (context: NodeContext<EvaluateParameters>): Promise<Files> =>
  evaluateShifts(context.parameters, (prompts) =>
    Promise.resolve(squaredErrors(prompts, leastSquares(prompts))),
  );
