import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { relativeError } from '../../src/numerics/relative-error.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { openForSuite } from '../kernels/backends.ts';

/** Sizes that no tile and no vector divides. */
const CONFIGS: ModelConfig[] = [
  { model: 'mamba', n_dims: 3, d_model: 7, n_layer: 2, d_state: 5, d_conv: 3, expand: 3 },
  { model: 'gpt2', n_dims: 3, d_model: 15, n_layer: 2, n_head: 3 },
  { model: 's4d', n_dims: 3, d_model: 7, n_layer: 2, d_state: 6 },
  { model: 'rwkv4', n_dims: 3, d_model: 7, n_layer: 2 },
  { model: 'lstm', n_dims: 3, d_model: 7, n_layer: 2 },
  {
    model: 'mambaformer',
    n_dims: 3,
    d_model: 14,
    n_layer: 1,
    n_head: 2,
    d_state: 5,
    d_conv: 3,
    expand: 1,
  },
];
const NAMED = CONFIGS.map((config) => [config.model, config] as const);
const LENGTHS = [1, 2, 3, 31, 32, 33, 63, 64, 65, 127];
const LONGEST = 129;

function drawn(config: ModelConfig, batch: number, length: number) {
  const model = createModel(config);
  const parameters: Parameters = toTensors(model.init(RandomStream.fromSeed(11)));
  const shape: [number, number, number] = [batch, length, config.n_dims];
  const values = RandomStream.fromSeed(12).normals(batch * length * config.n_dims);
  return { model, parameters, tokens: tf.tensor(values, shape) };
}

const valuesOf = async (make: () => tf.Tensor): Promise<Float32Array> =>
  (await tf.tidy(make).data()) as Float32Array;

/** Σ of squared outputs. */
const powerOf =
  ({ model, tokens }: ReturnType<typeof drawn>) =>
  (parameters: Parameters): tf.Scalar =>
    tf.sum(tf.square(model.forward(parameters, tokens)));

describe('every model on wasm', () => {
  openForSuite('wasm');

  it.each(NAMED)('%s answers each prompt for itself, wherever it stands', async (_, config) => {
    const { model, parameters, tokens } = drawn(config, 5, 13);
    const order = tf.tensor1d([3, 0, 4, 1, 2], 'int32');
    const here = await valuesOf(() => tf.gather(model.forward(parameters, tokens), order));
    const there = await valuesOf(() => model.forward(parameters, tf.gather(tokens, order)));
    expect(relativeError(there, here)).toBeLessThan(1e-5);
    const alone = await valuesOf(() =>
      model.forward(parameters, tf.slice(tokens, [3, 0, 0], [1, -1, -1])),
    );
    expect(relativeError(alone, here.slice(0, 13))).toBeLessThan(1e-5);
  });

  it.each(NAMED)('%s gives a beginning what it gives the whole', async (_, config) => {
    const { model, parameters, tokens } = drawn(config, 2, LONGEST);
    const whole = await valuesOf(() => model.forward(parameters, tokens));
    for (const length of LENGTHS) {
      const beginning = await valuesOf(() =>
        model.forward(parameters, tf.slice(tokens, [0, 0, 0], [-1, length, -1])),
      );
      const expected = [whole.slice(0, length), whole.slice(LONGEST, LONGEST + length)];
      const error = relativeError(beginning, Float32Array.from(expected.flatMap((y) => [...y])));
      expect(error, `${length} tokens`).toBeLessThan(1e-4);
    }
  });

  it.each(NAMED)('%s grows along its gradient as finite differences say', async (_, config) => {
    const one = drawn(config, 3, 11);
    const power = powerOf(one);
    const names = Object.keys(one.parameters);
    const gradients = tf.grads((...values) =>
      power(Object.fromEntries(names.map((name, i) => [name, values[i]!]))),
    )(names.map((name) => one.parameters[name]!));
    const [whole] = await valuesOf(() => power(one.parameters));
    for (const [i, name] of names.entries()) {
      const slope = Math.hypot(...(await gradients[i]!.data()));
      const length = Math.hypot(...(await one.parameters[name]!.data()));
      const size = 0.01 * Math.max(length, 0.3);
      const moved = (sign: number) =>
        valuesOf(() => {
          const step = tf.mul(gradients[i]!, (sign * size) / slope);
          return power({ ...one.parameters, [name]: tf.add(one.parameters[name]!, step) });
        });
      const [[up], [down]] = [await moved(1), await moved(-1)];
      const found = (up! - down!) / (2 * size);
      const rounding = (2e-6 * whole!) / size;
      expect(Math.abs(found / slope - 1), `${name}: ${found}, not ${slope}`).toBeLessThan(
        0.01 + rounding / slope,
      );
    }
  });
});
