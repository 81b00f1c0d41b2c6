import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalConvSilu } from '../kernels/causal-conv/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { rmsNorm } from '../kernels/norm/op.ts';
import { selectiveScan } from '../kernels/selective-scan/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { constant, fill, normal, uniform } from './initial.ts';
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
  /**
   * In training each layer's scan starts from N(0, state_noise²), not zero (Buitrago & Gu 2025, arXiv
   * 2507.02782); none if absent.
   */
  state_noise?: number;
};

/** What one block depends on, whatever it stands among. */
export type MambaBlockConfig = Omit<MambaConfig, 'model' | 'n_dims'>;

export const EPSILON = 1e-5;
const DT_MIN = 0.001;
const DT_MAX = 0.1;
const DT_FLOOR = 1e-4;

/** The widths that follow from a configuration. */
export function widths({ d_model, expand }: MambaBlockConfig): {
  d_inner: number;
  dt_rank: number;
} {
  return { d_inner: expand * d_model, dt_rank: Math.ceil(d_model / 16) };
}

export function mamba(config: MambaConfig): SequenceModel {
  return {
    init: (random) => init(config, random),
    readOut,
    draws: config.state_noise !== undefined,
    forward: (parameters, tokens, { observe, random } = {}) => {
      let residual = readIn(parameters, tokens);
      for (let layer = 0; layer < config.n_layer; layer++) {
        const prefix = `backbone.layers.${layer}`;
        residual = mambaBlock(config, parameters, prefix, residual, random?.fork(layer));
        observe?.(`block.${layer}`, residual);
      }
      return readOut(parameters, residual);
    },
  };
}

/** tokens [B L n_dims] → residual [B L d_model] */
export const readIn = (p: Parameters, tokens: Tensor): Tensor =>
  linear(tokens, p['backbone.embedding.weight']!, p['backbone.embedding.bias']);

/** residual [B L d_model] → [B L d_model] */
export function mambaBlock(
  config: MambaBlockConfig,
  parameters: Parameters,
  prefix: string,
  residual: Tensor,
  random?: RandomStream,
): Tensor {
  const normed = rmsNorm(residual, parameters[`${prefix}.norm.weight`]!, EPSILON);
  return tf.add(residual, mixer(config, parameters, `${prefix}.mixer`, normed, random));
}

/** The model's own decoder: final norm and read-out. residual [B L d_model] → [B L] */
export function readOut(parameters: Parameters, residual: Tensor): Tensor {
  const normed = rmsNorm(residual, parameters['backbone.norm_f.weight']!, EPSILON);
  const out = linear(normed, parameters['lm_head.weight']!, parameters['lm_head.bias']);
  return tf.squeeze(out, [2]);
}

/** hidden [B L d_model] → [B L d_model] */
function mixer(
  config: MambaBlockConfig,
  parameters: Parameters,
  prefix: string,
  hidden: Tensor,
  random?: RandomStream,
): Tensor {
  const { d_state, state_noise = 0 } = config;
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
  const fixed = { A, D: p('D'), deltaBias: p('dt_proj.bias') };
  const initialState =
    random && state_noise > 0
      ? noise(random, [hidden.shape[0], d_inner, d_state], state_noise)
      : undefined;
  const y = selectiveScan({ u: x, delta, B, C, z, ...fixed, initialState });
  return linear(y, p('out_proj.weight'));
}

/** N(0, deviation²) as a tensor. */
function noise(random: RandomStream, shape: number[], deviation: number): Tensor {
  return tf.tensor(normal(random, shape, deviation).values, shape);
}

function init(config: MambaConfig, random: RandomStream): ParameterValues {
  const values = initReadIn(config, random);
  for (let layer = 0; layer < config.n_layer; layer++) {
    const prefix = `backbone.layers.${layer}`;
    Object.assign(values, initMambaBlock(config, random.fork(layer), prefix));
  }
  return { ...values, ...initReadOut(config, random) };
}

type Ends = Pick<MambaConfig, 'n_dims' | 'd_model'>;

export const initReadIn = ({ n_dims, d_model }: Ends, random: RandomStream): ParameterValues => ({
  'backbone.embedding.weight': uniform(random.fork('embedding'), [d_model, n_dims], n_dims ** -0.5),
  'backbone.embedding.bias': constant([d_model], 0),
});

export const initReadOut = ({ d_model }: Ends, random: RandomStream): ParameterValues => ({
  'backbone.norm_f.weight': constant([d_model], 1),
  'lm_head.weight': uniform(random.fork('head'), [1, d_model], d_model ** -0.5),
  'lm_head.bias': constant([1], 0),
});

/** @param config n_layer is the number of blocks whose outputs add up in the residual */
export function initMambaBlock(
  config: MambaBlockConfig,
  random: RandomStream,
  prefix: string,
): ParameterValues {
  const values: ParameterValues = {
    [`${prefix}.norm.weight`]: constant([config.d_model], 1),
  };
  for (const [name, value] of Object.entries(initMixer(config, random)))
    values[`${prefix}.mixer.${name}`] = value;
  return values;
}

function initMixer(config: MambaBlockConfig, random: RandomStream): ParameterValues {
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
