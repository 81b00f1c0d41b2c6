import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, expectShape, runSingle, usesComposedOperations } from '../op.ts';

/**
 * Causal softmax attention over packed queries, keys and values, scaled by 1/sqrt(head dimension).
 *
 * Kernels: `CausalAttention` qkv [B L 3D] (q, k, v along the last axis, heads contiguous inside each),
 * attribute `heads` → [B L D]; `CausalAttentionGrad` also `dOut` [B L D] → dqkv. Probabilities are
 * recomputed in the backward pass; no [L L] matrix leaves the kernel.
 */
export function causalAttention(qkv: Tensor, heads: number): Tensor {
  expectShape('causalAttention qkv', qkv, [null, null, null]);
  const width = qkv.shape[2] as number;
  if (width % (3 * heads) !== 0) {
    throw new Error(
      `causalAttention qkv: expected a last axis divisible by 3 × heads = ${3 * heads}, got ${width}`,
    );
  }
  if (usesComposedOperations()) return composed(qkv, heads);
  return differentiable(
    { qkv },
    () => runSingle('CausalAttention', { qkv }, { heads }),
    (dOut, saved) => [runSingle('CausalAttentionGrad', { dOut, ...saved }, { heads })],
  );
}

function composed(qkv: Tensor, heads: number): Tensor {
  const [nBatch, length, width] = qkv.shape as [number, number, number];
  const channels = width / 3;
  const head = channels / heads;
  const [q, k, v] = tf
    .split(qkv, 3, 2)
    .map((x) => tf.transpose(tf.reshape(x, [nBatch, length, heads, head]), [0, 2, 1, 3])) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(head));
  const future = tf.sub(1, tf.linalg.bandPart(tf.ones([length, length]), -1, 0));
  const probabilities = tf.softmax(tf.sub(scores, tf.mul(future, 1e30)));
  const mixed = tf.transpose(tf.matMul(probabilities, v), [0, 2, 1, 3]);
  return tf.reshape(mixed, [nBatch, length, channels]);
}
