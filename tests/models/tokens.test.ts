import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { causalAttention } from '../../src/kernels/attention/op.ts';
import { rotary, rotaryTable } from '../../src/kernels/rotary/op.ts';
import { BACKBONES, createTokenModel } from '../../src/models/index.ts';
import type { TokenModelConfig } from '../../src/models/index.ts';
import type { Parameters } from '../../src/models/model.ts';
import { tokenModel } from '../../src/models/tokens.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { toTensors } from '../../src/numerics/tensors.ts';
import { BACKENDS, openForSuite } from '../kernels/backends.ts';
import { relativeError } from '../kernels/support.ts';
import { TINY_TOKENS } from '../training/tiny.ts';

const CONFIGS = Object.values(TINY_TOKENS);
const NAMED = CONFIGS.map((config) => [config.model, config] as const);
const LENGTH = 7;

/** Ids [2 7] of every size that a vocabulary of 5 has. */
const IDS = [3, 1, 4, 1, 0, 2, 4, 2, 0, 0, 3, 3, 1, 4];
const idsOf = (ids: readonly number[], shape = [2, LENGTH]): tf.Tensor =>
  tf.tensor([...ids], shape, 'int32');

function build(config: TokenModelConfig) {
  const model = createTokenModel(config);
  const parameters: Parameters = toTensors(model.init(RandomStream.fromSeed(5)));
  return { model, parameters };
}

describe('models over tokens', () => {
  it('are of every backbone, and refuse others by name', () => {
    expect(Object.keys(TINY_TOKENS)).toEqual(Object.keys(BACKBONES));
    expect(() => createTokenModel({ ...TINY_TOKENS.mamba, model: 'toString' as 'mamba' })).toThrow(
      /createTokenModel: expected model to be one of mamba, .* got toString/,
    );
  });

  it.each(NAMED)('%s has a head of its own or the embedding', (_, config) => {
    const backbone = BACKBONES[config.model](config as never);
    const own = Object.keys(backbone.init(RandomStream.fromSeed(5)));
    const drawn = (tied: boolean) =>
      createTokenModel({ ...config, tied }).init(RandomStream.fromSeed(5));
    expect(Object.keys(drawn(true))).toEqual(['embedding.weight', ...own]);
    expect(Object.keys(drawn(false))).toEqual(['embedding.weight', ...own, 'lm_head.weight']);
    expect(drawn(false)).toMatchObject(drawn(true));
    expect(drawn(false)['lm_head.weight']!.shape).toEqual([config.vocabulary, config.d_model]);
  });

  it('are called as their ends are told', () => {
    const config = TINY_TOKENS.lstm;
    const names = { embedding: 'a.in', head: 'b.out' };
    const model = tokenModel(BACKBONES.lstm(config), { ...config, tied: false }, names);
    const values = Object.keys(model.init(RandomStream.fromSeed(1)));
    expect([values[0], values.at(-1)]).toEqual(['a.in.weight', 'b.out.weight']);
  });

  it('turn components in pairs', () => {
    expect(() =>
      createTokenModel({ ...TINY_TOKENS['gpt2-rotary'], d_model: 6, n_head: 2 }),
    ).toThrow(
      /gpt2-rotary config: expected heads of an even width, .* got 3; change d_model or n_head/,
    );
  });
});

