import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../checkpoints/config.ts';
import { sigmoidGate, squaredRelu } from '../kernels/gates/op.ts';
import { layerNorm } from '../kernels/norm/op.ts';
import { tokenMix } from '../kernels/token-mix/op.ts';
import { NO_EXPONENT, wkvWithState } from '../kernels/wkv/op.ts';
import { lastTokens, zeros } from '../models/stack.ts';
import type { Block, Memory, Network, Pass } from './network.ts';
import { headTensor } from './settings.ts';
import type { Need, Weights } from './weights.ts';

/** As in src/models/rwkv4.ts; a layer remembers the inputs of both mixings at the last token, and WKV's state. */
interface Sizes {
  d_model: number;
  d_attention: number;
  d_wide: number;
}

/** RWKV-4. */
export function rwkv(config: Config, stored: (name: string) => boolean): Network {
  const layers = config.count('num_hidden_layers', { aliases: ['n_layer'] });
  const d_model = config.count('hidden_size', { aliases: ['n_embd'] });
  const sizes = {
    d_model,
    d_attention: config.count('attention_hidden_size', { missing: d_model }),
    d_wide: config.count('intermediate_size', { missing: 4 * d_model }),
  };
  const epsilon = config.number('layer_norm_epsilon', { missing: 1e-5 });
  const rescaleEvery = config.count('rescale_every', { missing: 6 });
  const vocabulary = config.count('vocab_size');
  const embedding = 'rwkv.embeddings.weight';
  const head = headTensor(config, stored, { embedding, head: 'head.weight', usually: false });
  const table: readonly number[] = [vocabulary, d_model];
  return {
    architecture: 'rwkv',
    layers,
    d_model,
    vocabulary,
    needs: {
      'embedding.weight': { from: [[embedding, table]], matrix: true },
      ...(head !== embedding && { 'head.weight': { from: [[head, table]], matrix: true } }),
      ...normNeeds('before', 'rwkv.blocks.0.pre_ln', d_model),
      ...normNeeds('norm', 'rwkv.ln_out', d_model),
      ...Object.fromEntries(Array.from({ length: layers }, (_, i) => needsOf(sizes, i)).flat()),
    },
    superfluous: [/^head\.weight$/],
    begin: (weights, pass) => ({
      stream: norm(weights, 'before', weights.rows('embedding', pass.ids), epsilon),
      block: blockOf(epsilon, rescaleEvery, pass),
    }),
    norm: (weights, stream) => norm(weights, 'norm', stream, epsilon),
    remembered: () => layers * (2 * d_model + 3 * sizes.d_attention),
  };
}

const normNeeds = (name: string, stored: string, size: number): Record<string, Need> => ({
  [`${name}.weight`]: { from: [[`${stored}.weight`, [size]]] },
  [`${name}.bias`]: { from: [[`${stored}.bias`, [size]]] },
});

function needsOf({ d_model, d_attention, d_wide }: Sizes, layer: number): [string, Need][] {
  const at = `rwkv.blocks.${layer}`;
  const part = (name: string, shape: number[], make?: Need['make']): [string, Need] => [
    `${layer}.${name}`,
    { from: [[`${at}.${name}`, shape]], ...(make ? { make } : { matrix: shape.length === 2 }) },
  ];
  const mix = (name: string): [string, Need] =>
    part(name, [1, 1, d_model], (values) => tf.reshape(values, [d_model]));
  return [
    ...Object.entries(normNeeds(`${layer}.ln1`, `${at}.ln1`, d_model)),
    ...Object.entries(normNeeds(`${layer}.ln2`, `${at}.ln2`, d_model)),
    part('attention.time_decay', [d_attention], (log) => tf.neg(tf.exp(log))),
    part('attention.time_first', [d_attention]),
    mix('attention.time_mix_key'),
    mix('attention.time_mix_value'),
    mix('attention.time_mix_receptance'),
    mix('feed_forward.time_mix_key'),
    mix('feed_forward.time_mix_receptance'),
    part('attention.key.weight', [d_attention, d_model]),
    part('attention.value.weight', [d_attention, d_model]),
    part('attention.receptance.weight', [d_attention, d_model]),
    part('attention.output.weight', [d_model, d_attention]),
    part('feed_forward.key.weight', [d_wide, d_model]),
    part('feed_forward.receptance.weight', [d_model, d_model]),
    part('feed_forward.value.weight', [d_model, d_wide]),
  ];
}

const norm = (w: Weights, name: string, x: Tensor, epsilon: number): Tensor =>
  layerNorm(x, w.tensor(`${name}.weight`), w.tensor(`${name}.bias`), epsilon);

/**
 * Every `rescaleEvery` layers the residual is halved, and so is what later layers add to it: the same function but
 * for the norms' ε, and the published one.
 */
const blockOf =
  (epsilon: number, rescaleEvery: number, pass: Pass): Block =>
  (w, residual, memory, layer) => {
    const halvings = rescaleEvery > 0 ? Math.floor(layer / rescaleEvery) : 0;
    const scaled = (x: Tensor): Tensor => (halvings > 0 ? tf.mul(x, 2 ** -halvings) : x);
    const mixed = timeMixing(w, norm(w, 'ln1', residual, epsilon), memory, pass);
    const between = tf.add(residual, scaled(mixed));
    const fed = channelMixing(w, norm(w, 'ln2', between, epsilon), memory, pass);
    const out = tf.add(between, scaled(fed));
    return rescaleEvery > 0 && (layer + 1) % rescaleEvery === 0 ? tf.mul(out, 0.5) : out;
  };

/** The projections of a mixing by name: W_name (μ_name x_t + (1 - μ_name) x_{t-1}) [B L ·] of x [B L D] */
function projections(w: Weights, part: string, x: Tensor, memory: Memory, { own }: Pass) {
  const [batch, length, size] = x.shape as [number, number, number];
  const tokens = own ? tf.mul(x, own) : x;
  const seen = tf.concat([memory.recall(part) ?? zeros(1, size)(batch), tokens], 1);
  memory.keep(part, lastTokens(tokens, 1));
  return (name: string): Tensor => {
    const mixed = tokenMix(seen, w.tensor(`${part}.time_mix_${name}`));
    return w.linear(`${part}.${name}`, lastTokens(mixed, length));
  };
}

/** The block that remembers. x [B L D] → [B L D] */
function timeMixing(w: Weights, x: Tensor, memory: Memory, pass: Pass): Tensor {
  const projected = projections(w, 'attention', x, memory, pass);
  const { own } = pass;
  const k = projected('key');
  const inputs = {
    // A key that low weighs nothing.
    k: own ? tf.add(tf.mul(k, own), tf.mul(tf.sub(1, own), NO_EXPONENT)) : k,
    v: projected('value'),
    w: w.tensor('attention.time_decay'),
    u: w.tensor('attention.time_first'),
  };
  const { out, lastState } = wkvWithState(inputs, memory.recall('wkv'));
  memory.keep('wkv', lastState);
  return w.linear('attention.output', sigmoidGate(projected('receptance'), out));
}

/** The MLP. x [B L D] → [B L D] */
function channelMixing(w: Weights, x: Tensor, memory: Memory, pass: Pass): Tensor {
  const projected = projections(w, 'feed_forward', x, memory, pass);
  const wide = squaredRelu(projected('key'));
  return sigmoidGate(projected('receptance'), w.linear('feed_forward.value', wide));
}
