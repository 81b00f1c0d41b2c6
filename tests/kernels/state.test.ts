import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamStep } from '../../src/kernels/adam/op.ts';
import { adamReference } from '../../src/kernels/adam/reference.ts';
import { splitColumns } from '../../src/kernels/columns/op.ts';
import { selectiveScanWithState } from '../../src/kernels/selective-scan/op.ts';
import { scanReference } from '../../src/kernels/selective-scan/reference.ts';
import { wkvWithState } from '../../src/kernels/wkv/op.ts';
import { wkvReference } from '../../src/kernels/wkv/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import { drawArrays, expectClose } from './support.ts';

const toTensor = (values: Float64Array, shape: number[]): tf.Tensor =>
  tf.tensor(Float32Array.from(values), shape);

/** What the suite over operations cannot hold: several outputs, and updates in place. */
describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

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
    { lead: [2, 35], sizes: [8, 4, 12] },
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

  it.each([1, 128, 130])('the scan continues from its state after %i tokens', async (first) => {
    const [batch, length, channels, states] = [2, 131, 3, 5];
    const shapes = {
      u: [batch, length, channels],
      delta: [batch, length, channels],
      A: [channels, states],
      B: [batch, length, states],
      C: [batch, length, states],
    };
    const drawn = drawArrays(shapes, 4) as Record<keyof typeof shapes, Float64Array>;
    const arrays = { ...drawn, A: drawn.A.map((x) => Math.fround(x - 1)) };
    const names = Object.keys(shapes) as (keyof typeof shapes)[];
    const part = (from: number, count: number) =>
      Object.fromEntries(
        names.map((name) => {
          const whole = toTensor(arrays[name], shapes[name]);
          const size = shapes[name][2] as number;
          return [name, name === 'A' ? whole : tf.slice(whole, [0, from, 0], [batch, count, size])];
        }),
      ) as Record<keyof typeof shapes, tf.Tensor>;
    const before = selectiveScanWithState(part(0, first));
    const after = selectiveScanWithState({
      ...part(first, length - first),
      initialState: before.lastState,
    });
    const golden = scanReference({ batch, length, channels, states }, arrays, true);
    const out = await tf.concat([before.out, after.out], 1).data();
    const lastState = await after.lastState.data();
    expect(after.lastState.shape).toEqual([batch, channels, states]);
    expectClose({ out, lastState }, { out: golden.out, lastState: golden.lastState }, 1e-5);
  });

  it.each([1, 7, 32])('WKV continues from its state after %i tokens', async (first) => {
    const [batch, length, channels] = [2, 33, 5];
    const sequence = [batch, length, channels];
    const { k, v, w, u } = drawArrays(
      { k: sequence, v: sequence, w: [channels], u: [channels] },
      6,
    );
    const arrays = { k: k!.map((x) => Math.fround(9 * x)), v: v!, w: w!, u: u! };
    const part = (from: number, count: number) => {
      const cut = (x: Float64Array) =>
        tf.slice(toTensor(x, sequence), [0, from, 0], [batch, count, channels]);
      const [decay, bonus] = [arrays.w, arrays.u].map((x) => toTensor(x, [channels]));
      return { k: cut(arrays.k), v: cut(arrays.v), w: decay!, u: bonus! };
    };
    const before = wkvWithState(part(0, first));
    const after = wkvWithState(part(first, length - first), before.lastState);
    const out = await tf.concat([before.out, after.out], 1).data();
    expectClose({ out }, { out: wkvReference(arrays, length) }, 1e-5);
    const { lastState } = wkvWithState(part(0, length));
    const states = [await after.lastState.data(), await lastState.data()] as const;
    expect(lastState.shape).toEqual([batch, 3, channels]);
    expectClose({ lastState: states[0] }, { lastState: states[1] }, 1e-5);
  });
});
