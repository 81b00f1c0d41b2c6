import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sigmoidGate, squaredRelu } from '../kernels/gates/op.ts';
import { linear } from '../kernels/linear/op.ts';
import { tokenMix } from '../kernels/token-mix/op.ts';
import { NO_EXPONENT, wkv, wkvWithState } from '../kernels/wkv/op.ts';
import type { WkvInputs } from '../kernels/wkv/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { fill, uniform } from './initial.ts';
import type { Backbone, Parameters, ParameterValues, SequenceModel } from './model.ts';
import { initNorm, norm } from './norm.ts';
import { lastTokens, stack, zeros } from './stack.ts';
import type { Memory } from './stack.ts';
import { vectorEnds, vectorModel } from './vectors.ts';
import type { InitLinear, VectorConfig } from './vectors.ts';

/**
 * RWKV-4 (Peng et al. 2023). Parameter names are those of Hugging Face's implementation; over vectors, a linear
 * read-in and read-out stand in place of the vocabulary. In the paper's letters:
 *
 *     B  prompts        d_model  width of the residual (D)  time_decay  log(-w), w the decay a token
 *     L  tokens                                             time_first  u, the current token's bonus
 *                                                           time_mix_*  μ, this token against the last
 *
 * Not here: rescaling of the residual every few layers, which half precision needs.
 */
export type Rwkv4Config = {
  model: 'rwkv4';
  d_model: number;
  n_layer: number;
};

export const rwkv4 = (config: Rwkv4Config & VectorConfig): SequenceModel =>
  vectorModel(backbone(config), vectorEnds(config, undefined, initEnd));

export const RWKV4: Architecture<Rwkv4Config> = {
  backbone,
  sizes: {
    tiny: { model: 'rwkv4', d_model: 64, n_layer: 3 },
    small: { model: 'rwkv4', d_model: 128, n_layer: 6 },
    standard: { model: 'rwkv4', d_model: 256, n_layer: 12 },
  },
  parameterCounts: { tiny: 163_521, small: 1_289_729, standard: 10_264_065 },
};

/**
 * What a layer remembers: the inputs of both mixings at the token before, [B 1 D] each, and WKV's [B 3 D].
 * @public found by its name, as what nodes are given
 */
export function backbone(config: Rwkv4Config): Backbone {
  const { n_layer, d_model } = config;
  const noToken = (batch: number): Tensor =>
    tf.tile(tf.tensor([0, 0, NO_EXPONENT], [1, 3, 1]), [batch, 1, d_model]);
  return stack({
    n_layer,
    init: (random) => init(config, random),
    enter: (p, stream) => norm(p, '_backbone.blocks.0.pre_ln', stream),
    layer: (p, index, stream, { memory }) => block(p, `_backbone.blocks.${index}`, stream, memory),
    norm: (p, residual) => norm(p, '_backbone.ln_out', residual),
    blank: { attention: zeros(1, d_model), feed_forward: zeros(1, d_model), wkv: noToken },
  });
}

/** residual [B L D] → [B L D] */
function block(p: Parameters, prefix: string, residual: Tensor, memory?: Memory): Tensor {
  const mixed = timeMixing(p, prefix, norm(p, `${prefix}.ln1`, residual), memory);
  const between = tf.add(residual, mixed);
  const fed = channelMixing(p, prefix, norm(p, `${prefix}.ln2`, between), memory);
  return tf.add(between, fed);
}

/** The projections of a mixing by name: W_name (μ_name x_t + (1 - μ_name) x_{t-1}) [B L ·] of x [B L D] */
function projections(p: Parameters, block: string, part: string, x: Tensor, memory?: Memory) {
  const seen = memory ? tf.concat([memory.recall(part), x], 1) : x;
  memory?.keep(part, lastTokens(x, 1));
  return (name: string): Tensor => {
    const mix = tf.reshape(p[`${block}.${part}.time_mix_${name}`]!, [-1]);
    const mixed = tokenMix(seen, mix);
    const own = memory ? lastTokens(mixed, 1) : mixed;
    return linear(own, p[`${block}.${part}.${name}.weight`]!);
  };
}

/** The block that remembers. x [B L D] → [B L D] */
function timeMixing(p: Parameters, block: string, x: Tensor, memory?: Memory): Tensor {
  const projected = projections(p, block, 'attention', x, memory);
  const k = projected('key');
  const v = projected('value');
  const w = tf.neg(tf.exp(p[`${block}.attention.time_decay`]!));
  const inputs = { k, v, w, u: p[`${block}.attention.time_first`]! };
  const y = memory ? stepWkv(inputs, memory) : wkv(inputs);
  const gated = sigmoidGate(projected('receptance'), y);
  return linear(gated, p[`${block}.attention.output.weight`]!);
}

function stepWkv(inputs: WkvInputs, memory: Memory): Tensor {
  const { out, lastState } = wkvWithState(inputs, memory.recall('wkv'));
  memory.keep('wkv', lastState);
  return out;
}

/** The MLP, four times wider inside. x [B L D] → [B L D] */
function channelMixing(p: Parameters, block: string, x: Tensor, memory?: Memory): Tensor {
  const projected = projections(p, block, 'feed_forward', x, memory);
  const k = squaredRelu(projected('key')); // [B L 4·D]
  const v = linear(k, p[`${block}.feed_forward.value.weight`]!);
  return sigmoidGate(projected('receptance'), v);
}

const initEnd: InitLinear = (random, { prefix, fork }, nIn, nOut) => ({
  [`${prefix}.weight`]: uniform(random.fork(fork), [nOut, nIn], nIn ** -0.5),
  [`${prefix}.bias`]: uniform(random.fork(`${fork}.bias`), [nOut], nIn ** -0.5),
});

/**
 * The published initialisation of decays, bonuses and mixtures, by depth and channel (RWKV-4, appendix E;
 * Hugging Face's port leaves every bonus at 1); projections as PyTorch's `nn.Linear`, like that port.
 */
function init({ d_model, n_layer }: Rwkv4Config, random: RandomStream): ParameterValues {
  const values: ParameterValues = initNorm('_backbone.blocks.0.pre_ln', d_model);
  for (let layer = 0; layer < n_layer; layer++) {
    const block = `_backbone.blocks.${layer}`;
    Object.assign(values, initNorm(`${block}.ln1`, d_model), initNorm(`${block}.ln2`, d_model));
    const times = initTimes(d_model, layer, n_layer);
    const projections = initProjections(d_model, random.fork(layer));
    for (const [name, value] of Object.entries({ ...times, ...projections }))
      values[`${block}.${name}`] = value;
  }
  return { ...values, ...initNorm('_backbone.ln_out', d_model) };
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
