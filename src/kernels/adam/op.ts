import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel, usesComposedOperations } from '../op.ts';

export interface AdamSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** One parameter with its first and second moment; all of one shape. */
export interface AdamSlot {
  parameter: tf.Variable;
  m: tf.Variable;
  v: tf.Variable;
}

/**
 * One step of Adam as in PyTorch (Kingma & Ba 2015): epsilon is added to the bias-corrected root.
 *
 * Kernel `AdamStep`: inputs parameter, m, v, gradient; attributes stepSize = lr / (1 - β1ᵗ),
 * rootCorrection = 1 / sqrt(1 - β2ᵗ), beta1, beta2, epsilon. It updates parameter, m and v in place and
 * returns nothing.
 * @param step counts from 1
 */
export function adamStep(
  slot: AdamSlot,
  gradient: Tensor,
  step: number,
  learningRate: number,
  { beta1, beta2, epsilon }: AdamSettings,
): void {
  const stepSize = learningRate / (1 - beta1 ** step);
  const rootCorrection = 1 / Math.sqrt(1 - beta2 ** step);
  if (!usesComposedOperations()) {
    const attributes = { stepSize, rootCorrection, beta1, beta2, epsilon };
    runKernel('AdamStep', { ...slot, gradient }, attributes);
    return;
  }
  tf.tidy(() => {
    const { parameter, m, v } = slot;
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const root = tf.add(tf.mul(tf.sqrt(v), rootCorrection), epsilon);
    parameter.assign(tf.sub(parameter, tf.mul(stepSize, tf.div(m, root))));
  });
}
