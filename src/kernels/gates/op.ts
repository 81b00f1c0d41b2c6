import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  differentiable,
  expectShape,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/**
 * The gated linear unit (Dauphin et al. 2017): the first half of the last axis times the sigmoid of the second.
 *
 * Kernels: `Glu` x [R 2H] → [R H]; `GluGrad` dOut, x → dx.
 * @param x [… 2H]
 * @returns [… H]
 */
export function glu(x: Tensor): Tensor {
  const size = x.shape.at(-1) as number;
  const lead = x.shape.slice(0, -1);
  if (size % 2 !== 0)
    throw new Error(`glu x: expected an even last axis, got ${size}; add a column`);
  const rows = tf.reshape(x, [-1, size]);
  if (usesComposedOperations()) {
    const [value, gate] = tf.split(rows, 2, 1) as [Tensor, Tensor];
    return tf.reshape(tf.mul(value, tf.sigmoid(gate)), [...lead, size / 2]);
  }
  const out = differentiable(
    { x: rows },
    () => runSingle('Glu', { x: rows }),
    (dOut, saved) => [runSingle('GluGrad', { dOut, ...saved })],
  );
  return tf.reshape(out, [...lead, size / 2]);
}

/**
 * sigmoid(gate) · x, element by element.
 *
 * Kernels: `SigmoidGate` gate, x of one shape → that shape; `SigmoidGateGrad` also `dOut` → dgate, dx.
 */
export function sigmoidGate(gate: Tensor, x: Tensor): Tensor {
  expectShape('sigmoidGate gate', gate, x.shape);
  if (usesComposedOperations()) return tf.mul(tf.sigmoid(gate), x);
  return differentiable(
    { gate, x },
    () => runSingle('SigmoidGate', { gate, x }),
    (dOut, saved) => runKernel('SigmoidGateGrad', { dOut, ...saved }),
  );
}

/**
 * relu(x)², element by element (So et al. 2021).
 *
 * Kernels: `SquaredRelu` x → same shape; `SquaredReluGrad` dOut, x → dx.
 */
export function squaredRelu(x: Tensor): Tensor {
  if (usesComposedOperations()) return tf.square(tf.relu(x));
  return differentiable(
    { x },
    () => runSingle('SquaredRelu', { x }),
    (dOut, saved) => [runSingle('SquaredReluGrad', { dOut, ...saved })],
  );
}
