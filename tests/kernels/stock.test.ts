import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from './backends.ts';
import { drawArrays, expectClose } from './support.ts';

/**
 * The stock operations on the models' path, each at two shapes in one process: a program whose cache key
 * leaves a constant out is right for the first and wrong for the second (tf.cumsum on webgpu is).
 */
type Pair = readonly [Tensor, Tensor];
const operations: Record<string, (pair: Pair) => Tensor> = {
  add: ([a, b]) => tf.add(a, b),
  'add, broadcast': ([a, b]) => tf.add(a, tf.slice(b, [0, 0], [1, b.shape[1]!])),
  sub: ([a, b]) => tf.sub(a, b),
  mul: ([a, b]) => tf.mul(a, b),
  square: ([a]) => tf.square(a),
  exp: ([a]) => tf.exp(a),
  neg: ([a]) => tf.neg(a),
  mean: ([a]) => tf.mean(a),
  'sum, last axis': ([a]) => tf.sum(a, 1),
  'sum, first axis': ([a]) => tf.sum(a, 0),
  reshape: ([a, b]) => tf.mul(tf.reshape(a, [-1]), tf.reshape(b, [-1])),
  slice: ([a]) => tf.slice(a, [0, 1], [-1, a.shape[1]! - 2]),
  concat: ([a, b]) => tf.concat([a, b], 1),
  'matMul, first transposed': ([a, b]) => tf.matMul(a, b, true, false),
  'matMul, second transposed': ([a, b]) => tf.matMul(a, b, false, true),
};
const SHAPES: readonly [number, number][] = [
  [5, 7],
  [65, 67],
];

const golden = new Map<string, Float32Array>();
const keyOf = (name: string, shape: readonly number[]): string => `${name} ${shape.join()}`;

async function run(name: string, shape: [number, number]): Promise<Float32Array> {
  // Large enough not to be handed to the processor, which the webgpu backend does with small tensors.
  const { a, b } = drawArrays({ a: shape, b: shape }, 11);
  const tensors = [a, b].map((x) => tf.square(tf.tensor(Float32Array.from(x!), shape)));
  return (await operations[name]!(tensors as unknown as Pair).data()) as Float32Array;
}

beforeAll(async () => {
  const runtime = await open('cpu');
  for (const name of Object.keys(operations)) {
    for (const shape of SHAPES) golden.set(keyOf(name, shape), await run(name, shape));
  }
  await runtime.close();
});

describe.each(BACKENDS.filter((name) => name !== 'cpu'))('stock operations on %s', (backend) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open(backend);
  });
  afterAll(async () => {
    runtime.check();
    await runtime.close();
  });

  it.each(Object.keys(operations))('%s', async (name) => {
    for (const shape of SHAPES) {
      const key = keyOf(name, shape);
      expectClose({ [key]: await run(name, shape) }, { [key]: golden.get(key) }, 1e-5);
    }
  });
});
