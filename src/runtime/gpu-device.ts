import { env, findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { MATRIX_FEATURES, rememberAdapter } from './matrix-hardware.ts';

/** Limits asked for as high as the adapter has them, or as this project needs at most. */
const RAISED_LIMITS: Readonly<Record<string, number>> = {
  maxBufferSize: Infinity,
  maxStorageBufferBindingSize: Infinity,
  maxComputeWorkgroupsPerDimension: Infinity,
  maxComputeInvocationsPerWorkgroup: Infinity,
  maxComputeWorkgroupSizeX: Infinity,
  maxComputeWorkgroupStorageSize: 48 * 1024,
};

const OPTIONAL_FEATURES = ['timestamp-query' as const, ...MATRIX_FEATURES];

/** A device whose loss and uncaught errors are kept for whoever asks. */
export interface OwnedDevice {
  device: GPUDevice;
  lost: Promise<Error>;
  /** Throws the first failure of the device, if any. */
  check: () => void;
}

export async function requestOwnedDevice(adapter: GPUAdapter): Promise<OwnedDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const [name, most] of Object.entries(RAISED_LIMITS)) {
    requiredLimits[name] = Math.min(most, adapter.limits[name as 'maxBufferSize']);
  }
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  rememberAdapter(device, adapter.info);
  let failure: Error | undefined;
  const lost = device.lost.then(({ reason, message }) => {
    failure ??= new Error(
      `webgpu: expected a working device, got a lost one (${reason}: ${message}); ` +
        'open the runtime again and resume from the last checkpoint',
    );
    return failure;
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= new Error(`webgpu: the device reported an error: ${error.message}`);
  });
  const check = (): void => {
    if (failure) throw failure;
  };
  return { device, lost, check };
}

/**
 * Registers `webgpu` over a device of ours. Importing the stock backend where navigator.gpu exists
 * registers one with a device of its own, which neither raises limits nor notices its loss.
 */
export function registerOwnDevice(
  Backend: new (device: GPUDevice, info: GPUAdapterInfo) => WebGPUBackend,
  device: GPUDevice,
  info: GPUAdapterInfo,
): void {
  // Otherwise small operations run on the processor, to other last bits, whenever their inputs happen to have
  // been read back: a training would depend on when it was saved.
  env().set('WEBGPU_CPU_FORWARD', false);
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', () => new Backend(device, info), 3);
}
