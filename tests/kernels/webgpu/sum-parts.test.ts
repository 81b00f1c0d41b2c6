import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describe, expect, it } from 'vitest';
import { sumParts } from '../../../src/kernels/webgpu/sum-parts.ts';
import { BACKENDS, openForSuite } from '../backends.ts';
import { toTensor } from '../ritual.ts';
import { drawArrays, expectClose, sizeOf } from '../support.ts';

describe.runIf(BACKENDS.includes('webgpu'))('sums of parts', () => {
  openForSuite('webgpu');

  /** One lane an output below 16 parts, 16 lanes from there on; outputs around a workgroup's. */
  const cases = [1, 2, 15, 16, 17, 33].flatMap((count) =>
    [[1], [15], [16], [17], [64], [3, 23]].map((shape) => ({ count, shape })),
  );

  const sum = async (parts: Float64Array, where: Parameters<typeof sumParts>[2], at: number[]) => {
    const tensor = toTensor(parts, [parts.length]);
    const out = sumParts(tf.backend() as WebGPUBackend, tensor, where, at);
    const values = (await tf.backend().read(out.dataId)) as Float32Array;
    tf.backend().disposeData(out.dataId);
    tensor.dispose();
    expect(out.shape).toEqual(at);
    return values;
  };

  it.each(cases)('of $count parts of shape $shape', async ({ count, shape }) => {
    const size = sizeOf(shape);
    const { parts } = drawArrays({ parts: [count * size] }, 3);
    const golden = Float64Array.from({ length: size }, (_, i) => {
      let total = 0;
      for (let part = 0; part < count; part++) total += parts![part * size + i]!;
      return total;
    });
    const out = await sum(parts!, { count, stride: size }, shape);
    expectClose({ out }, { out: golden }, 1e-5);
  });

  it.each([3, 20])('begin at an offset and skip what lies between %i parts', async (count) => {
    const [offset, stride, size] = [5, 7, 2];
    const parts = Float64Array.from({ length: offset + count * stride }, (_, i) => i);
    const golden = [0, 1].map((i) => {
      const first = offset + i;
      return count * first + (stride * count * (count - 1)) / 2;
    });
    expect([...(await sum(parts, { offset, count, stride }, [size]))]).toEqual(golden);
  });

  it('come out the same each time', async () => {
    const { parts } = drawArrays({ parts: [40 * 9] }, 4);
    const first = await sum(parts!, { count: 40, stride: 9 }, [9]);
    expect(await sum(parts!, { count: 40, stride: 9 }, [9])).toEqual(first);
  });

  it('let NaN and infinity through, to their own output only', async () => {
    const parts = new Float64Array(20 * 3).fill(1);
    parts[7 * 3] = NaN;
    parts[9 * 3 + 2] = Infinity;
    const [first, second, third] = await sum(parts, { count: 20, stride: 3 }, [3]);
    expect([first, second, third]).toEqual([NaN, 20, Infinity]);
  });
});
