import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { selectiveScan, selectiveScanWithState } from '../../kernels/selective-scan/op.ts';
import type { SelectiveScanInputs } from '../../kernels/selective-scan/op.ts';
import type { HostTensor } from '../../numerics/safetensors.ts';
import { relativeError } from '../../numerics/relative-error.ts';
import { TOLERANCE, checkGradients, read } from './compare.ts';
import type { Check } from './compare.ts';
import { goldenGradients, need } from './tensors.ts';
import type { Tensors } from './tensors.ts';

const config = z.looseObject({ delta_softplus: z.boolean() });

/** Golden names in the order of the operation's inputs; the first five are always there. */
const INPUTS = ['u', 'delta', 'A', 'B', 'C', 'D', 'z', 'delta_bias'] as const;

/** [B X L] ↔ [B L X]: golden sequences run along the last axis, ours along the middle one. */
function swapLastTwo({ shape, values }: HostTensor): HostTensor {
  const [batch = 1, rows = 1, columns = 1] = shape;
  const swapped = new Float32Array(values.length);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        swapped[(b * columns + j) * rows + i] = values[(b * rows + i) * columns + j] as number;
      }
    }
  }
  return { shape: [batch, columns, rows], values: swapped };
}

const ours = (tensor: HostTensor): HostTensor =>
  tensor.shape.length === 3 ? swapLastTwo(tensor) : tensor;

const upload = ({ shape, values }: HostTensor): Tensor => tf.tensor(values, shape, 'float32');

/** Output, last state and the gradients of all inputs given `dout`. */
export async function checkSelectiveScan(settings: unknown, golden: Tensors): Promise<Check[]> {
  const { delta_softplus } = config.parse(settings);
  const names = INPUTS.filter((name, i) => i < 5 || golden[name] !== undefined);
  const inputs = names.map((name) => upload(ours(need(golden, name))));
  const named = (tensors: readonly Tensor[]): SelectiveScanInputs => {
    const { delta_bias, ...rest } = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
    return { ...rest, deltaBias: delta_bias } as unknown as SelectiveScanInputs;
  };
  const { out, lastState } = selectiveScanWithState(named(inputs), delta_softplus);
  const gradient = tf.grads((...tensors) => selectiveScan(named(tensors), delta_softplus));
  const gradients = gradient(inputs, upload(ours(need(golden, 'dout'))));
  const goldenOut = ours(need(golden, 'out')).values;
  const forward: Check[] = [
    {
      tensor: 'out',
      relativeError: relativeError(await read(out), goldenOut),
      tolerance: TOLERANCE.forward,
    },
    {
      tensor: 'last_state',
      relativeError: relativeError(await read(lastState), need(golden, 'last_state').values),
      tolerance: TOLERANCE.forward,
    },
  ];
  const mine: Record<string, Float32Array> = {};
  for (const [i, name] of names.entries()) {
    const { shape } = inputs[i] as Tensor;
    const values = await read(gradients[i] as Tensor);
    mine[name] = shape.length === 3 ? swapLastTwo({ shape, values }).values : values;
  }
  return [...forward, ...checkGradients(mine, goldenGradients(golden))];
}
