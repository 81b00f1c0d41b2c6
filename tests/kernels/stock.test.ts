import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/random.ts';
import { train } from '../../src/training/train.ts';
import { TINY, tinyHooks, tinyTraining } from '../training/tiny.ts';
import { BACKENDS, open, openForSuite } from './backends.ts';
import { drawArrays, expectClose, sizeOf } from './support.ts';

/**
 * The stock operations on the models' path, each at several random shapes in one process: a program whose cache
 * key leaves a constant out is right for the first and wrong for the second (tf.cumsum on webgpu is).
 */
const ROUNDS = 4;

/** A whole number from `least` to `most`. */
type Draw = (least: number, most: number) => number;

/** Positive tensors of any shape asked for. */
type Make = (...shape: number[]) => Tensor;

const shapeOf = (draw: Draw, rank = draw(1, 4)): number[] =>
  Array.from({ length: rank }, () => draw(1, 9));

const elementwise =
  (apply: (x: Tensor, y: Tensor) => Tensor) =>
  (draw: Draw, make: Make): Tensor => {
    const shape = shapeOf(draw);
    return apply(make(...shape), make(...shape));
  };

/** The second operand repeats along some axes, or is a scalar. */
const broadcast =
  (apply: (x: Tensor, y: Tensor) => Tensor) =>
  (draw: Draw, make: Make): Tensor => {
    const shape = shapeOf(draw);
    const smaller = shape.map((size) => (draw(0, 1) === 0 ? 1 : size)).slice(draw(0, shape.length));
    return apply(make(...shape), make(...smaller));
  };

const product =
  (transposeA: boolean, transposeB: boolean) =>
  (draw: Draw, make: Make): Tensor => {
    const [m, k, n, batch] = [draw(1, 40), draw(1, 70), draw(1, 40), draw(1, 3)];
    const a = transposeA ? make(batch, k, m) : make(batch, m, k);
    const b = transposeB ? make(batch, n, k) : make(batch, k, n);
    return tf.matMul(a, b, transposeA, transposeB);
  };

/** By registered kernel, then what is special. */
const operations: Record<string, (draw: Draw, make: Make) => Tensor> = {
  Add: elementwise(tf.add),
  'Add, broadcast': broadcast(tf.add),
  Sub: elementwise(tf.sub),
  'Sub, broadcast': broadcast(tf.sub),
  Multiply: elementwise(tf.mul),
  'Multiply, broadcast': broadcast(tf.mul),
  RealDiv: elementwise(tf.div),
  'RealDiv, broadcast': broadcast(tf.div),
  Square: elementwise((x) => tf.square(x)),
  Exp: elementwise((x) => tf.exp(x)),
  Neg: elementwise((x) => tf.neg(x)),
  Identity: elementwise((x) => tf.clone(x)),
  Cast: elementwise((x) => tf.cast(tf.cast(tf.mul(x, 8), 'int32'), 'float32')),
  Mean: elementwise((x) => tf.mean(x)),
  Sum: (draw, make) => {
    const shape = shapeOf(draw);
    return tf.sum(make(...shape), draw(0, shape.length - 1));
  },
  Reshape: elementwise((x) => tf.reshape(x, [-1, 1])),
  Slice: (draw, make) => {
    const shape = shapeOf(draw);
    const begin = shape.map((size) => draw(0, size - 1));
    const size = shape.map((all, axis) => draw(1, all - begin[axis]!));
    return tf.slice(make(...shape), begin, size);
  },
  PadV2: (draw, make) => {
    const shape = shapeOf(draw);
    return tf.pad(
      make(...shape),
      shape.map((): [number, number] => [draw(0, 2), draw(0, 2)]),
    );
  },
  Concat: (draw, make) => {
    const shape = shapeOf(draw);
    const axis = draw(0, shape.length - 1);
    return tf.concat([make(...shape), make(...shape.with(axis, draw(1, 9)))], axis);
  },
  BatchMatMul: product(false, false),
  'BatchMatMul, first transposed': product(true, false),
  'BatchMatMul, second transposed': product(false, true),
};

const golden = new Map<string, Float32Array>();

/** The same shapes and values on every backend. */
async function run(name: string, round: number): Promise<Float32Array> {
  const random = RandomStream.fromSeed(11).fork(name).fork(round);
  const draw: Draw = (least, most) => Math.floor(random.uniform(least, most + 1));
  let count = 0;
  const make: Make = (...shape) => {
    const seed = 1000 * round + count++;
    const { x } = drawArrays({ x: [sizeOf(shape)] }, seed);
    return tf.tensor(
      Float32Array.from(x!, (value) => value ** 2 + 0.1),
      shape,
    );
  };
  const out = tf.tidy(() => operations[name]!(draw, make));
  const values = (await out.data()) as Float32Array;
  out.dispose();
  return values;
}

const rounds = Array.from({ length: ROUNDS }, (_, i) => i);
const keyOf = (name: string, round: number): string => `${name}, round ${round}`;

beforeAll(async () => {
  const runtime = await open('cpu');
  for (const name of Object.keys(operations)) {
    for (const round of rounds) golden.set(keyOf(name, round), await run(name, round));
  }
  await runtime.close();
});

describe.each(BACKENDS.filter((name) => name !== 'cpu'))('stock operations on %s', (backend) => {
  openForSuite(backend);

  it.each(Object.keys(operations))('%s', async (name) => {
    for (const round of rounds) {
      const key = keyOf(name, round);
      expectClose({ [key]: await run(name, round) }, { [key]: golden.get(key) }, 1e-5);
    }
  });

  it.runIf(backend === 'wasm')('are all that a training of any model uses', async () => {
    const stock = new Set(tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName));
    const used = new Set<string>();
    for (const model of Object.keys(TINY) as (keyof typeof TINY)[]) {
      const { kernelNames } = await tf.profile(
        async () => void (await train(tinyTraining(model, 2), tinyHooks())),
      );
      for (const name of kernelNames) if (stock.has(name)) used.add(name);
    }
    expect(used.size).toBeGreaterThan(5);
    const covered = new Set(Object.keys(operations).map((name) => name.split(',')[0]!));
    expect([...used].filter((name) => !covered.has(name))).toEqual([]);
  });
});
