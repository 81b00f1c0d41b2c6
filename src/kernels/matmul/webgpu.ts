import { env, getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { elements, launch, newTensor } from '../webgpu/dispatch.ts';
import type { Launch } from '../webgpu/dispatch.ts';
import { sumParts } from '../webgpu/sum-parts.ts';
import { SIDE, hasMatrixHardware } from '../../runtime/matrix-hardware.ts';
import { PEAKS_WGSL, PEAK_GROUPS, PEAK_LANES, lanesOf, matmulWgsl } from './matmul.wgsl.ts';
import type { Tile } from './matmul.wgsl.ts';

/**
 * Whether products on subgroup matrices round their operands to float16 (relative error about 3e-4) instead of
 * adding the products of what that leaves (about 1e-6, as float32). Off unless set.
 */
export const HALF_PRODUCTS = 'WEBGPU_HALF_PRODUCTS';
env().registerFlag(HALF_PRODUCTS, () => false);

/** Whether products use the device's matrix hardware where it has any; off for comparing with the stock ones. */
const MATRIX_HARDWARE = 'WEBGPU_MATRIX_HARDWARE';
env().registerFlag(MATRIX_HARDWARE, () => true);

/** A product of two matrices: a [M K] or, transposed, [K M]; b [K N] or [N K]; bias [N]. */
export interface Product {
  a: TensorInfo;
  b: TensorInfo;
  bias?: TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
}

/** Kernel `BatchMatMul`: the stock one, but for two matrices where the device has the hardware. */
export function registerWebgpu(): void {
  const stock = getKernel('BatchMatMul', 'webgpu');
  if (!stock || wrapped.has(stock)) return;
  unregisterKernel('BatchMatMul', 'webgpu');
  const own = {
    ...stock,
    kernelFunc: (call: Parameters<typeof stock.kernelFunc>[0]) => {
      const { a, b } = call.inputs as Required<NamedTensorInfoMap>;
      const { transposeA, transposeB } = call.attrs as unknown as Product;
      const product = { a: a as TensorInfo, b: b as TensorInfo, transposeA, transposeB };
      return multiply(call.backend as WebGPUBackend, product) ?? stock.kernelFunc(call);
    },
  };
  wrapped.add(own);
  registerKernel(own);
}

const wrapped = new WeakSet<object>();

export const LARGE: Tile = {
  rows: 128,
  columns: 128,
  depth: 32,
  subgroupRows: 64,
  subgroupColumns: 32,
};
export const SMALL: Tile = {
  rows: 64,
  columns: 64,
  depth: 32,
  subgroupRows: 32,
  subgroupColumns: 32,
};
/** Workgroups that keep a large GPU busy with large tiles; and with small ones, for fewer of which K is split. */
const ENOUGH_LARGE = 80;
const ENOUGH = 200;
/** Multiply-adds below which the stock product is as good. */
const WORTHWHILE = 2 ** 20;

function sizesOf({ a, b, transposeA, transposeB }: Product) {
  const [first, second] = a.shape as [number, number];
  const [m, k] = transposeA ? [second, first] : [first, second];
  const n = b.shape[transposeB ? 0 : 1]!;
  return { m, n, k };
}

/** A product of two matrices on subgroup matrices; undefined where the device or the shapes do not allow it. */
export function multiply(backend: WebGPUBackend, product: Product): TensorInfo | undefined {
  const { a, b, bias } = product;
  if (!env().getBool(MATRIX_HARDWARE) || !hasMatrixHardware(backend.device)) return undefined;
  if (a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  const { m, n, k } = sizesOf(product);
  const inVectors = [a, b].every(({ shape, dtype }) => shape[1]! % 4 === 0 && dtype === 'float32');
  if (!inVectors || m % SIDE || n % SIDE || m * n * k < WORTHWHILE) return undefined;
  const plan = planOf(m, n, k);
  const { splits } = plan;
  // A bias belongs to one split, and they all run the same text.
  if (bias && splits > 1) return undefined;
  const out = splits > 1 ? newTensor(backend, splits, m, n) : newTensor(backend, m, n);
  const peaks = peaksOf(backend, product);
  launch(backend, productLaunch(product, plan, { peaks, out }));
  backend.disposeData(peaks.dataId);
  if (splits === 1) return out;
  const sum = sumParts(backend, out, { count: splits, stride: m * n }, [m, n]);
  backend.disposeData(out.dataId);
  return sum;
}

/** How a product is spread over workgroups. */
export interface Plan {
  tile: Tile;
  /** Parts of K, added up afterwards. */
  splits: number;
}

function planOf(m: number, n: number, k: number): Plan {
  const tilesOf = ({ rows, columns }: Tile): number => Math.ceil(m / rows) * Math.ceil(n / columns);
  if (tilesOf(LARGE) >= ENOUGH_LARGE) return { tile: LARGE, splits: 1 };
  const tiles = tilesOf(SMALL);
  const most = Math.max(1, Math.floor(k / (4 * SMALL.depth)));
  return {
    tile: SMALL,
    splits: tiles >= ENOUGH / 3 ? 1 : Math.min(most, Math.ceil(ENOUGH / tiles)),
  };
}

function peaksOf(backend: WebGPUBackend, { a, b }: Product): TensorInfo {
  const peaks = newTensor(backend, 2 * PEAK_GROUPS);
  launch(backend, {
    name: 'Matmul peaks',
    wgsl: PEAKS_WGSL,
    reads: { a, b },
    writes: { peaks },
    vectors: ['a', 'b'],
    constants: { GROUPS: PEAK_GROUPS },
    sizes: { of_a: elements(a) / 4, of_b: elements(b) / 4 },
    workgroups: 2 * PEAK_GROUPS,
    workgroupSize: PEAK_LANES,
  });
  return peaks;
}

/** The dispatch that multiplies; out [splits M N]. */
export function productLaunch(
  product: Product,
  { tile, splits }: Plan,
  { peaks, out }: { peaks: TensorInfo; out: TensorInfo },
): Launch {
  const { a, b, bias, transposeA, transposeB } = product;
  const { m, n, k } = sizesOf(product);
  const [tiles_m, tiles_n] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns)];
  const exact = !env().getBool(HALF_PRODUCTS);
  return {
    name: 'Matmul',
    wgsl: matmulWgsl({ tile, transposeA, transposeB, bias: bias !== undefined, exact }),
    reads: { a, b, peaks, ...(bias && { bias }) },
    writes: { out },
    vectors: ['a', 'b'],
    enables: ['f16', 'subgroups', 'chromium_experimental_subgroup_matrix'],
    sizes: { m, n, k, depth: Math.ceil(k / splits / tile.depth) * tile.depth, tiles_m, tiles_n },
    workgroups: tiles_m * tiles_n * splits,
    workgroupSize: lanesOf(tile),
  };
}
