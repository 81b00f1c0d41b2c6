import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { causalConvSilu } from '../../kernels/causal-conv/op.ts';
import { linear } from '../../kernels/linear/op.ts';
import { rmsNorm } from '../../kernels/norm/op.ts';
import { selectiveScanWithState } from '../../kernels/selective-scan/op.ts';
import { EPSILON, readIn, readOut, widths } from '../mamba.ts';
import type { MambaConfig } from '../mamba.ts';
import type { Parameters, RecurrentModel } from '../model.ts';
import { asSequence, recurrent, zeros } from './steps.ts';
import type { Memory } from './steps.ts';

/** State of a layer: the last inputs of the convolution [B d_conv d_inner] and the scan's h [B d_inner N]. */
export function recurrentMamba(config: MambaConfig): RecurrentModel {
  const { n_layer, d_conv, d_state } = config;
  const { d_inner } = widths(config);
  return recurrent(n_layer, {
    blank: { conv: zeros(d_conv, d_inner), scan: zeros(d_inner, d_state) },
    run(p, token, memoryOf) {
      let residual = asSequence(readIn(p, token));
      for (let layer = 0; layer < n_layer; layer++) {
        const prefix = `backbone.layers.${layer}`;
        const normed = rmsNorm(residual, p[`${prefix}.norm.weight`]!, EPSILON);
        const mixed = mixerStep(config, p, `${prefix}.mixer`, normed, memoryOf(layer));
        residual = tf.add(residual, mixed);
      }
      return tf.squeeze(readOut(p, residual), [1]);
    },
  });
}

/** The mixer of mamba.ts at one token. hidden [B 1 d_model] → [B 1 d_model] */
function mixerStep(
  config: MambaConfig,
  parameters: Parameters,
  prefix: string,
  hidden: Tensor,
  memory: Memory,
): Tensor {
  const { d_conv, d_state } = config;
  const { d_inner, dt_rank } = widths(config);
  const p = (name: string): Tensor => parameters[`${prefix}.${name}`]!;
  const last = (x: Tensor, count: number): Tensor =>
    tf.slice(x, [0, (x.shape[1] as number) - count, 0], [-1, count, -1]);

  const [xIn, z] = tf.split(linear(hidden, p('in_proj.weight')), 2, 2) as [Tensor, Tensor];
  const window = tf.concat([memory.recall('conv'), xIn], 1);
  memory.keep('conv', last(window, d_conv));
  const taps = tf.reshape(p('conv1d.weight'), [d_inner, d_conv]);
  const u = last(causalConvSilu(window, taps, p('conv1d.bias')), 1); // [B 1 d_inner]
  const dtBC = tf.split(linear(u, p('x_proj.weight')), [dt_rank, d_state, d_state], 2);
  const [dt, B, C] = dtBC as [Tensor, Tensor, Tensor];
  const { out, lastState } = selectiveScanWithState({
    u,
    delta: linear(dt, p('dt_proj.weight')),
    A: tf.neg(tf.exp(p('A_log'))),
    B,
    C,
    D: p('D'),
    z,
    deltaBias: p('dt_proj.bias'),
    initialState: memory.recall('scan'),
  });
  memory.keep('scan', lastState);
  return linear(out, p('out_proj.weight'));
}
