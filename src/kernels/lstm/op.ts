import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  differentiable,
  expectShape,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../op.ts';

/** Notation: B prompts, L tokens, H hidden units. Gates lie as PyTorch's: i, f, g, o, of H units each. */
export type LstmInputs = {
  /** [B L 4·H] what the tokens and the biases add to the gates */
  x: Tensor;
  /** [4·H H] recurrent weight, W_hh of PyTorch's `nn.LSTM` */
  weight: Tensor;
};

/**
 * The recurrence of the LSTM (Hochreiter & Schmidhuber 1997; Gers et al. 2000), from h_0 = c_0 = 0:
 *
 *     i, f, o = sigmoid, g = tanh of their parts of x_t + W h_{t-1}
 *     c_t = f c_{t-1} + i g
 *     h_t = o tanh(c_t)
 *
 * Kernels: `Lstm` x, weight → h [B L H]; `LstmGrad` dOut, x, weight → dx, h_{t-1} [B L H], of whose
 * product the gradient of the weight is made. The backward pass recomputes gates and cells.
 * @returns h [B L H]
 */
export function lstm({ x, weight }: LstmInputs): Tensor {
  expectShape('lstm weight', weight, [4 * (weight.shape[1] as number), null]);
  expectShape('lstm x', x, [null, null, weight.shape[0]]);
  if (usesComposedOperations()) return composed({ x, weight });
  return differentiable(
    { x, weight },
    () => runSingle('Lstm', { x, weight }),
    (dOut, saved) => {
      const [dx, previous] = runKernel('LstmGrad', { dOut, ...saved }) as [Tensor, Tensor];
      const rows = (of: Tensor): Tensor => tf.reshape(of, [-1, of.shape[2] as number]);
      return [dx, tf.matMul(rows(dx), rows(previous), true, false)];
    },
  );
}

/** h and c [B H], before or after a token. */
interface LstmState {
  h: Tensor;
  c: Tensor;
}

/** One token out of stock operations. @param x [B 4·H] */
function lstmStep(x: Tensor, weight: Tensor, { h, c }: LstmState): LstmState {
  const gates = tf.split(tf.add(x, tf.matMul(h, weight, false, true)), 4, 1);
  const [i, f, g, o] = gates as [Tensor, Tensor, Tensor, Tensor];
  const kept = tf.mul(tf.sigmoid(f), c);
  const cell = tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { h: tf.mul(tf.sigmoid(o), tf.tanh(cell)), c: cell };
}

function composed({ x, weight }: LstmInputs): Tensor {
  const [nBatch, length, width] = x.shape as [number, number, number];
  const zero = tf.zeros([nBatch, width / 4]);
  let state: LstmState = { h: zero, c: zero };
  const outputs: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const token = tf.reshape(tf.slice(x, [0, t, 0], [nBatch, 1, width]), [nBatch, width]);
    state = lstmStep(token, weight, state);
    outputs.push(state.h);
  }
  return tf.stack(outputs, 1);
}
