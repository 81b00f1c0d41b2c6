import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, expectShape, runKernel, usesComposedOperations } from '../op.ts';

/** Notation: B prompts, L tokens, D channels. */
export type WkvInputs = {
  /** [B L D] keys */
  k: Tensor;
  /** [B L D] values */
  v: Tensor;
  /** [D] logarithm of the decay a token, negative for a stable system */
  w: Tensor;
  /** [D] bonus of the current token */
  u: Tensor;
};

/**
 * RWKV-4's WKV (Peng et al. 2023, equation 16): an average of the values so far, weighted by exp(k) and
 * decayed by exp(w) a token.
 *
 *     y_t = (Σ_{s<t} exp((t-1-s) w + k_s) v_s + exp(u + k_t) v_t) / (the same without the v)
 *
 * Every version keeps the exponents relative to their running maximum, so that none overflows.
 * Kernels: `Wkv` k, v, w, u, state? [B 3 D] → [B L D], last state [B 3 D]; `WkvGrad` k, v, w, u, `dOut` →
 * dk, dv, dw, du.
 * @returns [B L D]
 */
export function wkv(inputs: WkvInputs): Tensor {
  const ordered = checked(inputs);
  if (usesComposedOperations()) return composed(ordered).out;
  return differentiable(
    ordered,
    () => {
      const [out, lastState] = runKernel('Wkv', ordered);
      lastState?.dispose();
      return out as Tensor;
    },
    (dOut, saved) => runKernel('WkvGrad', { dOut, ...saved }),
  );
}

/**
 * WKV from a running state on, for passing a sequence in pieces; no gradient.
 * @param state [B 3 D]: Σ exp(k) v, Σ exp(k), both relative to exp of the third, the largest exponent so
 *   far; absent before the first token
 */
export function wkvWithState(
  inputs: WkvInputs,
  state?: Tensor,
): { out: Tensor; lastState: Tensor } {
  const ordered = checked(inputs);
  const [nBatch, , channels] = inputs.k.shape as [number, number, number];
  if (state) expectShape('wkv state', state, [nBatch, 3, channels]);
  if (usesComposedOperations()) return composed(ordered, state);
  const [out, lastState] = runKernel('Wkv', { ...ordered, state });
  return { out: out as Tensor, lastState: lastState as Tensor };
}

function checked({ k, v, w, u }: WkvInputs): WkvInputs {
  expectShape('wkv k', k, [null, null, null]);
  expectShape('wkv v', v, k.shape);
  expectShape('wkv w', w, [k.shape[2] as number]);
  expectShape('wkv u', u, [k.shape[2] as number]);
  return { k, v, w, u };
}

/** Far below every exponent, and still finite when doubled: where the running maximum starts. */
export const NO_EXPONENT = -1e30;

function composed({ k, v, w, u }: WkvInputs, state?: Tensor) {
  const [nBatch, length, channels] = k.shape as [number, number, number];
  let sum: Tensor = tf.zeros([nBatch, channels]);
  let weight: Tensor = tf.zeros([nBatch, channels]);
  // Adding w rounds it away, but lets a single token have a gradient of w: zero.
  let exponent: Tensor = tf.add(sum, tf.add(w, NO_EXPONENT));
  if (state) [sum, weight, exponent] = tf.unstack(state, 1) as [Tensor, Tensor, Tensor];
  const outputs: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const at = (x: Tensor): Tensor =>
      tf.reshape(tf.slice(x, [0, t, 0], [nBatch, 1, channels]), [nBatch, channels]);
    const [key, value] = [at(k), at(v)];
    const join = (held: Tensor, fresh: Tensor) => {
      const top = tf.maximum(held, fresh);
      const [old, now] = [tf.exp(tf.sub(held, top)), tf.exp(tf.sub(fresh, top))];
      return {
        sum: tf.add(tf.mul(old, sum), tf.mul(now, value)),
        weight: tf.add(tf.mul(old, weight), now),
        top,
      };
    };
    const shown = join(exponent, tf.add(u, key));
    outputs.push(tf.div(shown.sum, shown.weight));
    const kept = join(tf.add(exponent, w), key);
    [sum, weight, exponent] = [kept.sum, kept.weight, kept.top];
  }
  return { out: tf.stack(outputs, 1), lastState: tf.stack([sum, weight, exponent], 1) };
}
