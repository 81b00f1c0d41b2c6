import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy, headCrossEntropy } from '../../src/kernels/cross-entropy/op.ts';
import {
  IGNORED,
  crossEntropyGradReference,
  crossEntropyReference,
  headCrossEntropyGradReference,
  headCrossEntropyReference,
} from '../../src/kernels/cross-entropy/reference.ts';
import { RandomStream } from '../../src/numerics/random.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

/** Drawn, each third one ignored. */
const targetsOf = (rows: number, classes: number, seed = 1): number[] => {
  const random = RandomStream.fromSeed(seed);
  return Array.from({ length: rows }, (_, r) => {
    const drawn = Math.floor(random.uniform(0, classes));
    return r % 3 === 2 ? IGNORED : drawn;
  });
};

const ints = (values: readonly number[]): tf.Tensor => tf.tensor1d([...values], 'int32');

function lossCase(rows: number, classes: number, scale = 3): OperationCase {
  const targets = targetsOf(rows, classes);
  return {
    name: `crossEntropy of ${rows} rows of ${classes} scale ${scale}`,
    shapes: { logits: [rows, classes] },
    prepare: ({ logits }) => ({ logits: logits!.map((x) => Math.fround(scale * x)) }),
    run: ({ logits }) => crossEntropy(logits!, ints(targets)),
    reference: ({ logits }) => crossEntropyReference(logits!, targets),
    gradient: ({ logits }, dOut) => ({
      logits: crossEntropyGradReference(logits!, targets, dOut),
    }),
  };
}

type Head = Record<'hidden' | 'weight', Float64Array>;

function headCase(
  [rows, size, classes]: readonly [number, number, number],
  block: number,
): OperationCase {
  const targets = targetsOf(rows, classes);
  return {
    name: `headCrossEntropy of ${rows} rows of ${size} to ${classes}, ${block} at once`,
    shapes: { hidden: [rows, size], weight: [classes, size] },
    run: ({ hidden, weight }) => headCrossEntropy(hidden!, weight!, ints(targets), block),
    reference: (arrays) => headCrossEntropyReference(arrays as Head, targets),
    gradient: (arrays, dOut) => ({
      ...headCrossEntropyGradReference(arrays as Head, targets, dOut),
    }),
  };
}

describeOperation('crossEntropy', {
  cases: [
    lossCase(1, 1),
    lossCase(3, 7),
    lossCase(5, 64),
    lossCase(2, 65),
    lossCase(67, 3),
    lossCase(4, 259),
    lossCase(2, 1031, 30),
  ],
  refusals: [
    {
      what: 'targets of another number',
      run: () => crossEntropy(tf.zeros([3, 4]), ints([0, 1])),
      message: /crossEntropy targets: expected shape \[3\], got \[2\]/,
    },
    {
      what: 'targets that are floats',
      run: () => crossEntropy(tf.zeros([2, 4]), tf.zeros([2])),
      message: /crossEntropy targets: expected int32, got float32; cast it first/,
    },
    {
      what: 'logits of three axes',
      run: () => crossEntropy(tf.zeros([1, 2, 4]), ints([0, 1])),
      message: /crossEntropy logits: expected shape \[· ·\], got \[1 2 4\]/,
    },
  ],
});

describeOperation('headCrossEntropy', {
  casts: true,
  cases: [
    headCase([1, 1, 1], 1),
    headCase([5, 3, 7], 2),
    headCase([7, 4, 9], 3),
    headCase([4, 5, 65], 100),
    headCase([2, 3, 5], 1),
  ],
  refusals: [
    {
      what: 'hidden values of another width than the head',
      run: () => headCrossEntropy(tf.zeros([2, 3]), tf.zeros([5, 4]), ints([0, 1])),
      message: /headCrossEntropy hidden: expected shape \[· 4\], got \[2 3\]/,
    },
    {
      what: 'targets of another number',
      run: () => headCrossEntropy(tf.zeros([2, 3]), tf.zeros([5, 3]), ints([0])),
      message: /headCrossEntropy targets: expected shape \[2\], got \[1\]/,
    },
  ],
});

