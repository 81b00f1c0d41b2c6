import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamStep } from '../../src/kernels/adam/op.ts';
import type { AdamSlot } from '../../src/kernels/adam/op.ts';
import { adamReference } from '../../src/kernels/adam/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import { toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

const SETTINGS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function slotOf(values: Float64Array): AdamSlot {
  const n = values.length;
  // What a variable begins with is a tensor of its own.
  const variable = (begin: () => tf.Tensor): tf.Variable => {
    const initial = begin();
    const made = tf.variable(initial);
    initial.dispose();
    return made;
  };
  const zeros = () => variable(() => tf.zeros([n]));
  return { parameter: variable(() => toTensor(values, [n])), m: zeros(), v: zeros() };
}

async function read({ parameter, m, v }: AdamSlot) {
  const all = await Promise.all([parameter.data(), m.data(), v.data()]);
  const [first, second, third] = all.map((values) => Float32Array.from(values));
  return { parameter: first!, m: second!, v: third! };
}

const release = (slot: AdamSlot): void => tf.dispose(Object.values(slot) as tf.Variable[]);

describe('the float64 reference of Adam', () => {
  const zeros = { m: Float64Array.of(0, 0), v: Float64Array.of(0, 0) };

  it('goes by the learning rate in its first step, whatever the gradient', () => {
    const state = { parameter: Float64Array.of(1, 1), ...zeros };
    const { parameter } = adamReference(state, Float64Array.of(1e-3, -50), 1, 0.1, SETTINGS);
    expectEach(parameter, [0.9, 1.1], 1e-5);
  });

  it('keeps the moments of a second step', () => {
    const first = adamReference(
      { parameter: Float64Array.of(0), m: Float64Array.of(0), v: Float64Array.of(0) },
      Float64Array.of(2),
      1,
      0.1,
      SETTINGS,
    );
    const { m, v } = adamReference(first, Float64Array.of(-1), 2, 0.1, SETTINGS);
    expectEach(m, [0.9 * 0.2 - 0.1], 1e-12);
    expectEach(v, [0.999 * 0.004 + 0.001], 1e-12);
  });

  it('adds ε to the corrected root', () => {
    const state = { parameter: Float64Array.of(0, 0), ...zeros };
    const settings = { ...SETTINGS, epsilon: 1 };
    const { parameter } = adamReference(state, Float64Array.of(1, 3), 1, 1, settings);
    expectEach(parameter, [-1 / 2, -3 / 4], 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([1, 2, 3, 4, 5, 63, 64, 65, 67, 1025])(
    'Adam follows its reference over three steps of %i values',
    async (n) => {
      const drawn = drawArrays({ parameter: [n], g1: [n], g2: [n], g3: [n] }, 3);
      const zeros: Float64Array = new Float64Array(n);
      let golden = { parameter: drawn.parameter!, m: zeros, v: zeros };
      const slot = slotOf(golden.parameter);
      for (const [i, name] of ['g1', 'g2', 'g3'].entries()) {
        // Read before each step, so that a stale copy on the host would be noticed.
        await slot.parameter.data();
        const gradient = toTensor(drawn[name]!, [n]);
        adamStep(slot, gradient, i + 1, 1e-2, SETTINGS);
        golden = adamReference(golden, drawn[name]!, i + 1, 1e-2, SETTINGS);
        expect([...(await gradient.data())]).toEqual([...drawn[name]!]);
        gradient.dispose();
      }
      expectClose(await read(slot), golden, 1e-5);
      release(slot);
    },
  );

  it.each([
    { beta1: 0, beta2: 0, epsilon: 1e-8 },
    { beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
    { beta1: 0.99, beta2: 0.9999, epsilon: 1e-6 },
  ])('Adam with $beta1, $beta2 and $epsilon', async (settings) => {
    const { parameter, gradient } = drawArrays({ parameter: [9], gradient: [9] }, 4);
    const slot = slotOf(parameter!);
    adamStep(slot, toTensor(gradient!, [9]), 7, 0.05, settings);
    const state = { parameter: parameter!, m: new Float64Array(9), v: new Float64Array(9) };
    const golden = adamReference(state, gradient!, 7, 0.05, settings);
    expectClose(await read(slot), { ...golden }, 1e-5);
    release(slot);
  });

  it.each([1, 10, 1000, 100_000])('Adam corrects the bias at step %i', async (step) => {
    const state = {
      parameter: Float64Array.of(1, -2, 3),
      m: Float64Array.of(0.5, -0.25, 0),
      v: Float64Array.of(0.25, 1, 0.5),
    };
    const gradient = Float64Array.of(1, 0, -0.5);
    const slot = slotOf(state.parameter);
    slot.m.assign(toTensor(state.m, [3]));
    slot.v.assign(toTensor(state.v, [3]));
    adamStep(slot, toTensor(gradient, [3]), step, 0.1, SETTINGS);
    expectClose(await read(slot), { ...adamReference(state, gradient, step, 0.1, SETTINGS) }, 1e-5);
    release(slot);
  });

  it('Adam with a gradient of zero and fresh moments changes nothing', async () => {
    const values = Float64Array.of(1, -2, 3, 1e-20, 1e20).map(Math.fround);
    const slot = slotOf(values);
    adamStep(slot, tf.zeros([5]), 1, 0.1, SETTINGS);
    expect([...(await read(slot)).parameter]).toEqual([...values]);
    release(slot);
  });

  it.each([NaN, Infinity, -Infinity])(
    'Adam lets %f in a gradient through, and only there',
    async (bad) => {
      const slot = slotOf(Float64Array.of(1, 2, 3, 4, 5));
      adamStep(slot, toTensor([0.1, bad, 0.1, 0.1, 0.1], [5]), 1, 0.1, SETTINGS);
      const { parameter } = await read(slot);
      expect([...parameter].map((value) => Number.isFinite(value))).toEqual([
        true,
        false,
        true,
        true,
        true,
      ]);
      release(slot);
    },
  );

  it('Adam gives the same bits again, and leaves no tensor behind', async () => {
    const { parameter, gradient } = drawArrays({ parameter: [67], gradient: [67] }, 5);
    const run = async () => {
      const slot = slotOf(parameter!);
      const g = toTensor(gradient!, [67]);
      for (let step = 1; step <= 4; step++) adamStep(slot, g, step, 0.01, SETTINGS);
      const result = await read(slot);
      release(slot);
      g.dispose();
      return result;
    };
    const first = await run();
    const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
    expect(await run()).toEqual(first);
    expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  });

  it.runIf(backend !== 'cpu')('Adam refuses a gradient of whole numbers', () => {
    const slot = slotOf(Float64Array.of(1));
    expect(() => adamStep(slot, tf.ones([1], 'int32'), 1, 0.1, SETTINGS)).toThrow(
      /AdamStep gradient: expected float32, got int32/,
    );
    release(slot);
  });
});
