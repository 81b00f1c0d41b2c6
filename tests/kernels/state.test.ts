import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adamStep } from '../../src/kernels/adam/op.ts';
import { adamReference } from '../../src/kernels/adam/reference.ts';
import { splitColumns } from '../../src/kernels/columns/op.ts';
import { selectiveScanWithState } from '../../src/kernels/selective-scan/op.ts';
import { scanReference } from '../../src/kernels/selective-scan/reference.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from './backends.ts';
import { drawArrays, expectClose } from './support.ts';

const toTensor = (values: Float64Array, shape: number[]): tf.Tensor =>
  tf.tensor(Float32Array.from(values), shape);

/** What the suite over operations cannot hold: several outputs, and updates in place. */
describe.each(BACKENDS)('on %s', (backend) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open(backend);
  });
  afterAll(async () => {
    runtime.check();
    await runtime.close();
  });

  it.each([1, 67, 1025])('Adam follows its reference over three steps of %i values', async (n) => {
    const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const drawn = drawArrays({ parameter: [n], g1: [n], g2: [n], g3: [n] }, 3);
    const zeros: Float64Array = new Float64Array(n);
    let golden = { parameter: drawn.parameter!, m: zeros, v: zeros };
    const slot = {
      parameter: tf.variable(toTensor(golden.parameter, [n])),
      m: tf.variable(tf.zeros([n])),
      v: tf.variable(tf.zeros([n])),
    };
    for (const [i, name] of ['g1', 'g2', 'g3'].entries()) {
      // Read before each step, so that a stale copy on the host would be noticed.
      await slot.parameter.data();
      adamStep(slot, toTensor(drawn[name]!, [n]), i + 1, 1e-2, settings);
      golden = adamReference(golden, drawn[name]!, i + 1, 1e-2, settings);
    }
    const [parameter, m, v] = await Promise.all(
      [slot.parameter, slot.m, slot.v].map((variable) => variable.data()),
    );
    expectClose({ parameter, m, v } as Record<string, Float32Array>, golden, 1e-5);
  });

  it.each([
    { lead: [1], sizes: [1] },
    { lead: [2, 3], sizes: [1, 5, 7] },
    { lead: [65], sizes: [64, 1, 3] },
  ])('splitColumns $sizes of $lead, and back', async ({ lead, sizes }) => {
    const n = sizes.reduce((sum, size) => sum + size, 0);
    const rows = lead.reduce((product, size) => product * size, 1);
    const { x, dOut } = drawArrays({ x: [rows, n], dOut: [rows, n] }, 5);
    const xs = toTensor(x!, [...lead, n]);
    const weights = tf.split(toTensor(dOut!, [...lead, n]), sizes, lead.length);
    const parts = splitColumns(xs, sizes);
    expect(parts.map((part) => part.shape)).toEqual(sizes.map((size) => [...lead, size]));
    const joined = await tf.concat(parts, lead.length).data();
    expect([...joined]).toEqual([...x!]);
    const gradient = tf.grad((value) =>
      tf.addN(splitColumns(value, sizes).map((part, i) => tf.sum(tf.mul(part, weights[i]!)))),
    )(xs);
    expect([...(await gradient.data())]).toEqual([...dOut!]);
  });

  it('the scan returns its last state', async () => {
    const shape = { batch: 2, length: 9, channels: 3, states: 5 };
    const { u, delta, A, B, C } = drawArrays(
      { u: [2, 9, 3], delta: [2, 9, 3], A: [3, 5], B: [2, 9, 5], C: [2, 9, 5] },
      4,
    );
    const arrays = { u: u!, delta: delta!, A: A!, B: B!, C: C! };
    const tensors = {
      u: toTensor(u!, [2, 9, 3]),
      delta: toTensor(delta!, [2, 9, 3]),
      A: toTensor(A!, [3, 5]),
      B: toTensor(B!, [2, 9, 5]),
      C: toTensor(C!, [2, 9, 5]),
    };
    const { out, lastState } = selectiveScanWithState(tensors, true);
    const golden = scanReference(shape, arrays, true);
    expect(lastState.shape).toEqual([2, 3, 5]);
    const ours = { out: await out.data(), lastState: await lastState.data() };
    expectClose(ours, { out: golden.out, lastState: golden.lastState }, 1e-5);
  });
});
