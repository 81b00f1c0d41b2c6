import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { glu } from '../kernels/gates/op.ts';
import { geluExact } from '../kernels/gelu-exact/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { longConv } from '../kernels/long-conv/op.ts';
import { layerNorm } from '../kernels/norm/op.ts';
import { s4dKernel } from '../kernels/s4d-kernel/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { channelDropout } from './dropout.ts';
import { constant, fill, initLinear, normal, uniform } from './initial.ts';
import type { Parameters, ParameterValues, SequenceModel } from './model.ts';

/**
 * S4D-Lin (Gu et al. 2022) as in the authors' minimal layer, with post-norm blocks (PAPER 1.4). Parameter
 * names are upstream's.
 *
 *     B  prompts        n_dims   components of a token      d_state  real states a channel, in
 *     L  tokens         d_model  channels (H)                        M = d_state / 2 conjugate pairs
 */
export type S4dConfig = {
  model: 's4d';
  n_dims: number;
  d_model: number;
  n_layer: number;
  d_state: number;
  /** Probability, twice a layer in training; 0.1 as published, none if absent. */
  dropout?: number;
};

export const EPSILON = 1e-5;
const DT_MIN = 0.001;
const DT_MAX = 0.1;

export function s4d(config: S4dConfig): SequenceModel {
  if (config.d_state % 2 !== 0) {
    throw new Error(
      `s4d config: expected an even d_state, as states come in conjugate pairs, got ${config.d_state}; add one`,
    );
  }
  return {
    init: (random) => init(config, random),
    readOut,
    draws: config.dropout !== undefined,
    forward: (p, tokens, { observe, random } = {}) => {
      let residual = linear(tokens, p['encoder.weight']!, p['encoder.bias']);
      for (let layer = 0; layer < config.n_layer; layer++) {
        const drop = dropoutOf(config, random?.fork(layer));
        const change = s4dLayer(p, `s4_layers.${layer}`, residual, (y) => drop('inner', y));
        const mixed = tf.add(residual, drop('outer', change));
        const norm = `norms.${layer}`;
        residual = layerNorm(mixed, p[`${norm}.weight`]!, p[`${norm}.bias`]!, EPSILON);
        observe?.(`block.${layer}`, residual);
      }
      return readOut(p, residual);
    },
  };
}

/** The model's own decoder. residual [B L d_model] → [B L] */
const readOut = (p: Parameters, residual: Tensor): Tensor =>
  tf.squeeze(linear(residual, p['decoder.weight']!, p['decoder.bias']), [2]);

/** The layer's two dropouts by name; the identity outside training. */
const dropoutOf =
  ({ dropout = 0 }: S4dConfig, random: RandomStream | undefined) =>
  (name: string, x: Tensor): Tensor =>
    random && dropout > 0 ? channelDropout(x, dropout, random.fork(name)) : x;

/** u [B L H] → [B L H] */
function s4dLayer(
  parameters: Parameters,
  prefix: string,
  u: Tensor,
  drop: (y: Tensor) => Tensor,
): Tensor {
  const [, length, channels] = u.shape as [number, number, number];
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;
  const modes = {
    log_dt: p('kernel.log_dt'), // [H]
    log_A_real: p('kernel.log_A_real'), // [H M]
    A_imag: p('kernel.A_imag'), // [H M]
    C: p('kernel.C'), // [H M 2]
  };
  const y = drop(geluExact(longConv(u, s4dKernel(modes, length), p('D')))); // [B L H]
  const mix = tf.reshape(p('output_linear.0.weight'), [2 * channels, channels]);
  return glu(linear(y, mix, p('output_linear.0.bias')));
}

function init(config: S4dConfig, random: RandomStream): ParameterValues {
  const { n_dims, d_model, n_layer } = config;
  const values: ParameterValues = initLinear(random.fork('encoder'), 'encoder', n_dims, d_model);
  for (let layer = 0; layer < n_layer; layer++) {
    const layerValues = initLayer(config, random.fork(layer));
    for (const [name, value] of Object.entries(layerValues))
      values[`s4_layers.${layer}.${name}`] = value;
    values[`norms.${layer}.weight`] = constant([d_model], 1);
    values[`norms.${layer}.bias`] = constant([d_model], 0);
  }
  return { ...values, ...initLinear(random.fork('decoder'), 'decoder', d_model, 1) };
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
