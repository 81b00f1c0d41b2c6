import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describe, expect, it } from 'vitest';
import { adamStep } from '../../../src/kernels/adam/op.ts';
import { Recording } from '../../../src/kernels/webgpu/recording.ts';
import { BACKENDS, openForSuite } from '../backends.ts';

describe.runIf(BACKENDS.includes('webgpu'))('a recording', () => {
  openForSuite('webgpu');

  const record = (body: () => tf.Tensor): Recording<tf.Tensor> =>
    new Recording(tf.backend() as WebGPUBackend, () => tf.tidy(body));
  const end = (recording: Recording<tf.Tensor>): void => recording.dispose((out) => out.dispose());

  it('runs when asked, and again on other values', async () => {
    const grown = tf.tensor1d([10, 20, 30]);
    await tf.add(grown, 0).data();
    const recording = record(() => tf.add(tf.mul(tf.tensor1d([1, 2, 3]), 2), grown));
    const set = recording.input(Float32Array.of(1, 2, 3));
    recording.run();
    expect([...(await recording.result.data())]).toEqual([12, 24, 36]);
    set(Float32Array.of(-1, 0, 5));
    recording.run();
    const again = tf.mul(recording.result, 1);
    expect([...(await again.data())]).toEqual([8, 20, 40]);
    again.dispose();
    end(recording);
    grown.dispose();
  });

  it('has each value of the host where it was, whatever came later in the same buffer', async () => {
    // More operations than the backend keeps until it submits, and frees buffers.
    const recording = record(() => {
      let sum = tf.tensor1d([1, 0]);
      for (let i = 1; i <= 40; i++) {
        const [last, next] = [sum, tf.tensor1d([i, 2 * i])];
        sum = tf.add(last, next);
        tf.dispose([last, next]);
      }
      return sum;
    });
    recording.run();
    recording.run();
    expect([...(await recording.result.data())]).toEqual([821, 1640]);
    end(recording);
  });

  it('is read anew after each run, what it makes and what it changes in place', async () => {
    const slot = {
      parameter: tf.variable(tf.tensor1d([1, 2])),
      m: tf.variable(tf.zeros([2])),
      v: tf.variable(tf.zeros([2])),
    };
    const gradient = tf.tensor1d([1, -1]);
    for (const tensor of [...Object.values(slot), gradient]) await tf.add(tensor, 0).data();
    const recording = record(() => {
      adamStep(slot, gradient, 1, 0.5, { beta1: 0, beta2: 0, epsilon: 0 });
      return tf.mul(slot.parameter, 2);
    });
    for (const expected of [0.5, 0, -0.5]) {
      recording.run();
      expect((await slot.parameter.data())[0]).toBeCloseTo(expected, 5);
      expect((await recording.result.data())[0]).toBeCloseTo(2 * expected, 5);
    }
    end(recording);
    tf.dispose([gradient, ...Object.values(slot)]);
  });

  it('says which array it cannot find, or not tell apart, or not take', () => {
    const recording = record(() =>
      tf.add(tf.mul(tf.tensor1d([1, 2]), tf.tensor1d([1, 2])), tf.tensor1d([3, 4])),
    );
    expect(() => recording.input(Float32Array.of(9, 9))).toThrow(/got 0/);
    expect(() => recording.input(Float32Array.of(1, 2))).toThrow(/got 2/);
    const set = recording.input(Float32Array.of(3, 4));
    expect(() => set(Float32Array.of(3, 4, 5))).toThrow(/expected 2 values, got 3; record again/);
    end(recording);
  });
});
