/** Of Dawn's experimental feature: which products of matrices a subgroup computes. */
interface MatrixConfig {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}
type AdapterInfo = Pick<GPUAdapterInfo, 'subgroupMinSize' | 'subgroupMaxSize'> & {
  subgroupMatrixConfigs?: Iterable<MatrixConfig>;
};

export const MATRIX_FEATURES = [
  'shader-f16',
  'subgroups',
  'chromium-experimental-subgroup-matrix' as GPUFeatureName,
] as const;

/** Side of a subgroup matrix, and lanes of a subgroup. */
export const SIDE = 16;
export const LANES = 32;

const MATRIX_STORAGE = 48 * 1024;

const adapters = new WeakMap<GPUDevice, AdapterInfo>();

/** Remembers what a device cannot tell: its adapter's list of matrix products. */
export function rememberAdapter(device: GPUDevice, info: GPUAdapterInfo): void {
  adapters.set(device, info);
}

/** Whether a device multiplies matrices of 16 × 16 in float16, into float32, by subgroups of 32. */
export function hasMatrixHardware(device: GPUDevice): boolean {
  const info = adapters.get(device);
  if (!info) return false;
  const fits = (config: MatrixConfig): boolean =>
    config.componentType === 'f16' &&
    config.resultComponentType === 'f32' &&
    [config.M, config.N, config.K].every((side) => side === SIDE);
  return (
    MATRIX_FEATURES.every((feature) => device.features.has(feature)) &&
    [info.subgroupMinSize, info.subgroupMaxSize].every((size) => size === LANES) &&
    device.limits.maxComputeWorkgroupStorageSize >= MATRIX_STORAGE &&
    [...(info.subgroupMatrixConfigs ?? [])].some(fits)
  );
}
