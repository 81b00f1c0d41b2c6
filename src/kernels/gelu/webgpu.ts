import { registerActivation } from '../webgpu/activation.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './gelu.wgsl.ts';

/** Kernels `Gelu` and `GeluGrad`; contracts in op.ts. */
export const registerWebgpu = (): void => registerActivation('Gelu', FORWARD_WGSL, BACKWARD_WGSL);
