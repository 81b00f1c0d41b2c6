import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalConvSilu } from '../kernels/causal-conv/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { rmsNorm } from '../kernels/norm/op.ts';
import { selectiveScan, selectiveScanWithState } from '../kernels/selective-scan/op.ts';
import type { SelectiveScanInputs } from '../kernels/selective-scan/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { constant, fill, normal, uniform } from './initial.ts';
import type { Backbone, Ends, Parameters, ParameterValues, SequenceModel } from './model.ts';
import { lastTokens, stack, zeros } from './stack.ts';
import type { LayerOptions, Memory } from './stack.ts';
import { vectorEnds, vectorModel } from './vectors.ts';
import type { InitLinear, VectorConfig } from './vectors.ts';

/**
 * Mamba (Gu & Dao 2023): the block and initialisation of `mamba_ssm` 1.1 (PAPER 1.2). Parameter names are
 * upstream's; over vectors, a linear read-in and read-out stand in place of the vocabulary.
 *
 *     B  prompts        d_model  width of the residual      d_inner  expand · d_model
 *     L  tokens         d_conv   taps of the convolution    d_state  states a channel (N)
 *                                                           dt_rank  rank of Δ's projection
 */
export type MambaConfig = {
  model: 'mamba';
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
export type MambaBlockConfig = Omit<MambaConfig, 'model'>;

const EPSILON = 1e-5;
const DT_MIN = 0.001;
const DT_MAX = 0.1;
const DT_FLOOR = 1e-4;

/** The widths that follow from a configuration. */
function widths({ d_model, expand }: MambaBlockConfig): {
  d_inner: number;
  dt_rank: number;
} {
  return { d_inner: expand * d_model, dt_rank: Math.ceil(d_model / 16) };
}

export const mamba = (config: MambaConfig & VectorConfig): SequenceModel =>
  vectorModel(backbone(config), mambaEnds(config));

const BLOCK = { d_state: 16, d_conv: 4, expand: 2 };

/** As published at all three sizes. */
export const MAMBA: Architecture<MambaConfig> = {
  backbone,
  sizes: {
    tiny: { model: 'mamba', d_model: 64, n_layer: 6, ...BLOCK },
    small: { model: 'mamba', d_model: 128, n_layer: 12, ...BLOCK },
    standard: { model: 'mamba', d_model: 256, n_layer: 24, ...BLOCK },
  },
  parameterCounts: { tiny: 197_697, small: 1_402_241, standard: 10_518_273 },
};

/**
 * What a layer remembers: the last inputs of the convolution [B d_conv d_inner], and the scan's h [B d_inner N].
 * @public found by its name, as what nodes are given
 */
export function backbone(config: MambaConfig): Backbone {
  const { n_layer, d_conv, d_state, state_noise } = config;
  const { d_inner } = widths(config);
  return stack({
    n_layer,
    init: (random) => init(config, random),
    layer: (p, index, stream, options) =>
      mambaBlock(config, p, `backbone.layers.${index}`, stream, options),
    norm: mambaNorm,
    blank: { conv: zeros(d_conv, d_inner), scan: zeros(d_inner, d_state) },
    draws: state_noise !== undefined,
  });
}

/** residual [B L d_model] → [B L d_model] */
export function mambaBlock(
  config: MambaBlockConfig,
  parameters: Parameters,
  prefix: string,
  residual: Tensor,
  options: LayerOptions,
): Tensor {
  const normed = rmsNorm(residual, parameters[`${prefix}.norm.weight`]!, EPSILON);
  return tf.add(residual, mixer(config, parameters, `${prefix}.mixer`, normed, options));
}

/** The final norm. [B L d_model] → [B L d_model] */
export const mambaNorm = (parameters: Parameters, residual: Tensor): Tensor =>
  rmsNorm(residual, parameters['backbone.norm_f.weight']!, EPSILON);

/** hidden [B L d_model] → [B L d_model] */
function mixer(
  config: MambaBlockConfig,
  parameters: Parameters,
  prefix: string,
  hidden: Tensor,
  { random, memory }: LayerOptions,
): Tensor {
  const { d_state, d_conv, state_noise = 0 } = config;
  const { d_inner, dt_rank } = widths(config);
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;

  const xz = linear(hidden, p('in_proj.weight')); // [B L 2·d_inner]
  const [xIn, z] = splitColumns(xz, [d_inner, d_inner]) as [Tensor, Tensor];
  const taps = tf.reshape(p('conv1d.weight'), [d_inner, d_conv]);
  const convolved = causalConvSilu(withPast(xIn, d_conv, memory), taps, p('conv1d.bias'));
  const x = memory ? lastTokens(convolved, 1) : convolved; // [B L d_inner]
  const dtBC = linear(x, p('x_proj.weight')); // [B L dt_rank + 2·d_state]
  const [dt, B, C] = splitColumns(dtBC, [dt_rank, d_state, d_state]) as [Tensor, Tensor, Tensor];
  const delta = linear(dt, p('dt_proj.weight')); // [B L d_inner]
  const A = tf.neg(tf.exp(p('A_log'))); // [d_inner d_state]
  const inputs = { u: x, delta, A, B, C, D: p('D'), z, deltaBias: p('dt_proj.bias') };
  const initialState =
    random && state_noise > 0
      ? noise(random, [hidden.shape[0], d_inner, d_state], state_noise)
      : undefined;
  const y = memory ? stepScan(inputs, memory) : selectiveScan({ ...inputs, initialState });
  return linear(y, p('out_proj.weight'));
}

/** The tokens that the convolution sees: with a memory those before the token, too. */
function withPast(x: Tensor, d_conv: number, memory: Memory | undefined): Tensor {
  if (!memory) return x;
  const window = tf.concat([memory.recall('conv'), x], 1);
  memory.keep('conv', lastTokens(window, d_conv));
  return window;
}

function stepScan(inputs: SelectiveScanInputs, memory: Memory): Tensor {
  const scan = { ...inputs, initialState: memory.recall('scan') };
  const { out, lastState } = selectiveScanWithState(scan);
  memory.keep('scan', lastState);
  return out;
}

/** N(0, deviation²) as a tensor. */
function noise(random: RandomStream, shape: number[], deviation: number): Tensor {
  return tf.tensor(normal(random, shape, deviation).values, shape);
}

function init(config: MambaConfig, random: RandomStream): ParameterValues {
  const values: ParameterValues = {};
  for (let layer = 0; layer < config.n_layer; layer++) {
    const prefix = `backbone.layers.${layer}`;
    Object.assign(values, initMambaBlock(config, random.fork(layer), prefix));
  }
  return { ...values, ...initMambaNorm(config.d_model) };
}

export const initMambaNorm = (d_model: number): ParameterValues => ({
  'backbone.norm_f.weight': constant([d_model], 1),
});

const NAMES = {
  readIn: { prefix: 'backbone.embedding', fork: 'embedding' },
  readOut: { prefix: 'lm_head', fork: 'head' },
};

const initEnd: InitLinear = (random, { prefix, fork }, nIn, nOut) => ({
  [`${prefix}.weight`]: uniform(random.fork(fork), [nOut, nIn], nIn ** -0.5),
  [`${prefix}.bias`]: constant([nOut], 0),
});

export const mambaEnds = (config: VectorConfig & { d_model: number }): Ends =>
  vectorEnds(config, NAMES, initEnd);

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
