import { linear } from '../../kernels/linear/op.ts';
import { lstmStep } from '../../kernels/lstm/op.ts';
import { gates, readOut } from '../lstm.ts';
import type { LstmConfig } from '../lstm.ts';
import type { RecurrentModel } from '../model.ts';
import { recurrent, zeros } from './steps.ts';

/** State of a layer: h and c [B H]. */
export function recurrentLstm({ d_model, n_layer }: LstmConfig): RecurrentModel {
  return recurrent(n_layer, {
    blank: { h: zeros(d_model), c: zeros(d_model) },
    run(p, token, memoryOf) {
      let hidden = linear(token, p['_read_in.weight']!, p['_read_in.bias']);
      for (let layer = 0; layer < n_layer; layer++) {
        const memory = memoryOf(layer);
        const before = { h: memory.recall('h'), c: memory.recall('c') };
        const weight = p[`_backbone.weight_hh_l${layer}`]!;
        const { h, c } = lstmStep(gates(p, layer, hidden), weight, before);
        memory.keep('h', h);
        memory.keep('c', c);
        hidden = h;
      }
      return readOut(p, hidden);
    },
  });
}
