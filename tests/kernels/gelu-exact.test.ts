import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { geluExact } from '../../src/kernels/gelu-exact/op.ts';
import {
  geluExactGradReference,
  geluExactReference,
} from '../../src/kernels/gelu-exact/reference.ts';
import { geluReference } from '../../src/kernels/gelu/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation } from './ritual.ts';
import { expectEach, valuesAndSlopes } from './support.ts';

function geluExactCase(...shape: number[]): OperationCase {
  return {
    name: `geluExact [${shape.join(' ')}]`,
    shapes: { x: shape },
    prepare: ({ x }) => ({ x: x!.map((value) => Math.fround(5 * value)) }),
    run: ({ x }) => geluExact(x!),
    reference: ({ x }) => geluExactReference(x!),
    gradient: ({ x }, dOut) => ({ x: geluExactGradReference(x!, dOut) }),
  };
}

describeOperation('geluExact', {
  cases: [
    geluExactCase(1),
    geluExactCase(3, 43),
    geluExactCase(2),
    geluExactCase(3),
    geluExactCase(63),
    geluExactCase(64),
    geluExactCase(65),
    geluExactCase(2, 3, 5, 7),
    geluExactCase(1, 1031),
  ],
});

describe('the float64 reference of geluExact', () => {
  it('is x Φ(x), by tables of the normal distribution', () => {
    const phi = [0.0227501319, 0.1586552539, 0.5, 0.6914624613, 0.8413447461, 0.9772498681];
    const x = [-2, -1, 0, 0.5, 1, 2];
    const golden = x.map((value, i) => value * phi[i]!);
    expectEach(geluExactReference(Float64Array.from(x)), golden, 1e-8, 1e-8);
  });

  it('is not its approximation', () => {
    const apart =
      geluExactReference(Float64Array.of(2))[0]! - geluReference(Float64Array.of(2))[0]!;
    expect(Math.abs(apart)).toBeGreaterThan(1e-5);
    expect(Math.abs(apart)).toBeLessThan(1e-3);
  });

  it('less its mirror image is the identity', () => {
    const x = Float64Array.of(0.1, 0.7, 1.3, 3, 6);
    const mirrored = geluExactReference(x.map((value) => -value));
    expectEach(
      geluExactReference(x).map((value, i) => value - mirrored[i]!),
      x,
      1e-12,
    );
  });

  it('rises from 0 to 1 and beyond, and back to 1', () => {
    const slopes = geluExactGradReference(
      Float64Array.of(-30, 0, 1.4, 30),
      new Float64Array(4).fill(1),
    );
    expectEach(slopes.slice(0, 2), [0, 0.5], 1e-12, 1);
    expect(slopes[2]).toBeGreaterThan(1.1);
    expect(slopes[3]).toBeCloseTo(1, 12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);

  it('geluExact is right value by value, where it is small too', async () => {
    const xs = Array.from({ length: 81 }, (_, i) => (i - 40) / 10).map(Math.fround);
    const { values, slopes } = await valuesAndSlopes(geluExact, xs);
    const x = Float64Array.from(xs);
    // Below -3 what is left of 1 + erf is a difference of large numbers on the composed backends.
    expectEach(values, geluExactReference(x), 2e-5, backend === 'cpu' ? 0.1 : 1e-3);
    expectEach(slopes, geluExactGradReference(x, new Float64Array(xs.length).fill(1)), 2e-5, 0.1);
  });

  it.each([20, 100, 1e4, 1e12])(
    'geluExact of ±%f is 0 or the identity, with their slopes',
    async (x) => {
      const { values, slopes } = await valuesAndSlopes(geluExact, [-x, x]);
      expectEach(values, [0, x], 1e-6, 1e-6);
      expectEach(slopes, [0, 1], 1e-6, 1e-6);
    },
  );

  it.runIf(backend === 'webgpu')('geluExact of nothing is refused in words', () => {
    expect(() => geluExact(tf.zeros([0, 3]))).toThrow(
      /expected a tensor with elements, got an empty/,
    );
  });

  it.runIf(backend !== 'webgpu')('geluExact of nothing is nothing', async () => {
    const out = geluExact(tf.zeros([0, 3]));
    expect(out.shape).toEqual([0, 3]);
    expect([...(await out.data())]).toEqual([]);
  });
});
