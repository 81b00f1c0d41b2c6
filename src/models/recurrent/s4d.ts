import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { glu } from '../../kernels/gates/op.ts';
import { geluExact } from '../../kernels/gelu-exact/op.ts';
import { linear } from '../../kernels/linear/op.ts';
import { layerNorm } from '../../kernels/norm/op.ts';
import type { Parameters, RecurrentModel } from '../model.ts';
import { EPSILON, s4d } from '../s4d.ts';
import type { S4dConfig } from '../s4d.ts';
import { asSequence, recurrent, zeros } from './steps.ts';
import type { Memory } from './steps.ts';

/**
 * S4D's convolution as the recurrence that it came from. With μ = exp(Δ A) - 1, the kernel's
 * K[l] = 2 Re Σ C μ / A · exp(Δ A)^l is that of
 *
 *     s_t = s_{t-1} + μ s_{t-1} + u_t
 *     y_t = 2 Re Σ (C μ / A) s_t + D u_t
 *
 * where adding μ s, rather than multiplying by 1 + μ, keeps the precision of slow modes over long sequences.
 * State of a layer: real and imaginary parts of s, [B H M] each.
 */
export function recurrentS4d(config: S4dConfig): RecurrentModel {
  const { d_model, n_layer, d_state } = config;
  const { readOut } = s4d(config);
  const part = zeros(d_model, d_state / 2);
  return recurrent(n_layer, {
    blank: { re: part, im: part },
    run(p, token, memoryOf) {
      let residual = linear(token, p['encoder.weight']!, p['encoder.bias']);
      for (let layer = 0; layer < n_layer; layer++) {
        const change = layerStep(p, `s4_layers.${layer}`, residual, memoryOf(layer));
        const [weight, bias] = [p[`norms.${layer}.weight`]!, p[`norms.${layer}.bias`]!];
        residual = layerNorm(tf.add(residual, change), weight, bias, EPSILON);
      }
      return tf.squeeze(readOut(p, asSequence(residual)), [1]);
    },
  });
}

/** Real and imaginary parts. */
type Complex = readonly [Tensor, Tensor];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [
  tf.sub(tf.mul(a, c), tf.mul(b, d)),
  tf.add(tf.mul(a, d), tf.mul(b, c)),
];

/** u [B H] → [B H] */
function layerStep(parameters: Parameters, prefix: string, u: Tensor, memory: Memory): Tensor {
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;
  const { growth, weight } = discretised(p);
  const before: Complex = [memory.recall('re'), memory.recall('im')];
  const [changeRe, changeIm] = times(growth, before);
  const re = tf.add(before[0], tf.add(changeRe, tf.expandDims(u, 2)));
  const im = tf.add(before[1], changeIm);
  memory.keep('re', re);
  memory.keep('im', im);
  const [shown] = times(weight, [re, im]); // [B H M]
  const y = geluExact(tf.add(tf.mul(2, tf.sum(shown, 2)), tf.mul(p('D'), u)));
  const channels = u.shape[1] as number;
  const mix = tf.reshape(p('output_linear.0.weight'), [2 * channels, channels]);
  return glu(linear(y, mix, p('output_linear.0.bias')));
}

/** μ and C μ / A, [H M] each; exp(z) - 1 without cancellation, as cos y - 1 = -2 sin²(y / 2). */
function discretised(p: (name: string) => Tensor): { growth: Complex; weight: Complex } {
  const dt = tf.expandDims(tf.exp(p('kernel.log_dt')), 1);
  const re = tf.neg(tf.exp(p('kernel.log_A_real')));
  const im = p('kernel.A_imag');
  const [decay, turn] = [tf.mul(dt, re), tf.mul(dt, im)];
  const bend = tf.mul(2, tf.square(tf.sin(tf.mul(0.5, turn))));
  const growth: Complex = [
    tf.sub(tf.mul(tf.expm1(decay), tf.cos(turn)), bend),
    tf.mul(tf.exp(decay), tf.sin(turn)),
  ];
  const norm = tf.add(tf.square(re), tf.square(im));
  const inverse: Complex = [tf.div(re, norm), tf.neg(tf.div(im, norm))];
  const [CRe, CIm] = tf.unstack(p('kernel.C'), 2) as [Tensor, Tensor];
  return { growth, weight: times([CRe, CIm], times(growth, inverse)) };
}
