import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelCode } from '../../experiments/graphs/code.ts';
import { probePrompts } from '../../experiments/measuring/probe-prompts.ts';
import { probeModel } from '../../experiments/nodes/probe.ts';
import { readJson } from '../../experiments/outputs/files.ts';
import type { LearningCurves } from '../../src/artifacts/learning-curves.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { SequenceModel } from '../../src/models/model.ts';
import type { RandomStream } from '../../src/numerics/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { SAMPLERS } from '../../src/tasks/index.ts';
import type { Sampler, Task } from '../../src/tasks/index.ts';
import { predict } from '../../src/training/regression.ts';
import { open } from '../kernels/backends.ts';
import { contextOf, fixedFunction, planted, resultOf, untrained } from './node.ts';

type Probe = LearningCurves['probes'][number];

const D = 3;
const SETTING = {
  k: [5],
  tasks: 19,
  fitted: 4,
  tested: 6,
  seed: 11,
  interval: { confidence: 0.9, trials: 50, seed: 12 },
};
const CONFIGS: ModelConfig[] = [
  { model: 'mamba', n_dims: D, d_model: 8, n_layer: 3, d_state: 4, d_conv: 4, expand: 2 },
  { model: 'gpt2', n_dims: D, d_model: 8, n_layer: 2, n_head: 2 },
  { model: 's4d', n_dims: D, d_model: 8, n_layer: 2, d_state: 4 },
  { model: 'rwkv4', n_dims: D, d_model: 8, n_layer: 2 },
];
const TASK: Task = { task: 'linear-regression', inputs: 'skewed' };
const skewed = SAMPLERS['linear-regression'] as Sampler;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await open('wasm');
});
afterAll(() => runtime.close());

async function probes(
  model: SequenceModel,
  sample: Sampler,
  config = CONFIGS[0]!,
  setting = SETTING,
): Promise<Probe[]> {
  const { training } = untrained(model);
  const parameters = { ...setting, config, task: TASK };
  const files = await probeModel(
    contextOf(parameters, { build: () => model, sample }, { training }),
  );
  return readJson<Probe[]>(resultOf(files), 'probes.json');
}

describe.each(CONFIGS)('$model', (config) => {
  test('reads from its last layer what it predicts', async () => {
    const model = modelCode(config).value(config);
    const [probe] = await probes(model, skewed, config);
    const { weights } = untrained(model);
    const { k, tasks, fitted, tested } = SETTING;
    const sample = (shape: { batch: number; points: number; d: number }, random: RandomStream) =>
      skewed(shape, random, TASK);
    let sum = 0;
    for (const drawn of probePrompts(sample, SETTING, k[0]!, D)) {
      for (let token = fitted; token < fitted + tested; token++) {
        const at = k[0]! + token;
        const points = k[0]! + 1;
        const xs = new Float32Array(drawn.batch * points * D);
        const ys = new Float32Array(drawn.batch * points);
        for (let b = 0; b < drawn.batch; b++) {
          for (let i = 0; i < points; i++) {
            const from = b * drawn.points + (i < k[0]! ? i : at);
            xs.set(drawn.xs.subarray(from * D, (from + 1) * D), (b * points + i) * D);
            ys[b * points + i] = drawn.ys[from]!;
          }
        }
        const out = predict(model, weights, { batch: drawn.batch, points, d: D, xs, ys });
        const values = await out.data();
        for (let b = 0; b < drawn.batch; b++) {
          sum += (values[b * points + points - 1]! - ys[b * points + points - 1]!) ** 2 / D;
        }
      }
    }
    expect(probe!.layers).toHaveLength(config.n_layer);
    const { mean } = probe!.layers[config.n_layer - 1]!.decoded;
    expect(mean / (sum / (tasks * tested))).toBeCloseTo(1, 4);
  });
});

const LINE = [0.5, -1, 2];
const line = fixedFunction(LINE) as Sampler;

test('gives back the scale and the shift of a model whose layers are lines in the truth', async () => {
  const model = planted(LINE, [
    (y) => tf.div(tf.sub(y, 1.5), 4),
    (y) => tf.div(tf.add(y, 0.25), -2),
    (y) => y,
  ]);
  const [probe] = await probes(model, line);
  const layers = probe!.layers;
  expect(layers.map(({ depth }) => depth)).toEqual([0, 0.5, 1]);
  for (const [l, [scale, shift]] of [
    [4, 1.5],
    [-2, -0.25],
    [1, 0],
  ].entries()) {
    expect(layers[l]!.scale.mean).toBeCloseTo(scale!, 4);
    expect(layers[l]!.shift.mean).toBeCloseTo(shift!, 4);
    expect(layers[l]!.scale.sd).toBeLessThan(1e-4);
    expect(layers[l]!.error.mean).toBeLessThan(1e-9);
  }
  expect(layers[2]!.decoded.mean).toBeLessThan(1e-9);
});

test('judges the line on tokens it was not fitted to, and averages over functions', async () => {
  const model = planted(LINE, [(y) => tf.zerosLike(y)]);
  const [probe] = await probes(model, line);
  let [decoded, fitted] = [0, 0];
  for (const drawn of probePrompts(fixedFunction(LINE), SETTING, 5, D)) {
    for (let b = 0; b < drawn.batch; b++) {
      const ys = [...drawn.ys.subarray(b * drawn.points + 5, (b + 1) * drawn.points)];
      const middle = ys.slice(0, 4).reduce((sum, y) => sum + y, 0) / 4;
      for (const y of ys.slice(4)) {
        decoded += y ** 2 / D / 6 / 19;
        fitted += (y - middle) ** 2 / D / 6 / 19;
      }
    }
  }
  const { layers, tasks } = probe!;
  expect(tasks).toBe(19);
  expect(layers[0]!.decoded.mean / decoded).toBeCloseTo(1, 5);
  expect(layers[0]!.error.mean / fitted).toBeCloseTo(1, 5);
});

test('feeds k examples and one query, whose answer it keeps to itself', async () => {
  const seen: Float32Array[] = [];
  const watched: SequenceModel = {
    ...planted(LINE, [(y) => y]),
    forward: (weights, tokens, options) => {
      seen.push(tokens.dataSync<'float32'>());
      return planted(LINE, [(y) => y]).forward(weights, tokens, options);
    },
  };
  const setting = { ...SETTING, k: [2], tasks: 2 };
  await probes(watched, line, CONFIGS[0], setting);
  const [drawn] = probePrompts(fixedFunction(LINE), setting, 2, D);
  const [tokens] = seen;
  const each = 2 * 3 * D;
  expect(tokens).toHaveLength(2 * 10 * each);
  for (const [b, j] of [
    [0, 0],
    [1, 7],
  ] as const) {
    const x = (i: number) => [...drawn!.xs.subarray((b * 12 + i) * D, (b * 12 + i + 1) * D)];
    const y = (i: number) => [drawn!.ys[b * 12 + i]!, 0, 0];
    const row = tokens!.subarray((b * 10 + j) * each, (b * 10 + j + 1) * each);
    expect([...row]).toEqual([...x(0), ...y(0), ...x(1), ...y(1), ...x(2 + j), 0, 0, 0]);
  }
});
