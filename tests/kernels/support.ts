import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import type { OperationCase } from './case.ts';

/** Arrays of one case: shapes by name, and float32-representable values in float64. */
export type Arrays = Record<string, Float64Array>;
export type Shapes = Record<string, readonly number[]>;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, m) => n * m, 1);

/** Seeded values in (-1, 1), rounded to float32 so that every backend receives them exactly. */
export function drawArrays(shapes: Shapes, seed: number): Arrays {
  const random = RandomStream.fromSeed(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const values = Float32Array.from(random.fork(name).normals(sizeOf(shape)), Math.tanh);
      return [name, Float64Array.from(values)];
    }),
  );
}

/** ‖ours − golden‖∞ / ‖golden‖∞; infinite where shapes or non-finite values differ. */
export function relativeError(ours: ArrayLike<number>, golden: ArrayLike<number>): number {
  if (ours.length !== golden.length) return Infinity;
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < golden.length; i++) {
    const [a, b] = [ours[i] as number, golden[i] as number];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
    worst = Math.max(worst, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  return largest === 0 ? worst : worst / largest;
}

/** Compares each named array; the message names the worst. */
export function expectClose(
  ours: Record<string, ArrayLike<number>>,
  golden: Record<string, ArrayLike<number> | undefined>,
  tolerance: number,
): void {
  for (const [name, values] of Object.entries(golden)) {
    if (!values) continue;
    const error = relativeError(ours[name] ?? [], values);
    expect(error, `relative error of ${name}`).toBeLessThan(tolerance);
  }
}

/** Runs an operation on the current backend: its output, and the gradients of Σ dOut · output. */
export async function runWithGradients(
  { run, shapes }: Pick<OperationCase, 'run' | 'shapes'>,
  arrays: Arrays,
  dOut: Float64Array,
): Promise<{ out: Float32Array; gradients: Record<string, Float32Array> }> {
  const names = Object.keys(shapes);
  const tensors = names.map((name) =>
    tf.tensor(Float32Array.from(arrays[name] ?? []), shapes[name] as number[]),
  );
  const weights = tf.tensor1d(Float32Array.from(dOut));
  const call = (...args: Tensor[]): Tensor =>
    run(Object.fromEntries(names.map((name, i) => [name, args[i] as Tensor])));
  const out = tf.tidy(() => call(...tensors));
  const grads = tf.grads((...args) => tf.sum(tf.mul(tf.reshape(call(...args), [-1]), weights)))(
    tensors,
  );
  const read = async (tensor: Tensor): Promise<Float32Array> =>
    (await tensor.data()).slice() as Float32Array;
  const gradients: Record<string, Float32Array> = {};
  for (const [i, name] of names.entries()) gradients[name] = await read(grads[i] as Tensor);
  const result = { out: await read(out), gradients };
  tf.dispose([...tensors, ...grads, out, weights]);
  return result;
}

/** The gradient of Σ dOut · f by central differences, in float64. */
export function finiteDifferences(
  f: (arrays: Arrays) => Float64Array,
  arrays: Arrays,
  dOut: Float64Array,
): Arrays {
  const step = 1e-5;
  const loss = (): number => f(arrays).reduce((sum, y, i) => sum + y * (dOut[i] as number), 0);
  return Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => {
      const gradient = values.map((value, i) => {
        values[i] = value + step;
        const above = loss();
        values[i] = value - step;
        const below = loss();
        values[i] = value;
        return (above - below) / (2 * step);
      });
      return [name, gradient];
    }),
  );
}

/** An operation of one operand, and the gradient of its sum, value by value. */
export async function valuesAndSlopes(
  apply: (x: Tensor) => Tensor,
  xs: readonly number[],
): Promise<{ values: number[]; slopes: number[] }> {
  const x = tf.tensor1d([...xs]);
  const value = apply(x);
  const slope = tf.grad((at) => tf.sum(apply(at)))(x);
  const result = { values: [...(await value.data())], slopes: [...(await slope.data())] };
  tf.dispose([x, value, slope]);
  return result;
}

/** Compares value by value, relative to each; below `floor`, relative to that. NaN equals NaN only. */
export function expectEach(
  ours: ArrayLike<number>,
  golden: ArrayLike<number>,
  tolerance: number,
  floor = 1e-30,
): void {
  expect(ours.length).toBe(golden.length);
  for (let i = 0; i < golden.length; i++) {
    const [a, b] = [ours[i]!, golden[i]!];
    if (!Number.isFinite(b)) {
      expect(a, `number ${i}`).toBe(b);
      continue;
    }
    const error = Math.abs(a - b) / Math.max(Math.abs(b), floor);
    expect(error, `number ${i}, ${a} instead of ${b}`).toBeLessThan(tolerance);
  }
}
