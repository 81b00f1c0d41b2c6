import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalAttention } from '../kernels/attention/op.ts';
import { gelu } from '../kernels/gelu/op.ts';
import { linear } from '../kernels/linear/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { constant, normal } from './initial.ts';
import type { Backbone, Parameters, ParameterValues, SequenceModel } from './model.ts';
import { initNorm, norm } from './norm.ts';
import { stack } from './stack.ts';
import { vectorEnds, vectorModel } from './vectors.ts';
import type { VectorConfig } from './vectors.ts';

/**
 * The GPT-2-style Transformer without positions (content/methods.mdx, Models): pre-norm blocks of causal attention
 * and a four times wider MLP. Parameter names are those of Garg et al. around Hugging Face's GPT-2, whose `Conv1D`
 * weights are [in out].
 *
 *     B  prompts        d_model  width of the residual
 *     L  tokens         n_head   heads, each d_model / n_head wide
 */
export type Gpt2Config = {
  model: 'gpt2';
  d_model: number;
  n_layer: number;
  n_head: number;
};

const DEVIATION = 0.02;

export const gpt2 = (config: Gpt2Config & VectorConfig): SequenceModel =>
  vectorModel(backbone(config), vectorEnds(config));

/** As published at all three sizes. */
export const GPT2: Architecture<Gpt2Config> = {
  backbone,
  sizes: {
    tiny: { model: 'gpt2', d_model: 64, n_layer: 3, n_head: 2 },
    small: { model: 'gpt2', d_model: 128, n_layer: 6, n_head: 4 },
    standard: { model: 'gpt2', d_model: 256, n_layer: 12, n_head: 8 },
  },
  parameterCounts: { tiny: 151_489, small: 1_192_705, standard: 9_483_265 },
};

/** @public found by its name, as what nodes are given */
export function backbone(config: Gpt2Config): Backbone {
  checkHeads(config);
  return stack({
    n_layer: config.n_layer,
    init: (random) => init(config, random),
    layer: (p, index, stream) => block(config, p, `_backbone.h.${index}`, stream),
    norm: (p, residual) => norm(p, '_backbone.ln_f', residual),
  });
}

/** @throws Error where heads would not be of one width */
export function checkHeads(config: { model: string; d_model: number; n_head: number }): void {
  const { model, d_model, n_head } = config;
  if (d_model % n_head === 0) return;
  throw new Error(
    `${model} config: expected d_model divisible by n_head, got ${d_model} and ${n_head}; change one`,
  );
}

export const conv1d = (parameters: Parameters, prefix: string, x: Tensor): Tensor =>
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

export function init(config: Gpt2Config, random: RandomStream): ParameterValues {
  const { d_model, n_layer } = config;
  const values: ParameterValues = {};
  for (let layer = 0; layer < n_layer; layer++) {
    const prefix = `_backbone.h.${layer}`;
    Object.assign(values, initBlock(config, random.fork(layer), prefix));
  }
  return { ...values, ...initNorm('_backbone.ln_f', d_model) };
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
