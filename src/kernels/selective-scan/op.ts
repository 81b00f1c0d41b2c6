import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable, expectShape, runKernel, usesComposedOperations } from '../op.ts';

/** Notation: B prompts, L tokens, D channels (d_inner), N states a channel (d_state). */
export interface SelectiveScanInputs {
  /** [B L D] */
  u: Tensor;
  /** [B L D] */
  delta: Tensor;
  /** [D N], negative for a stable system */
  A: Tensor;
  /** [B L N] */
  B: Tensor;
  /** [B L N] */
  C: Tensor;
  /** [D] skip connection */
  D?: Tensor | undefined;
  /** [B L D] gate */
  z?: Tensor | undefined;
  /** [D] added to delta */
  deltaBias?: Tensor | undefined;
  /** [B D N] h_0; zero if absent */
  initialState?: Tensor | undefined;
}

/**
 * The selective scan of Mamba (Gu & Dao 2023, algorithm 2; Euler step for B as in the authors' kernel):
 *
 *     Δ = softplus(delta + deltaBias)
 *     h_t = exp(Δ_t A) h_{t-1} + Δ_t B_t u_t
 *     out_t = (C_t · h_t + D u_t) silu(z_t)
 *
 * Kernels: `SelectiveScan` inputs as above, attribute `deltaSoftplus` → out [B L D], last state [B D N];
 * `SelectiveScanGrad` also takes `dOut` [B L D] → gradients of the present inputs in the order above.
 * No kernel stores [B L D N]: the backward pass recomputes states.
 * @returns out [B L D]
 */
export function selectiveScan(inputs: SelectiveScanInputs, deltaSoftplus = true): Tensor {
  const ordered = checked(inputs);
  if (usesComposedOperations()) return composed(ordered, deltaSoftplus).out;
  return differentiable(
    ordered,
    () => {
      const [out, lastState] = runKernel('SelectiveScan', ordered, { deltaSoftplus });
      lastState?.dispose();
      return out as Tensor;
    },
    (dOut, saved) => runKernel('SelectiveScanGrad', { dOut, ...saved }, { deltaSoftplus }),
  );
}

/** The scan with its last state [B D N], which continues it as `initialState`; no gradient. */
export function selectiveScanWithState(
  inputs: SelectiveScanInputs,
  deltaSoftplus = true,
): { out: Tensor; lastState: Tensor } {
  const ordered = checked(inputs);
  if (usesComposedOperations()) return composed(ordered, deltaSoftplus);
  const [out, lastState] = runKernel('SelectiveScan', ordered, { deltaSoftplus });
  return { out: out as Tensor, lastState: lastState as Tensor };
}

function checked(inputs: SelectiveScanInputs) {
  const { u, delta, A, B, C, D, z, deltaBias, initialState } = inputs;
  const where = (name: string) => `selectiveScan ${name}`;
  expectShape(where('u'), u, [null, null, null]);
  const [nBatch, length, channels] = u.shape as [number, number, number];
  expectShape(where('delta'), delta, [nBatch, length, channels]);
  expectShape(where('A'), A, [channels, null]);
  const nState = A.shape[1] as number;
  expectShape(where('B'), B, [nBatch, length, nState]);
  expectShape(where('C'), C, [nBatch, length, nState]);
  if (D) expectShape(where('D'), D, [channels]);
  if (z) expectShape(where('z'), z, [nBatch, length, channels]);
  if (deltaBias) expectShape(where('deltaBias'), deltaBias, [channels]);
  if (initialState) expectShape(where('initialState'), initialState, [nBatch, channels, nState]);
  return { u, delta, A, B, C, D, z, deltaBias, initialState };
}

function composed(inputs: SelectiveScanInputs, deltaSoftplus: boolean) {
  const { u, A, B, C, D, z, deltaBias } = inputs;
  const [nBatch, length, channels] = u.shape as [number, number, number];
  const nState = A.shape[1] as number;
  let delta = deltaBias ? tf.add(inputs.delta, deltaBias) : inputs.delta;
  if (deltaSoftplus) delta = tf.softplus(delta);
  const drive = tf.mul(delta, u);
  let state = inputs.initialState ?? tf.zeros([nBatch, channels, nState]);
  const outputs: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const at = (x: Tensor, size: number) => tf.slice(x, [0, t, 0], [nBatch, 1, size]);
    const column = (x: Tensor) => tf.reshape(at(x, channels), [nBatch, channels, 1]);
    const decay = tf.exp(tf.mul(column(delta), A));
    state = tf.add(tf.mul(decay, state), tf.mul(column(drive), at(B, nState)));
    outputs.push(tf.sum(tf.mul(state, at(C, nState)), 2));
  }
  let out: Tensor = tf.stack(outputs, 1);
  if (D) out = tf.add(out, tf.mul(D, u));
  if (z) out = tf.mul(out, tf.mul(z, tf.sigmoid(z)));
  return { out, lastState: state };
}
