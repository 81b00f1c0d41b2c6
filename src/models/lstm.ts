import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../kernels/linear/op.ts';
import { lstm as recurrence } from '../kernels/lstm/op.ts';
import type { RandomStream } from '../numerics/random.ts';
import { initLinear, uniform } from './initial.ts';
import type { Parameters, ParameterValues, SequenceModel } from './model.ts';

/**
 * A stacked LSTM over vectors, between linear read-in and read-out: the recurrent baseline that the paper
 * leaves out. Layers and parameter names are those of PyTorch's `nn.LSTM` (gates in the order i, f, g, o;
 * two biases), whose documentation gives the equations.
 *
 *     B  prompts        n_dims   components of a token
 *     L  tokens         d_model  width of the read-in, and hidden units of every layer (H)
 */
export type LstmConfig = {
  model: 'lstm';
  n_dims: number;
  d_model: number;
  n_layer: number;
};

export function lstm(config: LstmConfig): SequenceModel {
  return {
    init: (random) => init(config, random),
    readOut,
    forward: (parameters, tokens, { observe } = {}) => {
      let hidden = linear(tokens, parameters['_read_in.weight']!, parameters['_read_in.bias']);
      for (let layer = 0; layer < config.n_layer; layer++) {
        const weight = parameters[`_backbone.weight_hh_l${layer}`]!;
        hidden = recurrence({ x: gates(parameters, layer, hidden), weight });
        observe?.(`block.${layer}`, hidden);
      }
      return readOut(parameters, hidden);
    },
  };
}

/** What a layer's input and both biases add to its gates. input [… d_model] → [… 4·d_model] */
function gates(parameters: Parameters, layer: number, input: Tensor): Tensor {
  const p = (name: string): Tensor => parameters[`_backbone.${name}_l${layer}`]!;
  return linear(input, p('weight_ih'), tf.add(p('bias_ih'), p('bias_hh')));
}

/** The model's own decoder. hidden [… d_model] → […] */
function readOut(parameters: Parameters, hidden: Tensor): Tensor {
  const out = linear(hidden, parameters['_read_out.weight']!, parameters['_read_out.bias']);
  return tf.squeeze(out, [out.rank - 1]);
}

/** PyTorch's: every entry of the LSTM from U(±1/√H). */
function init({ n_dims, d_model, n_layer }: LstmConfig, random: RandomStream): ParameterValues {
  const values = initLinear(random.fork('read_in'), '_read_in', n_dims, d_model);
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
  return { ...values, ...initLinear(random.fork('read_out'), '_read_out', d_model, 1) };
}
