import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

interface Attention {
  heads: number;
  /** Heads of keys and values. */
  groups: number;
  /** Of each prompt, the first key that counts. */
  first: readonly number[];
}

/**
 * Causal attention of the last L of T tokens to all of them, scaled by 1/sqrt(head).
 * @param q [B L heads·head]
 * @param k,v [B T groups·head]
 * @returns [B L heads·head]
 */
export function cachedAttention(q: Tensor, k: Tensor, v: Tensor, options: Attention): Tensor {
  const { heads, groups, first } = options;
  const [batch, length, width] = q.shape as [number, number, number];
  const tokens = k.shape[1] as number;
  const [head, shared] = [width / heads, heads / groups];
  const together = tf.transpose(
    tf.reshape(q, [batch, length, groups, shared, head]),
    [0, 2, 3, 1, 4],
  );
  const queries = tf.reshape(together, [batch * groups, shared * length, head]);
  const byGroup = (x: Tensor): Tensor =>
    tf.reshape(tf.transpose(tf.reshape(x, [batch, tokens, groups, head]), [0, 2, 1, 3]), [
      batch * groups,
      tokens,
      head,
    ]);
  const scores = tf.mul(tf.matMul(queries, byGroup(k), false, true), 1 / Math.sqrt(head));
  const seen = mask(batch, length, tokens, first);
  const masked = tf.add(tf.reshape(scores, [batch, groups * shared, length, tokens]), seen);
  const mixed = tf.matMul(
    tf.reshape(tf.softmax(masked), [batch * groups, shared * length, tokens]),
    byGroup(v),
  );
  const apart = tf.reshape(mixed, [batch, groups, shared, length, head]);
  return tf.reshape(tf.transpose(apart, [0, 3, 1, 2, 4]), q.shape);
}

/** [B 1 L T]: 0 where a query sees a key, far below everything where it does not. */
function mask(batch: number, length: number, tokens: number, first: readonly number[]): Tensor {
  const values = new Float32Array(batch * length * tokens);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++) {
      const last = tokens - length + t;
      const at = (b * length + t) * tokens;
      for (let j = 0; j < tokens; j++) {
        if (j < (first[b] ?? 0) || j > last) values[at + j] = -1e30;
      }
    }
  }
  return tf.tensor(values, [batch, 1, length, tokens]);
}
