import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectShape, runSingle } from '../op.ts';

interface Heads {
  /** Heads of queries. */
  heads: number;
  /** Heads of keys and values, each for as many heads of queries. */
  groups: number;
}

/**
 * Causal softmax attention of the last L of T tokens to those before and themselves, scaled by 1/sqrt(head
 * dimension), where a prompt's tokens may begin later than the first place; what stands before them is not seen, and
 * gets zeros or, where the operation is composed, what nobody should use. No gradient.
 *
 * Kernel `CachedAttention`, on `wasm`: q, k, v, first, attributes `heads`, `groups` → [B L heads·head]; elsewhere
 * composed of stock operations.
 * @param q [B L heads·head], heads contiguous
 * @param k,v [B T groups·head]
 * @param first int32 [B]: place of each prompt's first token, among T
 * @returns [B L heads·head]
 */
export function cachedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  first: Tensor,
  { heads, groups }: Heads,
): Tensor {
  expectShape('cachedAttention q', q, [null, null, null]);
  const [batch, length, width] = q.shape as [number, number, number];
  if (heads % groups !== 0 || width % heads !== 0) {
    throw new Error(
      `cachedAttention q: expected ${heads} heads of one width, in ${groups} groups of one size, got ${width} in all`,
    );
  }
  expectShape('cachedAttention k', k, [batch, null, (width / heads) * groups]);
  expectShape('cachedAttention v', v, k.shape);
  expectShape('cachedAttention first', first, [batch]);
  if ((k.shape[1] as number) < length)
    throw new Error(`cachedAttention k: expected at least ${length} tokens, got ${k.shape[1]}`);
  return tf.getBackend() === 'wasm'
    ? runSingle('CachedAttention', { q, k, v, first }, { heads, groups })
    : composed({ q, k, v }, first, { heads, groups });
}

function composed(
  { q, k, v }: Record<'q' | 'k' | 'v', Tensor>,
  first: Tensor,
  { heads, groups }: Heads,
): Tensor {
  const [batch, length, width] = q.shape as [number, number, number];
  const tokens = k.shape[1] as number;
  const [head, shared] = [width / heads, heads / groups];
  const byGroup = (x: Tensor, count: number, rows: number): Tensor => {
    const apart = tf.reshape(x, [batch, rows, groups, count, head]);
    return tf.reshape(tf.transpose(apart, [0, 2, 3, 1, 4]), [batch * groups, count * rows, head]);
  };
  const scores = tf.mul(
    tf.matMul(byGroup(q, shared, length), byGroup(k, 1, tokens), false, true),
    1 / Math.sqrt(head),
  );
  const hidden = tf.mul(unseen(first, length, tokens), -1e30);
  const masked = tf.add(tf.reshape(scores, [batch, heads, length, tokens]), hidden);
  const weights = tf.reshape(tf.softmax(masked), [batch * groups, shared * length, tokens]);
  const mixed = tf.reshape(tf.matMul(weights, byGroup(v, 1, tokens)), [
    batch,
    groups,
    shared,
    length,
    head,
  ]);
  return tf.reshape(tf.transpose(mixed, [0, 3, 1, 2, 4]), q.shape);
}

/** 1 where a query does not see a key. [B 1 L T] */
function unseen(first: Tensor, length: number, tokens: number): Tensor {
  const key = tf.reshape(tf.range(0, tokens), [1, 1, 1, tokens]);
  const query = tf.reshape(tf.range(tokens - length, tokens), [1, 1, length, 1]);
  const start = tf.reshape(tf.cast(first, 'float32'), [-1, 1, 1, 1]);
  return tf.maximum(
    tf.cast(tf.greater(key, query), 'float32'),
    tf.cast(tf.less(key, start), 'float32'),
  );
}
