import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sigmoidGate, squaredRelu } from '../kernels/gates/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { layerNorm } from '../kernels/norm/op.ts';
import { tokenMix } from '../kernels/token-mix/op.ts';
import { wkv } from '../kernels/wkv/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { fill, initNorm, uniform } from './initial.ts';
import type { Parameters, ParameterValues, SequenceModel } from './model.ts';

/**
 * RWKV-4 (Peng et al. 2023) over vectors, with linear read-in and read-out in place of the vocabulary.
 * Parameter names are those of Hugging Face's implementation; in the paper's letters:
 *
 *     B  prompts        n_dims   components of a token      time_decay  log(-w), w the decay a token
 *     L  tokens         d_model  width of the residual (D)  time_first  u, the current token's bonus
 *                                                           time_mix_*  μ, this token against the last
 *
 * Not here: rescaling of the residual every few layers, which half precision needs.
 */
export type Rwkv4Config = {
  model: 'rwkv4';
  n_dims: number;
  d_model: number;
  n_layer: number;
};

const EPSILON = 1e-5;

export function rwkv4(config: Rwkv4Config): SequenceModel {
  return {
    init: (random) => init(config, random),
    readOut,
    forward: (p, tokens, { observe } = {}) => {
      let residual = linear(tokens, p['_read_in.weight']!, p['_read_in.bias']);
      residual = norm(p, '_backbone.blocks.0.pre_ln', residual);
      for (let layer = 0; layer < config.n_layer; layer++) {
        const block = `_backbone.blocks.${layer}`;
        const mixed = timeMixing(p, `${block}.attention`, norm(p, `${block}.ln1`, residual));
        residual = tf.add(residual, mixed);
        const fed = channelMixing(p, `${block}.feed_forward`, norm(p, `${block}.ln2`, residual));
        residual = tf.add(residual, fed);
        observe?.(`block.${layer}`, residual);
      }
      return readOut(p, residual);
    },
  };
}

/** The model's own decoder: final norm and read-out. residual [B L d_model] → [B L] */
function readOut(p: Parameters, residual: Tensor): Tensor {
  const normed = norm(p, '_backbone.ln_out', residual);
  return tf.squeeze(linear(normed, p['_read_out.weight']!, p['_read_out.bias']), [2]);
}

export const norm = (p: Parameters, prefix: string, x: Tensor): Tensor =>
  layerNorm(x, p[`${prefix}.weight`]!, p[`${prefix}.bias`]!, EPSILON);

/** x [B L D] → W_name (μ_name x_t + (1 - μ_name) x_{t-1}) [B L ·] */
function projected(p: Parameters, prefix: string, name: string, x: Tensor): Tensor {
  const mix = tf.reshape(p[`${prefix}.time_mix_${name}`]!, [-1]);
  return linear(tokenMix(x, mix), p[`${prefix}.${name}.weight`]!);
}

/** The block that remembers. x [B L D] → [B L D] */
function timeMixing(p: Parameters, prefix: string, x: Tensor): Tensor {
  const k = projected(p, prefix, 'key', x);
  const v = projected(p, prefix, 'value', x);
  const w = tf.neg(tf.exp(p[`${prefix}.time_decay`]!));
  const y = wkv({ k, v, w, u: p[`${prefix}.time_first`]! });
  const gated = sigmoidGate(projected(p, prefix, 'receptance', x), y);
  return linear(gated, p[`${prefix}.output.weight`]!);
}

/** The MLP, four times wider inside. x [B L D] → [B L D] */
function channelMixing(p: Parameters, prefix: string, x: Tensor): Tensor {
  const k = squaredRelu(projected(p, prefix, 'key', x)); // [B L 4·D]
  const v = linear(k, p[`${prefix}.value.weight`]!);
  return sigmoidGate(projected(p, prefix, 'receptance', x), v);
}

/**
 * The published initialisation of decays, bonuses and mixtures, by depth and channel (RWKV-4, appendix E;
 * Hugging Face's port leaves every bonus at 1); projections as PyTorch's `nn.Linear`, like that port.
 */
function init({ n_dims, d_model, n_layer }: Rwkv4Config, random: RandomStream): ParameterValues {
  const values: ParameterValues = {
    '_read_in.weight': uniform(random.fork('read_in'), [d_model, n_dims], n_dims ** -0.5),
    '_read_in.bias': uniform(random.fork('read_in.bias'), [d_model], n_dims ** -0.5),
    ...initNorm('_backbone.blocks.0.pre_ln', d_model),
  };
  for (let layer = 0; layer < n_layer; layer++) {
    const block = `_backbone.blocks.${layer}`;
    Object.assign(values, initNorm(`${block}.ln1`, d_model), initNorm(`${block}.ln2`, d_model));
    const times = initTimes(d_model, layer, n_layer);
    const projections = initProjections(d_model, random.fork(layer));
    for (const [name, value] of Object.entries({ ...times, ...projections }))
      values[`${block}.${name}`] = value;
  }
  return {
    ...values,
    ...initNorm('_backbone.ln_out', d_model),
    '_read_out.weight': uniform(random.fork('read_out'), [1, d_model], d_model ** -0.5),
    '_read_out.bias': uniform(random.fork('read_out.bias'), [1], d_model ** -0.5),
  };
}

function initTimes(d_model: number, layer: number, n_layer: number): ParameterValues {
  const depth = n_layer > 1 ? layer / (n_layer - 1) : 0; // 0 … 1
  const rest = 1 - layer / n_layer; // 1 … almost 0
  const mix = (power: number, offset = 0) =>
    fill([1, 1, d_model], (i) => (i / d_model) ** power + offset);
  const last = Math.max(d_model - 1, 1);
  return {
    'attention.time_decay': fill([d_model], (i) => -5 + 8 * (i / last) ** (0.7 + 1.3 * depth)),
    'attention.time_first': fill([d_model], (i) => Math.log(0.3) + (((i + 1) % 3) - 1) / 2),
    'attention.time_mix_key': mix(rest),
    'attention.time_mix_value': mix(rest, 0.3 * depth),
    'attention.time_mix_receptance': mix(rest / 2),
    'feed_forward.time_mix_key': mix(rest),
    'feed_forward.time_mix_receptance': mix(rest),
  };
}

function initProjections(d_model: number, random: RandomStream): ParameterValues {
  const draw = (name: string, nIn: number, nOut: number): ParameterValues => ({
    [`${name}.weight`]: uniform(random.fork(name), [nOut, nIn], nIn ** -0.5),
  });
  return {
    ...draw('attention.key', d_model, d_model),
    ...draw('attention.value', d_model, d_model),
    ...draw('attention.receptance', d_model, d_model),
    ...draw('attention.output', d_model, d_model),
    ...draw('feed_forward.key', d_model, 4 * d_model),
    ...draw('feed_forward.receptance', d_model, d_model),
    ...draw('feed_forward.value', 4 * d_model, d_model),
  };
}
