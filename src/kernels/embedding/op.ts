import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  differentiable,
  expectIds,
  expectShape,
  noGradient,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/**
 * The rows of a table that tokens ask for.
 *
 * Kernels: `Embedding` ids int32 [n], weight [V D] → [n D]; `EmbeddingGrad` dOut [n D], ids, attribute `rows` = V
 * → dWeight [V D], a row's gradients added in the order of the tokens, so that the same call gives the same bits.
 * An id outside 0 … V - 1 is an error; on `webgpu`, which cannot tell before it runs, its row is NaN.
 * @param ids int32 [… ]
 * @param weight [V D]
 * @returns [… D]
 */
export function embedding(ids: Tensor, weight: Tensor): Tensor {
  expectShape('embedding weight', weight, [null, null]);
  const [rows, size] = weight.shape as [number, number];
  expectIds('embedding ids', ids, rows);
  const flat = tf.reshape(ids, [-1]);
  const out = usesComposedOperations()
    ? tf.gather(weight, flat)
    : differentiable(
        { ids: flat, weight },
        () => runSingle('Embedding', { ids: flat, weight }),
        (dOut, saved) => [
          noGradient(saved.ids),
          runSingle('EmbeddingGrad', { dOut, ids: saved.ids }, { rows }),
        ],
      );
  return tf.reshape(out, [...ids.shape, size]);
}