describe('the float64 reference of crossEntropy', () => {
  it('is the logarithm of the classes where all are alike', () => {
    const logits = new Float64Array(8).fill(5);
    expectEach(crossEntropyReference(logits, [0, 3]), [Math.log(4), Math.log(4)], 1e-12);
    const slopes = crossEntropyGradReference(logits, [0, IGNORED], Float64Array.of(1, 1));
    expectEach(slopes, [-0.75, 0.25, 0.25, 0.25, 0, 0, 0, 0], 1e-12);
  });

  it('has gradients that add up to nothing in each row', () => {
    const { logits, dOut } = drawArrays({ logits: [3 * 11], dOut: [3] }, 2);
    const slopes = crossEntropyGradReference(logits!, [1, 5, 10], dOut!);
    for (let r = 0; r < 3; r++) {
      const sum = slopes.slice(11 * r, 11 * r + 11).reduce((total, slope) => total + slope, 0);
      expect(Math.abs(sum)).toBeLessThan(1e-12);
    }
  });

  it('of a head of weights is that of its product', () => {
    const [hidden, weight] = [Float64Array.of(1, 2), Float64Array.of(1, 0, 0, 1, 1, 1)];
    const golden = crossEntropyReference(Float64Array.of(1, 2, 3), [1]);
    expectEach(headCrossEntropyReference({ hidden, weight }, [1]), golden, 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it.each([-1e4, -100, 100, 1e4])(
    'crossEntropy does not depend on logits all %f higher',
    async (far) => {
      const { logits } = drawArrays({ logits: [2, 9] }, 3);
      const moved = logits!.map((x) => Math.fround(Math.round(16 * x) / 16 + far));
      const loss = crossEntropy(toTensor(moved, [2, 9]), ints([4, 0]));
      expectClose(
        { loss: [...(await loss.data())] },
        { loss: crossEntropyReference(moved, [4, 0]) },
        Math.abs(far) > 1e3 ? 1e-3 : 1e-5,
      );
    },
  );

  it('crossEntropy of a certain answer is nothing, of its opposite the distance', async () => {
    const logits = tf.tensor2d([200, 0, 0, 200], [2, 2]);
    const loss = await crossEntropy(logits, ints([0, 0])).data();
    expectEach(loss, [0, 200], 1e-6, 1e-6);
  });

  it('crossEntropy of a class masked by -∞ ignores it', async () => {
    const logits = tf.tensor2d([1, -Infinity, 2, -Infinity], [1, 4]);
    const f = (at: tf.Tensor) => tf.sum(crossEntropy(at, ints([0])));
    const golden = Math.log(1 + Math.E);
    expect((await f(logits).data())[0]).toBeCloseTo(golden, 5);
  });

  const wrong = [-1, 4, 70_000, -99];
  it.runIf(backend !== 'webgpu').each(wrong)('crossEntropy refuses the target %i', (target) => {
    expect(() => crossEntropy(tf.zeros([2, 4]), ints([0, target]))).toThrow(
      `crossEntropy targets: expected ids from 0 to 3, got ${target}; check the tokenizer`,
    );
    expect(() => headCrossEntropy(tf.zeros([2, 3]), tf.zeros([4, 3]), ints([0, target]))).toThrow(
      `headCrossEntropy targets: expected ids from 0 to 3, got ${target}`,
    );
  });

  it.runIf(backend === 'webgpu').each(wrong)(
    'crossEntropy of the target %i is NaN',
    async (target) => {
      const loss = await crossEntropy(tf.zeros([2, 4]), ints([0, target])).data();
      expect([...loss].map((value) => Number.isNaN(value))).toEqual([false, true]);
    },
  );

  it('crossEntropy over a vocabulary of 50,280 keeps its digits', async () => {
    const classes = 50_280;
    const { logits } = drawArrays({ logits: [2, classes] }, 5);
    const targets = [17, 50_279];
    const x = toTensor(logits!, [2, classes]);
    const loss = crossEntropy(x, ints(targets));
    const golden = crossEntropyReference(logits!, targets);
    expectClose({ loss: [...(await loss.data())] }, { loss: golden }, 2e-6);
    const gradient = tf.grad((at) => tf.sum(crossEntropy(at, ints(targets))))(x);
    const slopes = crossEntropyGradReference(logits!, targets, Float64Array.of(1, 1));
    expectClose({ gradient: [...(await gradient.data())] }, { gradient: slopes }, 1e-5);
    tf.dispose([x, loss, gradient]);
  });

  it('headCrossEntropy is the same whatever the block', async () => {
    const { hidden, weight } = drawArrays({ hidden: [11, 6], weight: [13, 6] }, 6);
    const targets = targetsOf(11, 13, 7);
    const [h, w] = [toTensor(hidden!, [11, 6]), toTensor(weight!, [13, 6])];
    const run = async (block?: number) => {
      const loss = (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(headCrossEntropy(a, b, ints(targets), block));
      const { value, grads } = tf.valueAndGrads(loss as (...x: tf.Tensor[]) => tf.Scalar)([h, w]);
      const all = await Promise.all([value, ...grads].map((tensor) => tensor.data()));
      tf.dispose([value, ...grads]);
      return { value: all[0]!, hidden: all[1]!, weight: all[2]! } as Record<string, Float32Array>;
    };
    const whole = await run();
    for (const block of [1, 2, 5, 10, 11]) expectClose(await run(block), whole, 1e-5);
  });

  it.runIf(backend === 'wasm')('headCrossEntropy holds the logits of one block only', () => {
    const [rows, size, classes, block] = [24, 2, 5000, 3];
    const [h, w] = [tf.zeros([rows, size]), tf.zeros([classes, size])];
    const targets = ints(targetsOf(rows, classes));
    const peakOf = (run: () => tf.Tensor): number => {
      const sizes: number[] = [];
      const { makeOutput } = tf.backend() as unknown as {
        makeOutput: (...x: unknown[]) => unknown;
      };
      const spied = tf.backend() as unknown as { makeOutput: unknown };
      spied.makeOutput = function (this: unknown, ...args: unknown[]) {
        sizes.push(tf.memory().numBytes);
        return makeOutput.apply(this, args);
      };
      const before = tf.memory().numBytes;
      const out = tf.tidy(run);
      Reflect.deleteProperty(spied, 'makeOutput');
      out.dispose();
      return Math.max(...sizes) - before;
    };
    const oneBlock = 4 * block * classes;
    const all = 4 * rows * classes;
    const forward = peakOf(() => headCrossEntropy(h, w, targets, block));
    expect(forward).toBeGreaterThanOrEqual(oneBlock);
    expect(forward).toBeLessThan(1.5 * oneBlock);
    const backward = peakOf(() =>
      tf.grad((at) => tf.sum(headCrossEntropy(at, w, targets, block)))(h),
    );
    // The logits, their gradient, and that of the head, twice while it is added to.
    expect(backward).toBeLessThan(2.5 * oneBlock + 3 * 4 * classes * size);
    expect(backward).toBeLessThan(all);
    tf.dispose([h, w, targets]);
  });
});
