import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { glu } from '../kernels/gates/op.ts';
import { geluExact } from '../kernels/gelu-exact/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { longConv } from '../kernels/long-conv/op.ts';
import { s4dKernel } from '../kernels/s4d-kernel/op.ts';
import type { S4dKernelInputs } from '../kernels/s4d-kernel/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { channelDropout } from './dropout.ts';
import { constant, fill, normal, uniform } from './initial.ts';
import type { Backbone, Parameters, ParameterValues, SequenceModel } from './model.ts';
import { initNorm, norm } from './norm.ts';
import { stack, zeros } from './stack.ts';
import type { LayerOptions, Memory } from './stack.ts';
import { vectorEnds, vectorModel } from './vectors.ts';
import type { VectorConfig } from './vectors.ts';

/**
 * S4D-Lin (Gu et al. 2022) as in the authors' minimal layer, with post-norm blocks (content/methods.mdx, Models).
 * Parameter names are upstream's.
 *
 *     B  prompts        d_model  channels (H)     d_state  real states a channel, in
 *     L  tokens                                            M = d_state / 2 conjugate pairs
 */
export type S4dConfig = {
  model: 's4d';
  d_model: number;
  n_layer: number;
  d_state: number;
  /** Probability, twice a layer in training; 0.1 as published, none if absent. */
  dropout?: number;
};

const DT_MIN = 0.001;
const DT_MAX = 0.1;

export const s4d = (config: S4dConfig & VectorConfig): SequenceModel =>
  vectorModel(
    backbone(config),
    vectorEnds(config, {
      readIn: { prefix: 'encoder', fork: 'encoder' },
      readOut: { prefix: 'decoder', fork: 'decoder' },
    }),
  );

const PUBLISHED = { d_state: 64, dropout: 0.1 };

/** As published at `standard`. */
export const S4D: Architecture<S4dConfig> = {
  backbone,
  sizes: {
    tiny: { model: 's4d', d_model: 92, n_layer: 6, ...PUBLISHED },
    small: { model: 's4d', d_model: 204, n_layer: 12, ...PUBLISHED },
    standard: { model: 's4d', d_model: 435, n_layer: 24, ...PUBLISHED },
  },
  parameterCounts: { tiny: 177_561, small: 1_331_305, standard: 10_491_331 },
};

/**
 * What a layer remembers: real and imaginary parts of its state, [B H M] each.
 * @public found by its name, as what nodes are given
 */
export function backbone(config: S4dConfig): Backbone {
  const { d_model, n_layer, d_state, dropout } = config;
  if (d_state % 2 !== 0) {
    throw new Error(
      `s4d config: expected an even d_state, as states come in conjugate pairs, got ${d_state}; add one`,
    );
  }
  const part = zeros(d_model, d_state / 2);
  return stack({
    n_layer,
    init: (random) => init(config, random),
    layer: (p, index, stream, { random, memory }) => {
      const drop = dropoutOf(config, random);
      const change = s4dLayer(p, `s4_layers.${index}`, stream, drop, memory);
      return norm(p, `norms.${index}`, tf.add(stream, drop('outer', change)));
    },
    blank: { re: part, im: part },
    draws: dropout !== undefined,
  });
}

type Drop = (name: string, x: Tensor) => Tensor;

/** The layer's two dropouts by name; the identity outside training. */
const dropoutOf =
  ({ dropout = 0 }: S4dConfig, random: LayerOptions['random']): Drop =>
  (name, x) =>
    random && dropout > 0 ? channelDropout(x, dropout, random.fork(name)) : x;

/** u [B L H] → [B L H] */
function s4dLayer(
  parameters: Parameters,
  prefix: string,
  u: Tensor,
  drop: Drop,
  memory?: Memory,
): Tensor {
  const [, length, channels] = u.shape as [number, number, number];
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;
  const modes = {
    log_dt: p('kernel.log_dt'), // [H]
    log_A_real: p('kernel.log_A_real'), // [H M]
    A_imag: p('kernel.A_imag'), // [H M]
    C: p('kernel.C'), // [H M 2]
  };
  const convolved = memory
    ? step(u, modes, p('D'), memory)
    : longConv(u, s4dKernel(modes, length), p('D'));
  const y = drop('inner', geluExact(convolved)); // [B L H]
  const mix = tf.reshape(p('output_linear.0.weight'), [2 * channels, channels]);
  return glu(linear(y, mix, p('output_linear.0.bias')));
}

