import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  differentiable,
  expectShape,
  runKernel,
  runSingle,
  usesComposedOperations,
} from '../../src/kernels/op.ts';
import { BACKENDS, openForSuite } from './backends.ts';

describe('an operation', () => {
  openForSuite('cpu');
  const seen: { inputs: string[]; attributes: object }[] = [];

  beforeAll(() => {
    const register = (kernelName: string, run: (x: tf.TensorInfo) => tf.TensorInfo[]) =>
      tf.registerKernel({
        kernelName,
        backendName: 'cpu',
        kernelFunc: ({ inputs, attrs }) => {
          seen.push({ inputs: Object.keys(inputs), attributes: attrs ?? {} });
          return run(inputs['x'] as tf.TensorInfo);
        },
      });
    const copy = ({ shape, dtype, dataId }: tf.TensorInfo): tf.TensorInfo => {
      const values = tf.backend().readSync(dataId).slice() as Float32Array;
      return { dataId: tf.backend().write(values, shape, dtype), shape, dtype };
    };
    register('TestTwice', (x) => [copy(x), copy(x)]);
    register('TestNone', () => []);
  });
  afterAll(() => {
    for (const name of ['TestTwice', 'TestNone']) tf.unregisterKernel(name, 'cpu');
  });

  it('hands a kernel the inputs that are there, with its attributes', () => {
    seen.length = 0;
    const x = tf.ones([2]);
    const outputs = runKernel('TestTwice', { x, absent: undefined }, { epsilon: 3 });
    expect(outputs.map(({ shape }) => shape)).toEqual([[2], [2]]);
    expect(seen).toEqual([{ inputs: ['x'], attributes: { epsilon: 3 } }]);
    tf.dispose([x, ...outputs]);
  });

  it('has a first output, or says that it has none', async () => {
    const x = tf.tensor1d([4, 5]);
    expect([...(await runSingle('TestTwice', { x }).data())]).toEqual([4, 5]);
    expect(() => runSingle('TestNone', { x })).toThrow(
      /TestNone: expected an output tensor, the kernel returned none/,
    );
    x.dispose();
  });

  it('has a gradient for each input that is there, by name and in order', async () => {
    const inputs = { a: tf.scalar(2), b: undefined, c: tf.scalar(5) };
    let received: string[] = [];
    const f = (a: Tensor, c: Tensor): Tensor =>
      differentiable(
        { a, b: undefined as Tensor | undefined, c },
        () => tf.mul(a, c),
        (dOut, saved) => {
          received = Object.keys(saved);
          return [tf.mul(dOut, saved.c), tf.mul(dOut, saved.a)];
        },
      );
    const grads = tf.grads(f)([inputs.a, inputs.c]);
    const values = await Promise.all(grads.map(async (grad) => (await grad.data())[0]));
    expect(values).toEqual([5, 2]);
    expect(received).toEqual(['a', 'c']);
  });

  it('saves nothing where its forward pass fails', () => {
    const x = tf.scalar(2);
    const { numTensors } = tf.memory();
    const fails = (at: Tensor): Tensor =>
      differentiable(
        { at },
        () => {
          throw new Error('no memory');
        },
        () => [],
      );
    expect(() => tf.grad(fails)(x)).toThrow('no memory');
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each([
    [[2, 3], [2, 3], true],
    [[2, 3], [2, null], true],
    [[2, 3], [null, null], true],
    [[], [], true],
    [[2, 3], [3, 2], false],
    [[2, 3], [2], false],
    [[2, 3], [2, 3, null], false],
    [[0], [1], false],
  ] as const)('of shape %j where %j is expected: %s', (shape, expected, fits) => {
    const check = () => expectShape('where', tf.zeros([...shape]), [...expected]);
    const wanted = expected.map((size) => size ?? '·').join(' ');
    const complaint = `where: expected shape [${wanted}], got [${shape.join(' ')}]`;
    let said = '';
    try {
      check();
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toBe(fits ? '' : complaint);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it('operations are composed where there are no kernels, and only there', () => {
    expect(usesComposedOperations()).toBe(backend === 'cpu');
  });

  it.runIf(backend !== 'cpu')('a kernel that is missing is an error', () => {
    expect(() => runKernel('NoSuchKernel', {})).toThrow(/NoSuchKernel/);
  });
});
