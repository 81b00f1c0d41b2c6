import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalConvSilu } from '../kernels/causal-conv/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { rmsNorm } from '../kernels/norm/op.ts';
import { selectiveScan } from '../kernels/selective-scan/op.ts';
import type { RandomStream } from '../training/random.ts';
import { constant, fill, uniform } from './initial.ts';
import type { Parameters, ParameterValues, SequenceModel } from './model.ts';

/**
 * Mamba (Gu & Dao 2023) over vectors: the block and initialisation of `mamba_ssm` 1.1, with linear read-in
 * and read-out in place of the vocabulary (PAPER 1.2). Parameter names are upstream's.
 *
 *     B  prompts        n_dims   components of a token      d_inner  expand · d_model
 *     L  tokens         d_model  width of the residual      d_state  states a channel (N)
 *                       d_conv   taps of the convolution    dt_rank  rank of Δ's projection
 */
export type MambaConfig = {
  model: 'mamba';
  n_dims: number;
  d_model: number;
  n_layer: number;
  d_state: number;
  d_conv: number;
  expand: number;
};

const EPSILON = 1e-5;
const DT_MIN = 0.001;
const DT_MAX = 0.1;
const DT_FLOOR = 1e-4;

/** The widths that follow from a configuration. */
function widths({ d_model, expand }: MambaConfig): { d_inner: number; dt_rank: number } {
  return { d_inner: expand * d_model, dt_rank: Math.ceil(d_model / 16) };
}

export function mamba(config: MambaConfig): SequenceModel {
  return {
    init: (random) => init(config, random),
    readOut,
    forward: (parameters, tokens, { observe } = {}) => {
      let residual = linear(
        tokens,
        parameters['backbone.embedding.weight']!,
        parameters['backbone.embedding.bias'],
      );
      for (let layer = 0; layer < config.n_layer; layer++) {
        const prefix = `backbone.layers.${layer}`;
        const normed = rmsNorm(residual, parameters[`${prefix}.norm.weight`]!, EPSILON);
        residual = tf.add(residual, mixer(config, parameters, `${prefix}.mixer`, normed));
        observe?.(`block.${layer}`, residual);
      }
      return readOut(parameters, residual);
    },
  };
}

/** The model's own decoder: final norm and read-out. residual [B L d_model] → [B L] */
function readOut(parameters: Parameters, residual: Tensor): Tensor {
  const normed = rmsNorm(residual, parameters['backbone.norm_f.weight']!, EPSILON);
  const out = linear(normed, parameters['lm_head.weight']!, parameters['lm_head.bias']);
  return tf.squeeze(out, [2]);
}

/** hidden [B L d_model] → [B L d_model] */
function mixer(
  config: MambaConfig,
  parameters: Parameters,
  prefix: string,
  hidden: Tensor,
): Tensor {
  const { d_state } = config;
  const { d_inner, dt_rank } = widths(config);
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;

  const xz = linear(hidden, p('in_proj.weight')); // [B L 2·d_inner]
  const [xIn, z] = splitColumns(xz, [d_inner, d_inner]) as [Tensor, Tensor];
  const taps = tf.reshape(p('conv1d.weight'), [d_inner, config.d_conv]);
  const x = causalConvSilu(xIn, taps, p('conv1d.bias')); // [B L d_inner]
  const dtBC = linear(x, p('x_proj.weight')); // [B L dt_rank + 2·d_state]
  const [dt, B, C] = splitColumns(dtBC, [dt_rank, d_state, d_state]) as [Tensor, Tensor, Tensor];
  const delta = linear(dt, p('dt_proj.weight')); // [B L d_inner]
  const A = tf.neg(tf.exp(p('A_log'))); // [d_inner d_state]
  const y = selectiveScan({ u: x, delta, A, B, C, D: p('D'), z, deltaBias: p('dt_proj.bias') });
  return linear(y, p('out_proj.weight'));
}

function init(config: MambaConfig, random: RandomStream): ParameterValues {
  const { n_dims, d_model, n_layer } = config;
  const values: ParameterValues = {
    'backbone.embedding.weight': uniform(
      random.fork('embedding'),
      [d_model, n_dims],
      n_dims ** -0.5,
    ),
    'backbone.embedding.bias': constant([d_model], 0),
  };
  for (let layer = 0; layer < n_layer; layer++) {
    const prefix = `backbone.layers.${layer}`;
    values[`${prefix}.norm.weight`] = constant([d_model], 1);
    const mixerValues = initMixer(config, random.fork(layer));
    for (const [name, value] of Object.entries(mixerValues))
      values[`${prefix}.mixer.${name}`] = value;
  }
  values['backbone.norm_f.weight'] = constant([d_model], 1);
  values['lm_head.weight'] = uniform(random.fork('head'), [1, d_model], d_model ** -0.5);
  values['lm_head.bias'] = constant([1], 0);
  return values;
}

function initMixer(config: MambaConfig, random: RandomStream): ParameterValues {
  const { d_model, d_state, d_conv, n_layer } = config;
  const { d_inner, dt_rank } = widths(config);
  const draw = (name: string, shape: number[], bound: number) =>
    uniform(random.fork(name), shape, bound);
  return {
    'in_proj.weight': draw('in_proj', [2 * d_inner, d_model], d_model ** -0.5),
    'conv1d.weight': draw('conv1d', [d_inner, 1, d_conv], d_conv ** -0.5),
    'conv1d.bias': draw('conv1d.bias', [d_inner], d_conv ** -0.5),
    'x_proj.weight': draw('x_proj', [dt_rank + 2 * d_state, d_inner], d_inner ** -0.5),
    'dt_proj.weight': draw('dt_proj', [d_inner, dt_rank], dt_rank ** -0.5),
    'dt_proj.bias': initialDeltaBias(random.fork('dt_proj.bias'), d_inner),
    A_log: fill([d_inner, d_state], (i) => Math.log((i % d_state) + 1)),
    D: constant([d_inner], 1),
    'out_proj.weight': draw('out_proj', [d_model, d_inner], (d_inner * n_layer) ** -0.5),
  };
}

/** The inverse softplus of a log-uniform step in [DT_MIN, DT_MAX]. */
const initialDeltaBias = (random: RandomStream, d_inner: number): ParameterValues[string] =>
  fill([d_inner], () => {
    const dt = Math.max(Math.exp(random.uniform(Math.log(DT_MIN), Math.log(DT_MAX))), DT_FLOOR);
    return dt + Math.log(-Math.expm1(-dt));
  });