describe.each(BACKENDS)('models over tokens, on %s', (backend) => {
  openForSuite(backend);

  it.runIf(backend !== 'webgpu').each(NAMED)(
    '%s gives the products of what its head reads with the head',
    async (_, config) => {
      const { model, parameters } = build(config);
      const logits = model.forward(parameters, idsOf(IDS));
      expect(logits.shape).toEqual([2, LENGTH, config.vocabulary]);
      const rows = tf.reshape(model.hidden(parameters, idsOf(IDS)), [2 * LENGTH, -1]);
      const products = tf.matMul(rows, model.head(parameters), false, true);
      expect(relativeError(await logits.data(), await products.data())).toBeLessThan(1e-5);
      const [rowCount, width] = model.head(parameters).shape;
      expect([rowCount, width]).toEqual([config.vocabulary, config.d_model]);
    },
  );

  it('turns queries and keys by their place, and no values', async () => {
    const config = { ...TINY_TOKENS['gpt2-rotary'], d_model: 12, n_head: 3 };
    const d_model = 12;
    const backbone = BACKBONES['gpt2-rotary'](config);
    const p = toTensors(backbone.init(RandomStream.fromSeed(2)));
    // A block that mixes tokens and does nothing else.
    const at = '_backbone.h.0';
    p[`${at}.attn.c_proj.weight`] = tf.eye(d_model);
    p[`${at}.mlp.c_proj.weight`] = tf.zeros([4 * d_model, d_model]);
    p[`${at}.attn.c_attn.weight`] = tf.mul(p[`${at}.attn.c_attn.weight`]!, 50);
    const stream = tf.tensor(RandomStream.fromSeed(3).normals(2 * LENGTH * d_model), [
      2,
      LENGTH,
      d_model,
    ]);
    const mean = tf.mean(stream, 2, true);
    const spread = tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(stream, mean)), 2, true), 1e-5));
    const rows = tf.reshape(tf.div(tf.sub(stream, mean), spread), [2 * LENGTH, d_model]);
    const qkv = tf.reshape(tf.matMul(rows, p[`${at}.attn.c_attn.weight`] as tf.Tensor2D), [
      2,
      LENGTH,
      36,
    ]);
    const [q, k, v] = tf.split(qkv, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const table = rotaryTable([Array.from({ length: LENGTH }, (_, i) => i)], 4, 10_000);
    const turn = (x: tf.Tensor) => rotary(x, table, 3, 'halves');
    const expected = tf.add(stream, causalAttention(tf.concat([turn(q), turn(k), v], 2), 3));
    const plain = tf.add(stream, causalAttention(qkv, 3));
    const out = await backbone.forward(p, stream).data();
    expect(relativeError(out, await expected.data())).toBeLessThan(1e-5);
    expect(relativeError(out, await plain.data())).toBeGreaterThan(1e-2);
  });

  it.runIf(backend === 'wasm').each(NAMED)(
    '%s is causal, and reads every token before',
    async (_, config) => {
      const { model, parameters } = build(config);
      const run = async (ids: readonly number[]) => {
        const logits = await model.forward(parameters, idsOf(ids)).data();
        const { vocabulary } = config;
        return IDS.map((_, i) => String(logits.slice(i * vocabulary, (i + 1) * vocabulary)));
      };
      const before = await run(IDS);
      for (const changed of [0, 3, 6]) {
        const after = await run(IDS.map((id, i) => (i === changed ? (id + 1) % 5 : id)));
        const moved = after.map((logits, i) => logits !== before[i]);
        expect(moved).toEqual(IDS.map((_, i) => i >= changed && i < LENGTH));
      }
    },
  );

  it.runIf(backend === 'wasm').each(NAMED)(
    '%s steps to the logits of the whole pass',
    async (_, config) => {
      const { model, parameters } = build(config);
      const { recurrent } = model;
      expect(recurrent === undefined).toBe('n_head' in config);
      if (!recurrent) return;
      const whole = await model.forward(parameters, idsOf(IDS)).data();
      let state = recurrent.initialState(2);
      for (let t = 0; t < LENGTH; t++) {
        const { out, state: next } = recurrent.step(
          parameters,
          state,
          idsOf([IDS[t]!, IDS[LENGTH + t]!], [2]),
        );
        state = next;
        const at = (b: number) => (b * LENGTH + t) * config.vocabulary;
        const expected = [0, 1].flatMap((b) =>
          Array.from(whole).slice(at(b), at(b) + config.vocabulary),
        );
        expect(relativeError(await out.data(), expected)).toBeLessThan(1e-4);
      }
    },
  );
});
