import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { create, globals } from 'webgpu';
import { HALF_PRODUCTS, LARGE, SMALL, productLaunch } from '../../src/kernels/matmul/webgpu.ts';
import { shaderText } from '../../src/kernels/webgpu/dispatch.ts';

Object.assign(globalThis, globals);

/** Held for good: Dawn does not survive the collection of what `create` returns. */
const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);

/** Dawn's device that computes nothing and has every feature. */
async function validatingDevice(): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter();
  const features = [...adapter!.features] as GPUFeatureName[];
  return adapter!.requestDevice({
    requiredFeatures: features.filter((name) => /subgroup|f16/.test(name)),
  });
}

async function complaints(device: GPUDevice, code: string): Promise<string[]> {
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  return [...messages].map(({ message, lineNum }) => `${lineNum}: ${message}`);
}

const shaped = (rows: number, columns: number, transpose: boolean): [number, number] =>
  transpose ? [columns, rows] : [rows, columns];

describe('the WGSL of products on subgroup matrices', () => {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await validatingDevice();
  });

  const either = [false, true];
  const variants = either.flatMap((transposeA) =>
    either.flatMap((transposeB) =>
      [LARGE, SMALL].flatMap((tile) =>
        either.flatMap((bias) =>
          either.map((half) => ({ transposeA, transposeB, tile, bias, half })),
        ),
      ),
    ),
  );

  it.each(variants)(
    'is valid where $transposeA, $transposeB, $tile.rows rows, bias $bias, half $half',
    async ({ transposeA, transposeB, tile, bias, half }) => {
      const info = (...shape: number[]): tf.TensorInfo => ({ dataId: {}, shape, dtype: 'float32' });
      const product = {
        a: info(...shaped(64, 32, transposeA)),
        b: info(...shaped(32, 64, transposeB)),
        ...(bias && { bias: info(64) }),
        transposeA,
        transposeB,
      };
      tf.env().set(HALF_PRODUCTS, half);
      const launch = productLaunch(
        product,
        { tile, splits: 1 },
        { peaks: info(128), out: info(64, 64) },
      );
      tf.env().set(HALF_PRODUCTS, false);
      expect(await complaints(device, shaderText(launch))).toEqual([]);
    },
  );
});
