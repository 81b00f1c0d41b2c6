import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../checkpoints/config.ts';
import { fault } from '../checkpoints/fault.ts';
import { cachedAttention } from '../kernels/cached-attention/op.ts';
import { splitColumns } from '../kernels/columns/op.ts';
import { sigmoidGate } from '../kernels/gates/op.ts';
import { geluExact } from '../kernels/gelu-exact/op.ts';
import { gelu } from '../kernels/gelu/op.ts';
import { layerNorm, rmsNorm } from '../kernels/norm/op.ts';
import { rotary, rotaryTable } from '../kernels/rotary/op.ts';
import type { RotaryStyle } from '../kernels/rotary/op.ts';
import { positionsOf } from './network.ts';
import type { Block, Memory, Network, Pass } from './network.ts';
import type { Weights } from './weights.ts';

/**
 * What the published Transformers differ in. Weights of a layer: `norm1`, `qkv` (queries, keys, values stacked),
 * `out`, `norm2`, `up`, `down`; gated, `up` is the gate's rows above the others.
 */
export interface Transformer extends Omit<Network, 'begin' | 'norm' | 'remembered'> {
  heads: number;
  /** Heads of keys and values, each shared by as many heads of queries. */
  groups: number;
  /** Components of a head. */
  head: number;
  epsilon: number;
  rms: boolean;
  /** How positions enter: rows of `positions` are added to the embedding, or heads turn. */
  rotary?: { rotated: number; base: number; style: RotaryStyle };
  /** Whether attention and MLP read the stream side by side; through one norm where there is no `norm2`. */
  parallel: boolean;
  activation: (x: Tensor) => Tensor;
  gated: boolean;
  /** Factor of a layer's scores, besides 1/sqrt(head). */
  scale?: (layer: number) => number;
}

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  gelu: geluExact,
  gelu_new: gelu,
  gelu_fast: gelu,
  gelu_pytorch_tanh: gelu,
  relu: (x) => tf.relu(x),
  silu: (x) => sigmoidGate(x, x),
  swish: (x) => sigmoidGate(x, x),
};

export function activation(config: Config, name: string, missing: string): (x: Tensor) => Tensor {
  const asked = config.text(name, { missing });
  const known = Object.hasOwn(ACTIVATIONS, asked) ? ACTIVATIONS[asked] : undefined;
  return (
    known ??
    fault(
      `${config.where}: ${name}`,
      `one of ${Object.keys(ACTIVATIONS).join(', ')}`,
      asked,
      'take a checkpoint of the published kind',
    )
  );
}

export function transformer(model: Transformer): Network {
  const { layers, groups, head } = model;
  return {
    ...model,
    begin: (weights, pass) => ({
      stream: enter(model, weights, pass),
      block: blockOf(model, pass),
    }),
    norm: (weights, stream) => normalise(model, weights, 'norm', stream),
    remembered: (tokens) => 2 * layers * groups * head * tokens,
  };
}

function enter(model: Transformer, weights: Weights, pass: Pass): Tensor {
  const stream = weights.rows('embedding', pass.ids);
  return model.rotary ? stream : tf.add(stream, weights.rows('positions', positionsOf(pass)));
}

function normalise({ rms, epsilon }: Transformer, w: Weights, name: string, x: Tensor): Tensor {
  const weight = w.tensor(`${name}.weight`);
  return rms
    ? rmsNorm(x, weight, epsilon)
    : layerNorm(x, weight, w.tensor(`${name}.bias`), epsilon);
}

function blockOf(model: Transformer, pass: Pass): Block {
  const { rotary: turn, parallel } = model;
  const first = tf.tensor([...pass.first], [pass.first.length], 'int32');
  const table = turn && rotaryTable(distinct(positionsOf(pass)), turn.rotated, turn.base);
  return (w, residual, memory, layer) => {
    const normed = normalise(model, w, 'norm1', residual);
    const attended = w.linear('out', attend(model, w, { normed, table, memory, layer, first }));
    const between = tf.add(residual, attended);
    if (!parallel) return tf.add(between, mlp(model, w, normalise(model, w, 'norm2', between)));
    const read = w.find('norm2.weight') ? normalise(model, w, 'norm2', residual) : normed;
    return tf.add(between, mlp(model, w, read));
  };
}

/** One list where all prompts have the same positions. */
const distinct = (positions: number[][]): number[][] =>
  new Set(positions.map(([first]) => first)).size === 1 ? positions.slice(0, 1) : positions;

interface Attending {
  normed: Tensor;
  table: Tensor | undefined;
  memory: Memory;
  layer: number;
  first: Tensor;
}

/** [B L d_model] → [B L heads · head] */
function attend(
  { heads, groups, head, rotary: turn, scale }: Transformer,
  w: Weights,
  { normed, table, memory, layer, first }: Attending,
): Tensor {
  const sizes = [heads * head, groups * head, groups * head];
  const [query, key, v] = splitColumns(w.linear('qkv', normed), sizes) as [Tensor, Tensor, Tensor];
  const turned = (x: Tensor, count: number): Tensor =>
    turn && table ? rotary(x, table, count, turn.style) : x;
  const factor = scale?.(layer) ?? 1;
  const q = turned(factor === 1 ? query : tf.mul(query, factor), heads);
  const keys = remembered(memory, 'keys', turned(key, groups));
  const values = remembered(memory, 'values', v);
  return cachedAttention(q, keys, values, first, { heads, groups });
}

/** Those of the tokens before, and these. [B L ·] → [B past+L ·] */
function remembered(memory: Memory, name: string, fresh: Tensor): Tensor {
  const before = memory.recall(name);
  const all = before ? tf.concat([before, fresh], 1) : fresh;
  memory.keep(name, all);
  return all;
}

function mlp({ activation, gated }: Transformer, w: Weights, x: Tensor): Tensor {
  const up = w.linear('up', x);
  if (!gated) return w.linear('down', activation(up));
  const half = (up.shape.at(-1) as number) / 2;
  const [gate, value] = splitColumns(up, [half, half]) as [Tensor, Tensor];
  return w.linear('down', tf.mul(activation(gate), value));
}
