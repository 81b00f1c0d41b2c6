import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalAttention } from '../kernels/attention/op.ts';
import { gelu } from '../kernels/gelu/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { layerNorm } from '../kernels/norm/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { constant, initLinear, initNorm, normal } from './initial.ts';
import type { Parameters, ParameterValues, SequenceModel } from './model.ts';

/**
 * The GPT-2-style Transformer without positions (PAPER 1.3): pre-norm blocks of causal attention and a
 * four times wider MLP. Parameter names are those of Garg et al. around Hugging Face's GPT-2, whose
 * `Conv1D` weights are [in out].
 *
 *     B  prompts        n_dims   components of a token      n_head  heads, each d_model / n_head wide
 *     L  tokens         d_model  width of the residual
 */
export type Gpt2Config = {
  model: 'gpt2';
  n_dims: number;
  d_model: number;
  n_layer: number;
  n_head: number;
};

const EPSILON = 1e-5;
const DEVIATION = 0.02;

export function gpt2(config: Gpt2Config): SequenceModel {
  if (config.d_model % config.n_head !== 0) {
    throw new Error(
      `gpt2 config: expected d_model divisible by n_head, got ${config.d_model} and ${config.n_head}; change one`,
    );
  }
  return {
    init: (random) => init(config, random),
    readOut,
    forward: (parameters, tokens, { observe } = {}) => {
      let residual = linear(tokens, parameters['_read_in.weight']!, parameters['_read_in.bias']);
      for (let layer = 0; layer < config.n_layer; layer++) {
        residual = block(config, parameters, `_backbone.h.${layer}`, residual);
        observe?.(`block.${layer}`, residual);
      }
      return readOut(parameters, residual);
    },
  };
}

/** The model's own decoder: final norm and read-out. residual [B L d_model] → [B L] */
function readOut(parameters: Parameters, residual: Tensor): Tensor {
  const normed = norm(parameters, '_backbone.ln_f', residual);
  const out = linear(normed, parameters['_read_out.weight']!, parameters['_read_out.bias']);
  return tf.squeeze(out, [2]);
}

const norm = (parameters: Parameters, prefix: string, x: Tensor): Tensor =>
  layerNorm(x, parameters[`${prefix}.weight`]!, parameters[`${prefix}.bias`]!, EPSILON);

const conv1d = (parameters: Parameters, prefix: string, x: Tensor): Tensor =>
  linear(x, parameters[`${prefix}.weight`]!, parameters[`${prefix}.bias`], 'in_out');

/** The half of a block that mixes tokens. residual [B L d_model] → [B L d_model] */
export function attend(n_head: number, p: Parameters, prefix: string, residual: Tensor): Tensor {
  const qkv = conv1d(p, `${prefix}.attn.c_attn`, norm(p, `${prefix}.ln_1`, residual)); // [B L 3·d_model]
  return tf.add(residual, conv1d(p, `${prefix}.attn.c_proj`, causalAttention(qkv, n_head)));
}

/** residual [B L d_model] → [B L d_model] */
function block({ n_head }: Gpt2Config, p: Parameters, prefix: string, residual: Tensor): Tensor {
  const attended = attend(n_head, p, prefix, residual);
  const wide = conv1d(p, `${prefix}.mlp.c_fc`, norm(p, `${prefix}.ln_2`, attended)); // [B L 4·d_model]
  return tf.add(attended, conv1d(p, `${prefix}.mlp.c_proj`, gelu(wide)));
}

function init(config: Gpt2Config, random: RandomStream): ParameterValues {
  const { n_dims, d_model, n_layer } = config;
  const values: ParameterValues = {};
  Object.assign(values, initLinear(random.fork('read_in'), '_read_in', n_dims, d_model));
  for (let layer = 0; layer < n_layer; layer++) {
    const prefix = `_backbone.h.${layer}`;
    Object.assign(values, initBlock(config, random.fork(layer), prefix));
  }
  Object.assign(values, initNorm('_backbone.ln_f', d_model));
  Object.assign(values, initLinear(random.fork('read_out'), '_read_out', d_model, 1));
  return values;
}

/** What `attend` needs. */
export function initAttention(
  { d_model, n_layer }: Pick<Gpt2Config, 'd_model' | 'n_layer'>,
  random: RandomStream,
  prefix: string,
): ParameterValues {
  const expanded = [d_model, 3 * d_model, DEVIATION] as const;
  const mixed = [d_model, d_model, DEVIATION / Math.sqrt(2 * n_layer)] as const;
  return {
    ...initNorm(`${prefix}.ln_1`, d_model),
    ...initConv1d(random, prefix, 'attn.c_attn', ...expanded),
    ...initConv1d(random, prefix, 'attn.c_proj', ...mixed),
  };
}

function initBlock(config: Gpt2Config, random: RandomStream, prefix: string): ParameterValues {
  const { d_model, n_layer } = config;
  const wide = 4 * d_model;
  return {
    ...initAttention(config, random, prefix),
    ...initNorm(`${prefix}.ln_2`, d_model),
    ...initConv1d(random, prefix, 'mlp.c_fc', d_model, wide, DEVIATION),
    ...initConv1d(random, prefix, 'mlp.c_proj', wide, d_model, DEVIATION / Math.sqrt(2 * n_layer)),
  };
}

const initConv1d = (
  random: RandomStream,
  prefix: string,
  name: string,
  nIn: number,
  nOut: number,
  deviation: number,
): ParameterValues => ({
  [`${prefix}.${name}.weight`]: normal(random.fork(name), [nIn, nOut], deviation),
  [`${prefix}.${name}.bias`]: constant([nOut], 0),
});
