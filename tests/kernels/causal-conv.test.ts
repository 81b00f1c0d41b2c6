import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { causalConvSilu } from '../../src/kernels/causal-conv/op.ts';
import {
  convSiluGradReference,
  convSiluReference,
} from '../../src/kernels/causal-conv/reference.ts';
import { BACKENDS, openForSuite } from './backends.ts';
import type { OperationCase } from './case.ts';
import { describeOperation, toTensor } from './ritual.ts';
import { drawArrays, expectClose, expectEach } from './support.ts';

type Named = Record<'x' | 'weight' | 'bias', Float64Array>;

function convCase(
  [batch, length, channels]: readonly [number, number, number],
  width: number,
): OperationCase {
  return {
    name: `causalConvSilu B${batch} L${length} D${channels} K${width}`,
    shapes: { x: [batch, length, channels], weight: [channels, width], bias: [channels] },
    run: ({ x, weight, bias }) => causalConvSilu(x!, weight!, bias!),
    reference: (arrays) => convSiluReference(arrays as Named, length),
    gradient: (arrays, dOut) => ({ ...convSiluGradReference(arrays as Named, length, dOut) }),
  };
}

describeOperation('causalConvSilu', {
  cases: [
    convCase([1, 1, 1], 1),
    convCase([2, 3, 5], 4),
    convCase([1, 67, 7], 3),
    convCase([2, 16, 65], 4),
    convCase([3, 2, 4], 4),
    convCase([1, 5, 3], 7),
    convCase([2, 31, 1], 2),
  ],
  refusals: [
    {
      what: 'a weight for other channels',
      run: () => causalConvSilu(tf.zeros([1, 2, 3]), tf.zeros([4, 2]), tf.zeros([3])),
      message: /causalConvSilu weight: expected shape \[3 ·\], got \[4 2\]/,
    },
    {
      what: 'a bias for other channels',
      run: () => causalConvSilu(tf.zeros([1, 2, 3]), tf.zeros([3, 2]), tf.zeros([2])),
      message: /causalConvSilu bias: expected shape \[3\], got \[2\]/,
    },
    {
      what: 'x of two axes',
      run: () => causalConvSilu(tf.zeros([2, 3]), tf.zeros([3, 2]), tf.zeros([3])),
      message: /causalConvSilu x: expected shape \[· · ·\], got \[2 3\]/,
    },
  ],
});

const silu = (x: number): number => x / (1 + Math.exp(-x));

describe('the float64 reference of causalConvSilu', () => {
  it('puts the last tap on the current token, and nothing before the first', () => {
    const x = Float64Array.of(1, 2, 3);
    const weight = Float64Array.of(10, 1);
    const out = convSiluReference({ x, weight, bias: Float64Array.of(0.5) }, 3);
    expectEach(out, [1 + 0.5, 10 + 2 + 0.5, 20 + 3 + 0.5].map(silu), 1e-12);
  });

  it('begins anew with each prompt', () => {
    const weight = Float64Array.of(1, 1);
    const bias = Float64Array.of(0);
    const out = convSiluReference({ x: Float64Array.of(1, 2, 4, 8), weight, bias }, 2);
    expectEach(out, [1, 3, 4, 12].map(silu), 1e-12);
  });
});

describe.each(BACKENDS)('on %s', (backend) => {
  openForSuite(backend);
  const shape = [1, 8, 3] as const;
  const draw = (seed: number) =>
    drawArrays({ x: shape, weight: [3, 4], bias: [3] }, seed) as unknown as Named;
  const run = async ({ x, weight, bias }: Named) => {
    const out = causalConvSilu(toTensor(x, shape), toTensor(weight, [3, 4]), toTensor(bias, [3]));
    return [...(await out.data())];
  };

  it('causalConvSilu does not see what comes later, nor beyond its taps', async () => {
    const arrays = draw(2);
    const before = await run(arrays);
    const changed = await run({ ...arrays, x: arrays.x.with(2 * 3 + 1, 5) });
    const differs = before.map((value, i) => value !== changed[i]);
    const expected = before.map((_, i) => i % 3 === 1 && i >= 6 && i < 6 + 4 * 3);
    expect(differs).toEqual(expected);
  });

  it.each([40, 100, 1e4])(
    'causalConvSilu neither overflows nor loses the sign at ±%f',
    async (far) => {
      const { x, weight } = draw(3);
      const ones = { x: x.map(() => 0), weight };
      const out = await run({ ...ones, bias: Float64Array.of(-far, far, 0) });
      for (let t = 0; t < 8; t++) {
        expectEach(out.slice(3 * t, 3 * t + 3), [0, far, 0], 1e-6, 1e-6);
      }
    },
  );

  it('causalConvSilu with more taps than tokens reads the last ones', async () => {
    const { x, weight, bias } = draw(4);
    const golden = convSiluReference({ x: x.slice(0, 6), weight, bias }, 2);
    const at = [1, 2, 3];
    const out = causalConvSilu(
      toTensor(x.slice(0, 6), at),
      toTensor(weight, [3, 4]),
      toTensor(bias, [3]),
    );
    expectClose({ out: [...(await out.data())] }, { out: golden }, 1e-5);
  });
});
