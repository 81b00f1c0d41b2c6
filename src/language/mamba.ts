import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../checkpoints/config.ts';
import { causalConvSilu } from '../kernels/causal-conv/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { rmsNorm } from '../kernels/norm/op.ts';
import { selectiveScanWithState } from '../kernels/selective-scan/op.ts';
import { lastTokens, zeros } from '../models/stack.ts';
import type { Block, Network, Pass } from './network.ts';
import { group, headTensor, insist } from './settings.ts';
import type { Need } from './weights.ts';

/** As in src/models/mamba.ts; a layer remembers the last inputs of the convolution, and the scan's state. */
interface Sizes {
  d_model: number;
  d_inner: number;
  d_state: number;
  d_conv: number;
  dt_rank: number;
}

/** Mamba, by Hugging Face's names or those of `mamba_ssm`. */
export function mamba(config: Config, stored: (name: string) => boolean): Network {
  const original = group(config, 'ssm_cfg');
  insist(original, 'layer', original.text('layer', { missing: 'Mamba1' }), ['Mamba1']);
  insist(config, 'rms_norm', config.boolean('rms_norm', { missing: true }), [true]);
  insist(config, 'hidden_act', config.text('hidden_act', { missing: 'silu' }), ['silu', 'swish']);
  const layers = config.count('num_hidden_layers', { aliases: ['n_layer'] });
  const epsilon = config.number('layer_norm_epsilon', { missing: 1e-5 });
  const sizes = sizesOf(config, original);
  const multiple = config.count('pad_vocab_size_multiple', { missing: 1 });
  const vocabulary = Math.ceil(config.count('vocab_size') / multiple) * multiple;
  const plural = 'backbone.embeddings.weight';
  const embedding = stored(plural) ? plural : 'backbone.embedding.weight';
  const head = headTensor(config, stored, { embedding, head: 'lm_head.weight', usually: true });
  const table: readonly number[] = [vocabulary, sizes.d_model];
  return {
    architecture: 'mamba',
    layers,
    d_model: sizes.d_model,
    vocabulary,
    needs: {
      'embedding.weight': { from: [[embedding, table]], matrix: true },
      ...(head !== embedding && { 'head.weight': { from: [[head, table]], matrix: true } }),
      'norm.weight': { from: [['backbone.norm_f.weight', [sizes.d_model]]] },
      ...Object.fromEntries(
        Array.from({ length: layers }, (_, i) => needsOf(sizes, i, biases(config))).flat(),
      ),
    },
    superfluous: [/^lm_head\.weight$/],
    begin: (weights, pass) => ({
      stream: weights.rows('embedding', pass.ids),
      block: blockOf(sizes, epsilon, pass),
    }),
    norm: (weights, stream) => rmsNorm(stream, weights.tensor('norm.weight'), epsilon),
    remembered: () => layers * sizes.d_inner * (sizes.d_conv + sizes.d_state),
  };
}

function sizesOf(config: Config, original: Config): Sizes {
  const d_model = config.count('hidden_size', { aliases: ['d_model'] });
  const expand = config.number('expand', { missing: original.number('expand', { missing: 2 }) });
  const auto = Math.ceil(d_model / 16);
  const rank = (of: Config, name: string, missing: number): number =>
    of.values[name] === 'auto' ? auto : of.count(name, { missing });
  return {
    d_model,
    d_inner: config.count('intermediate_size', { missing: expand * d_model }),
    d_state: config.count('state_size', { missing: original.count('d_state', { missing: 16 }) }),
    d_conv: config.count('conv_kernel', { missing: original.count('d_conv', { missing: 4 }) }),
    dt_rank: rank(config, 'time_step_rank', rank(original, 'dt_rank', auto)),
  };
}

interface Biases {
  projections: boolean;
  convolution: boolean;
}

const biases = (config: Config): Biases => ({
  projections: config.boolean('use_bias', { missing: false }),
  convolution: config.boolean('use_conv_bias', { missing: true }),
});

function needsOf(sizes: Sizes, layer: number, has: Biases): [string, Need][] {
  const { d_model, d_inner, d_state, d_conv, dt_rank } = sizes;
  const at = `backbone.layers.${layer}`;
  const mixer = (name: string, ...shape: number[]): [string, Need] => [
    `${layer}.${name}`,
    { from: [[`${at}.mixer.${name}`, shape]] },
  ];
  const matrix = (name: string, ...shape: number[]): [string, Need] => {
    const [own, need] = mixer(name, ...shape);
    return [own, { ...need, matrix: true }];
  };
  return [
    [`${layer}.norm.weight`, { from: [[`${at}.norm.weight`, [d_model]]] }],
    matrix('in_proj.weight', 2 * d_inner, d_model),
    ...(has.projections ? [mixer('in_proj.bias', 2 * d_inner)] : []),
    [
      `${layer}.conv.weight`,
      {
        from: [[`${at}.mixer.conv1d.weight`, [d_inner, 1, d_conv]]],
        make: (taps) => tf.reshape(taps, [d_inner, d_conv]),
      },
    ],
    ...(has.convolution ? [mixer('conv1d.bias', d_inner)] : []),
    matrix('x_proj.weight', dt_rank + 2 * d_state, d_inner),
    matrix('dt_proj.weight', d_inner, dt_rank),
    mixer('dt_proj.bias', d_inner),
    [
      `${layer}.A`,
      {
        from: [[`${at}.mixer.A_log`, [d_inner, d_state]]],
        make: (log) => tf.neg(tf.exp(log)),
      },
    ],
    mixer('D', d_inner),
    matrix('out_proj.weight', d_model, d_inner),
    ...(has.projections ? [mixer('out_proj.bias', d_model)] : []),
  ];
}

/** Far enough below zero for a step of softplus(delta) = 0, which leaves a state as it is. */
const NO_STEP = -1e9;

const blockOf =
  (sizes: Sizes, epsilon: number, { own, ids }: Pass): Block =>
  (w, residual, memory) => {
    const { d_inner, d_state, d_conv, dt_rank } = sizes;
    const [batch, length] = [ids.length, residual.shape[1] as number];
    const normed = rmsNorm(residual, w.tensor('norm.weight'), epsilon);
    const xz = w.linear('in_proj', normed); // [B L 2·d_inner]
    const [xIn, z] = splitColumns(xz, [d_inner, d_inner]) as [Tensor, Tensor];
    const before = memory.recall('conv') ?? zeros(d_conv, d_inner)(batch);
    const window = tf.concat([before, own ? tf.mul(xIn, own) : xIn], 1);
    memory.keep('conv', lastTokens(window, d_conv));
    const bias = w.find('conv1d.bias') ?? tf.zeros([d_inner]);
    const x = lastTokens(causalConvSilu(window, w.tensor('conv.weight'), bias), length); // [B L d_inner]
    const parts = splitColumns(w.linear('x_proj', x), [dt_rank, d_state, d_state]);
    const [dt, B, C] = parts as [Tensor, Tensor, Tensor];
    const step = w.linear('dt_proj', dt); // [B L d_inner]
    const { out, lastState } = selectiveScanWithState({
      u: x,
      delta: own ? tf.add(step, tf.mul(tf.sub(1, own), NO_STEP)) : step,
      A: w.tensor('A'),
      B,
      C,
      D: w.tensor('D'),
      z,
      initialState: memory.recall('scan'),
    });
    memory.keep('scan', lastState);
    return tf.add(residual, w.linear('out_proj', out));
  };
