import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gelu } from '../../src/kernels/gelu/op.ts';
import { geluGradReference, geluReference } from '../../src/kernels/gelu/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation } from './ritual.ts';
import { expectEach, valuesAndSlopes } from './support.ts';

function geluCase(...shape: number[]): OperationCase {
  return {
    name: `gelu [${shape.join(' ')}]`,
    shapes: { x: shape },
    prepare: ({ x }) => ({ x: x!.map((value) => Math.fround(5 * value)) }),
    run: ({ x }) => gelu(x!),
    reference: ({ x }) => geluReference(x!),
    gradient: ({ x }, dOut) => ({ x: geluGradReference(x!, dOut) }),
  };
}

describeOperation('gelu', {
  cases: [
    geluCase(1),
    geluCase(3, 43),
    geluCase(2),
    geluCase(3),
    geluCase(63),
    geluCase(64),
    geluCase(65),
    geluCase(2, 3, 5, 7),
    geluCase(1, 1031),
  ],
});

describe('the float64 reference of gelu', () => {
  it('has the values of the published approximation', () => {
    // 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))), to ten digits.
    const golden = [-0.1588080094, 0, 0.3457140098, 0.8411919906, 1.954597694];
    expectEach(geluReference(Float64Array.of(-1, 0, 0.5, 1, 2)), golden, 1e-9, 1e-9);
  });

  it('less its mirror image is the identity', () => {
    const x = Float64Array.of(0.1, 0.7, 1.3, 3, 6);
    const mirrored = geluReference(x.map((value) => -value));
    expectEach(
      geluReference(x).map((value, i) => value - mirrored[i]!),
      x,
      1e-12,
    );
  });

  it('rises from 0 to 1 and beyond, and back to 1', () => {
    const slopes = geluGradReference(Float64Array.of(-30, 0, 1.4, 30), new Float64Array(4).fill(1));
    expectEach(slopes.slice(0, 2), [0, 0.5], 1e-12, 1);
    expect(slopes[2]).toBeGreaterThan(1.1);
    expect(slopes[3]).toBeCloseTo(1, 12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it('gelu is right value by value, where it is small too', async () => {
    const xs = Array.from({ length: 81 }, (_, i) => (i - 40) / 10).map(Math.fround);
    const { values, slopes } = await valuesAndSlopes(gelu, xs);
    const x = Float64Array.from(xs);
    // Below -3 what is left of 1 + tanh is a difference of large numbers on the composed backends.
    expectEach(values, geluReference(x), 2e-5, backend === 'cpu' ? 0.1 : 1e-3);
    expectEach(slopes, geluGradReference(x, new Float64Array(xs.length).fill(1)), 2e-5, 0.1);
  });

  it.each([20, 100, 1e4, 1e12])(
    'gelu of ±%f is 0 or the identity, with their slopes',
    async (x) => {
      const { values, slopes } = await valuesAndSlopes(gelu, [-x, x]);
      expectEach(values, [0, x], 1e-6, 1e-6);
      expectEach(slopes, [0, 1], 1e-6, 1e-6);
    },
  );

  it.runIf(backend === 'webgpu')('gelu of nothing is refused in words', () => {
    expect(() => gelu(tf.zeros([0, 3]))).toThrow(/expected a tensor with elements, got an empty/);
  });

  it.runIf(backend !== 'webgpu')('gelu of nothing is nothing', async () => {
    const out = gelu(tf.zeros([0, 3]));
    expect(out.shape).toEqual([0, 3]);
    expect([...(await out.data())]).toEqual([]);
  });
});