/**
 * The convolution as the recurrence that it came from. With μ = exp(Δ A) - 1, the kernel's
 * K[l] = 2 Re Σ C μ / A · exp(Δ A)^l is that of
 *
 *     s_t = s_{t-1} + μ s_{t-1} + u_t
 *     y_t = 2 Re Σ (C μ / A) s_t + D u_t
 *
 * where adding μ s, rather than multiplying by 1 + μ, keeps the precision of slow modes over long sequences.
 * u [B 1 H] → y [B 1 H]
 */
function step(u: Tensor, modes: S4dKernelInputs, D: Tensor, memory: Memory): Tensor {
  const { growth, weight } = discretised(modes);
  const before: Complex = [memory.recall('re'), memory.recall('im')];
  const [changeRe, changeIm] = times(growth, before);
  const now = tf.squeeze(u, [1]);
  const re = tf.add(before[0], tf.add(changeRe, tf.expandDims(now, 2)));
  const im = tf.add(before[1], changeIm);
  memory.keep('re', re);
  memory.keep('im', im);
  const [shown] = times(weight, [re, im]); // [B H M]
  return tf.expandDims(tf.add(tf.mul(2, tf.sum(shown, 2)), tf.mul(D, now)), 1);
}

/** Real and imaginary parts. */
type Complex = readonly [Tensor, Tensor];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [
  tf.sub(tf.mul(a, c), tf.mul(b, d)),
  tf.add(tf.mul(a, d), tf.mul(b, c)),
];

/** μ and C μ / A, [H M] each; exp(z) - 1 without cancellation, as cos y - 1 = -2 sin²(y / 2). */
function discretised(modes: S4dKernelInputs): { growth: Complex; weight: Complex } {
  const dt = tf.expandDims(tf.exp(modes.log_dt), 1);
  const re = tf.neg(tf.exp(modes.log_A_real));
  const im = modes.A_imag;
  const [decay, turn] = [tf.mul(dt, re), tf.mul(dt, im)];
  const bend = tf.mul(2, tf.square(tf.sin(tf.mul(0.5, turn))));
  const growth: Complex = [
    tf.sub(tf.mul(tf.expm1(decay), tf.cos(turn)), bend),
    tf.mul(tf.exp(decay), tf.sin(turn)),
  ];
  const norm = tf.add(tf.square(re), tf.square(im));
  const inverse: Complex = [tf.div(re, norm), tf.neg(tf.div(im, norm))];
  const [CRe, CIm] = tf.unstack(modes.C, 2) as [Tensor, Tensor];
  return { growth, weight: times([CRe, CIm], times(growth, inverse)) };
}

function init(config: S4dConfig, random: RandomStream): ParameterValues {
  const values: ParameterValues = {};
  for (let layer = 0; layer < config.n_layer; layer++) {
    const layerValues = initLayer(config, random.fork(layer));
    for (const [name, value] of Object.entries(layerValues))
      values[`s4_layers.${layer}.${name}`] = value;
    Object.assign(values, initNorm(`norms.${layer}`, config.d_model));
  }
  return values;
}

/** A = -1/2 + i π m for the pairs m = 0, 1, …; Δ log-uniform; E|C|² = 1. */
function initLayer({ d_model, d_state }: S4dConfig, random: RandomStream): ParameterValues {
  const pairs = d_state / 2;
  const log_dt = random.fork('log_dt');
  const bound = d_model ** -0.5;
  return {
    D: normal(random.fork('D'), [d_model], 1),
    'kernel.log_dt': fill([d_model], () => log_dt.uniform(Math.log(DT_MIN), Math.log(DT_MAX))),
    'kernel.log_A_real': constant([d_model, pairs], Math.log(0.5)),
    'kernel.A_imag': fill([d_model, pairs], (i) => Math.PI * (i % pairs)),
    'kernel.C': normal(random.fork('C'), [d_model, pairs, 2], Math.SQRT1_2),
    'output_linear.0.weight': uniform(random.fork('mix'), [2 * d_model, d_model, 1], bound),
    'output_linear.0.bias': uniform(random.fork('mix.bias'), [2 * d_model], bound),
  };
}
