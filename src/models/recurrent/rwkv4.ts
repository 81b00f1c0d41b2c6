import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sigmoidGate, squaredRelu } from '../../kernels/gates/op.ts';
import { linear } from '../../kernels/linear/op.ts';
import { NO_EXPONENT, wkvWithState } from '../../kernels/wkv/op.ts';
import type { Parameters, RecurrentModel } from '../model.ts';
import { norm, rwkv4 } from '../rwkv4.ts';
import type { Rwkv4Config } from '../rwkv4.ts';
import { asSequence, recurrent, zeros } from './steps.ts';
import type { Memory } from './steps.ts';

/** State of a layer: the inputs of both mixings at the token before, [B D] each, and WKV's [B 3 D]. */
export function recurrentRwkv4(config: Rwkv4Config): RecurrentModel {
  const { d_model, n_layer } = config;
  const { readOut } = rwkv4(config);
  const noToken = (batch: number): Tensor =>
    tf.tile(tf.tensor([0, 0, NO_EXPONENT], [1, 3, 1]), [batch, 1, d_model]);
  return recurrent(n_layer, {
    blank: { attention: zeros(d_model), feed_forward: zeros(d_model), wkv: noToken },
    run(p, token, memoryOf) {
      let residual = linear(token, p['_read_in.weight']!, p['_read_in.bias']);
      residual = norm(p, '_backbone.blocks.0.pre_ln', residual);
      for (let layer = 0; layer < n_layer; layer++) {
        const block = `_backbone.blocks.${layer}`;
        const memory = memoryOf(layer);
        const mixed = timeMixing(p, block, norm(p, `${block}.ln1`, residual), memory);
        residual = tf.add(residual, mixed);
        const fed = channelMixing(p, block, norm(p, `${block}.ln2`, residual), memory);
        residual = tf.add(residual, fed);
      }
      return tf.squeeze(readOut(p, asSequence(residual)), [1]);
    },
  });
}

/** The projections of a mixing at one token x [B D], each of the token and the one before. */
function projections(p: Parameters, block: string, part: string, x: Tensor, memory: Memory) {
  const before = memory.recall(part);
  memory.keep(part, x);
  return (name: string): Tensor => {
    const mix = tf.reshape(p[`${block}.${part}.time_mix_${name}`]!, [-1]);
    const mixed = tf.add(before, tf.mul(mix, tf.sub(x, before)));
    return linear(mixed, p[`${block}.${part}.${name}.weight`]!);
  };
}

/** x [B D] → [B D] */
function timeMixing(p: Parameters, block: string, x: Tensor, memory: Memory): Tensor {
  const projected = projections(p, block, 'attention', x, memory);
  const inputs = {
    k: asSequence(projected('key')),
    v: asSequence(projected('value')),
    w: tf.neg(tf.exp(p[`${block}.attention.time_decay`]!)),
    u: p[`${block}.attention.time_first`]!,
  };
  const { out, lastState } = wkvWithState(inputs, memory.recall('wkv'));
  memory.keep('wkv', lastState);
  const gated = sigmoidGate(projected('receptance'), tf.squeeze(out, [1]));
  return linear(gated, p[`${block}.attention.output.weight`]!);
}

/** x [B D] → [B D] */
function channelMixing(p: Parameters, block: string, x: Tensor, memory: Memory): Tensor {
  const projected = projections(p, block, 'feed_forward', x, memory);
  const v = linear(squaredRelu(projected('key')), p[`${block}.feed_forward.value.weight`]!);
  return sigmoidGate(projected('receptance'), v);
}
