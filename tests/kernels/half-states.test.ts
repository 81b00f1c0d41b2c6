import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK } from '../../src/kernels/selective-scan/scan.wgsl.ts';
import { HALF_STATES } from '../../src/kernels/selective-scan/webgpu.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { BACKENDS, open } from './backends.ts';
import { scanCases } from './selective-scan.cases.ts';
import { drawArrays, relativeError, runWithGradients } from './support.ts';

/** The relative rounding error of half precision. */
const HALF = 2 ** -11;

/** Only what crosses a border between chunks is stored. */
const long = scanCases.filter(({ shapes }) => (shapes['u'] as readonly number[])[1]! > CHUNK);

describe.runIf(BACKENDS.includes('webgpu'))('half states between chunks', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await open('webgpu');
  });
  afterAll(async () => {
    tf.env().set(HALF_STATES, false);
    await runtime.close();
  });

  it.each(long)(
    '$name: gradients within the rounding of a state, not within that of float32',
    async (scan) => {
      const arrays = scan.prepare!(drawArrays(scan.shapes, 7));
      const golden = scan.reference(arrays);
      const { dOut } = drawArrays({ dOut: [golden.length] }, 8);
      tf.env().set(HALF_STATES, true);
      const { out, gradients } = await runWithGradients(scan, arrays, dOut!);
      tf.env().set(HALF_STATES, false);
      runtime.check();
      expect(relativeError(out, golden)).toBeLessThan(1e-5);
      const errors = Object.entries(scan.gradient(arrays, dOut!)).flatMap(([name, values]) =>
        values ? [relativeError(gradients[name]!, values)] : [],
      );
      expect(Math.max(...errors)).toBeLessThan(2 * HALF);
      expect(Math.max(...errors)).toBeGreaterThan(HALF / 100);
    },
  );
});
