import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModel } from '../../src/models/index.ts';
import type { ModelConfig } from '../../src/models/index.ts';
import type { Parameters, RecurrentModel, State } from '../../src/models/model.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';

/** Two shapes a model, so that a kernel cached for the first would show in the second. */
const CONFIGS: ModelConfig[] = [
  { model: 'mamba', n_dims: 3, d_model: 6, n_layer: 2, d_state: 4, d_conv: 4, expand: 2 },
  { model: 'mamba', n_dims: 2, d_model: 9, n_layer: 1, d_state: 16, d_conv: 1, expand: 1 },
  { model: 's4d', n_dims: 3, d_model: 6, n_layer: 2, d_state: 2 },
  { model: 's4d', n_dims: 2, d_model: 5, n_layer: 1, d_state: 16 },
  { model: 'rwkv4', n_dims: 3, d_model: 6, n_layer: 2 },
  { model: 'rwkv4', n_dims: 2, d_model: 5, n_layer: 1 },
  { model: 'lstm', n_dims: 3, d_model: 6, n_layer: 2 },
  { model: 'lstm', n_dims: 2, d_model: 5, n_layer: 1 },
];
const NAMED = CONFIGS.map((config) => [`${config.model} ${config.d_model}`, config] as const);

/** Around the boundaries of every block of the kernels. */
const LENGTHS = [1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 127, 128, 129];
const BATCH = 3;

function build(config: ModelConfig) {
  const model = createModel(config);
  const recurrent = model.recurrent!;
  const parameters: Parameters = toTensors(model.init(RandomStream.fromSeed(4)));
  return { model, recurrent, parameters };
}

/** Steps through tokens [B L n_dims]. @returns [L B] */
async function stepThrough(recurrent: RecurrentModel, parameters: Parameters, tokens: tf.Tensor) {
  const [batch, length, n_dims] = tokens.shape as [number, number, number];
  let state: State = recurrent.initialState(batch);
  const outs: Float32Array[] = [];
  for (let t = 0; t < length; t++) {
    const token = tf.tidy(() => tf.reshape(tf.slice(tokens, [0, t, 0], [-1, 1, -1]), [-1, n_dims]));
    const next = recurrent.step(parameters, state, token);
    tf.dispose([state, token]);
    state = next.state;
    outs.push((await next.out.data()) as Float32Array);
    next.out.dispose();
  }
  tf.dispose(state);
  return outs;
}

/** Largest relative difference between steps and whole passes over `lengths`, each a prefix. */
async function difference(config: ModelConfig, lengths: readonly number[], batch: number) {
  const { model, recurrent, parameters } = build(config);
  const longest = Math.max(...lengths);
  const values = RandomStream.fromSeed(5).normals(batch * longest * config.n_dims);
  const tokens = tf.tensor(values, [batch, longest, config.n_dims]);
  const steps = await stepThrough(recurrent, parameters, tokens);
  let worst = 0;
  for (const length of lengths) {
    const prefix = tf.slice(tokens, [0, 0, 0], [-1, length, -1]);
    const whole = tf.tidy(() => tf.transpose(model.forward(parameters, prefix)));
    const stepped = steps.slice(0, length).flatMap((out) => [...out]);
    worst = Math.max(worst, relativeError(stepped, await whole.data()));
    tf.dispose([prefix, whole]);
  }
  tf.dispose([tokens, parameters]);
  return worst;
}

describe('recurrent models', () => {
  it('are those whose memory does not grow', () => {
    const attention = { n_dims: 3, d_model: 6, n_layer: 1, n_head: 2 };
    const block = { d_state: 4, d_conv: 4, expand: 2 };
    expect(createModel({ model: 'gpt2', ...attention }).recurrent).toBeUndefined();
    expect(createModel({ model: 'mambaformer', ...attention, ...block }).recurrent).toBeUndefined();
  });

  describe.each(BACKENDS.filter((backend) => backend !== 'wasm'))('on %s', (backend) => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open(backend);
    });
    afterAll(async () => runtime.close());

    it.each(NAMED)('%s steps to the outputs of the whole pass', async (_, config) => {
      expect(await difference(config, [1, 2, 9], BATCH)).toBeLessThan(1e-4);
    });
  });

  describe('on wasm', () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open('wasm');
    });
    afterAll(async () => runtime.close());

    it.each(NAMED)('%s steps to the outputs of the whole pass', async (_, config) => {
      expect(await difference(config, LENGTHS, BATCH)).toBeLessThan(1e-4);
    });

    it.each(NAMED.filter((_, i) => i % 2 === 1))(
      '%s does so over 4,096 tokens',
      async (_, config) => {
        expect(await difference(config, [4096], 1)).toBeLessThan(1e-4);
      },
    );

    it.each(NAMED)('%s leaves no tensor behind but the state', async (_, config) => {
      const { recurrent, parameters } = build(config);
      const state = recurrent.initialState(2);
      const token = tf.ones([2, config.n_dims]);
      const before = tf.memory().numTensors;
      const next = recurrent.step(parameters, state, token);
      expect(Object.keys(next.state).toSorted()).toEqual(Object.keys(state).toSorted());
      expect(tf.memory().numTensors).toBe(before + Object.keys(state).length + 1);
    });
  });
});
