import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../kernels/linear/op.ts';
import { lstm } from '../lstm.ts';
import type { LstmConfig } from '../lstm.ts';
import type { Parameters, RecurrentModel } from '../model.ts';
import { recurrent, zeros } from './steps.ts';
import type { Memory } from './steps.ts';

/** State of a layer: h and c [B H]. */
export function recurrentLstm(config: LstmConfig): RecurrentModel {
  const { d_model, n_layer } = config;
  const { readOut } = lstm(config);
  return recurrent(n_layer, {
    blank: { h: zeros(d_model), c: zeros(d_model) },
    run(p, token, memoryOf) {
      let hidden = linear(token, p['_read_in.weight']!, p['_read_in.bias']);
      for (let layer = 0; layer < n_layer; layer++) {
        hidden = cellStep(p, `l${layer}`, hidden, memoryOf(layer));
      }
      return readOut(p, hidden);
    },
  });
}

/** PyTorch's `nn.LSTMCell`. input [B H] → h [B H] */
function cellStep(parameters: Parameters, layer: string, input: Tensor, memory: Memory): Tensor {
  const p = (name: string): Tensor => parameters[`_backbone.${name}_${layer}`]!;
  const fromInput = linear(input, p('weight_ih'), p('bias_ih'));
  const gates = tf.add(fromInput, linear(memory.recall('h'), p('weight_hh'), p('bias_hh')));
  const [i, f, g, o] = tf.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const kept = tf.mul(tf.sigmoid(f), memory.recall('c'));
  const c = tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g)));
  const h = tf.mul(tf.sigmoid(o), tf.tanh(c));
  memory.keep('h', h);
  memory.keep('c', c);
  return h;
}
