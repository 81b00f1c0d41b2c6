import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear/op.ts';
import { lstm as recurrence } from '../kernels/lstm/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import type { Architecture } from './architecture.ts';
import { uniform } from './initial.ts';
import type { Backbone, Parameters, ParameterValues, SequenceModel } from './model.ts';
import { stack, zeros } from './stack.ts';
import type { Memory } from './stack.ts';
import { vectorEnds, vectorModel } from './vectors.ts';
import type { VectorConfig } from './vectors.ts';

/**
 * A stacked LSTM between linear read-in and read-out: the recurrent baseline that the paper leaves out. Layers and
 * parameter names are those of PyTorch's `nn.LSTM` (gates in the order i, f, g, o; two biases), whose documentation
 * gives the equations.
 *
 *     B  prompts        d_model  width of the read-in, and hidden units of every layer (H)
 *     L  tokens
 */
export type LstmConfig = {
  model: 'lstm';
  d_model: number;
  n_layer: number;
};

export const lstm = (config: LstmConfig & VectorConfig): SequenceModel =>
  vectorModel(backbone(config), vectorEnds(config));

export const LSTM: Architecture<LstmConfig> = {
  backbone,
  sizes: {
    tiny: { model: 'lstm', d_model: 72, n_layer: 4 },
    small: { model: 'lstm', d_model: 200, n_layer: 4 },
    standard: { model: 'lstm', d_model: 560, n_layer: 4 },
  },
  parameterCounts: { tiny: 169_777, small: 1_290_801, standard: 10_065_441 },
};

/**
 * What a layer remembers: h and c, [B H] each.
 * @public found by its name, as what nodes are given
 */
export function backbone(config: LstmConfig): Backbone {
  const { n_layer, d_model } = config;
  return stack({
    n_layer,
    init: (random) => init(config, random),
    layer: (p, index, stream, { memory }) => layerOf(p, index, stream, memory),
    blank: { h: zeros(d_model), c: zeros(d_model) },
  });
}

/** input [B L H] → h of every token [B L H] */
function layerOf(parameters: Parameters, layer: number, input: Tensor, memory?: Memory): Tensor {
  const p = (name: string): Tensor => parameters[`_backbone.${name}_l${layer}`]!;
  const weight = p('weight_hh');
  // What the input and both biases add to the gates, [B L 4·H].
  const x = linear(input, p('weight_ih'), tf.add(p('bias_ih'), p('bias_hh')));
  return memory
    ? tf.expandDims(step(tf.squeeze(x, [1]), weight, memory), 1)
    : recurrence({ x, weight });
}

/** PyTorch's `nn.LSTMCell`. x [B 4·H] → h [B H] */
function step(x: Tensor, weight: Tensor, memory: Memory): Tensor {
  const gates = tf.add(x, linear(memory.recall('h'), weight));
  const [i, f, g, o] = tf.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const kept = tf.mul(tf.sigmoid(f), memory.recall('c'));
  const c = tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g)));
  const h = tf.mul(tf.sigmoid(o), tf.tanh(c));
  memory.keep('h', h);
  memory.keep('c', c);
  return h;
}

/** PyTorch's: every entry of the LSTM from U(±1/√H). */
function init({ d_model, n_layer }: LstmConfig, random: RandomStream): ParameterValues {
  const values: ParameterValues = {};
  for (let layer = 0; layer < n_layer; layer++) {
    const draw = (name: string, shape: number[]): ParameterValues => ({
      [`_backbone.${name}_l${layer}`]: uniform(
        random.fork(layer).fork(name),
        shape,
        d_model ** -0.5,
      ),
    });
    Object.assign(
      values,
      draw('weight_ih', [4 * d_model, d_model]),
      draw('weight_hh', [4 * d_model, d_model]),
      draw('bias_ih', [4 * d_model]),
      draw('bias_hh', [4 * d_model]),
    );
  }
  return values;
}
