import type { TensorInfo } from '@tensorflow/tfjs-core';
import { share, registerWasm } from './module.ts';

/** Stock `Identity` copies; the tape clones every saved tensor through it, a tenth of a training step. */
export function registerWasmKernels(): void {
  registerWasm('Identity', ({ x }: { x: TensorInfo }) => share(x));
}
