import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, expectShape, runSingle, usesComposedOperations } from '../op.ts';

/** `out_in` is PyTorch's `nn.Linear`, `in_out` is GPT-2's `Conv1D`. */
export type WeightLayout = 'out_in' | 'in_out';

/**
 * y = x Wᵀ + b.
 *
 * Kernels: `Linear` x [R in], weight [out in] or [in out] (attribute `layout`), bias? [out] → [R out];
 * `BatchMatMul` as in TensorFlow.js; `ColumnSum` x [R n] → [n].
 * @param x [… in]
 * @returns [… out]
 */
export function linear(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  layout: WeightLayout = 'out_in',
): Tensor {
  const [first, second] = weight.shape as [number, number];
  const [nIn, nOut] = layout === 'out_in' ? [second, first] : [first, second];
  expectShape('linear x', x, [...x.shape.slice(0, -1), nIn]);
  if (bias) expectShape('linear bias', bias, [nOut]);
  const rows = tf.reshape(x, [-1, nIn]);
  const out = usesComposedOperations()
    ? composed(rows, weight, bias, layout)
    : fused(rows, weight, bias, layout);
  return tf.reshape(out, [...x.shape.slice(0, -1), nOut]);
}

function composed(x: Tensor, weight: Tensor, bias: Tensor | undefined, layout: WeightLayout) {
  const product: Tensor = tf.matMul(x, weight, false, layout === 'out_in');
  return bias ? tf.add(product, bias) : product;
}

function fused(x: Tensor, weight: Tensor, bias: Tensor | undefined, layout: WeightLayout) {
  return differentiable(
    { x, weight, bias },
    () => runSingle('Linear', { x, weight, bias }, { layout }),
    (dOut, saved) => {
      const dx = tf.matMul(dOut, saved.weight, false, layout === 'in_out');
      const dWeight =
        layout === 'out_in'
          ? tf.matMul(dOut, saved.x, true, false)
          : tf.matMul(saved.x, dOut, true, false);
      return bias ? [dx, dWeight, runSingle('ColumnSum', { x: dOut })] : [dx, dWeight];
    },
  );
}
