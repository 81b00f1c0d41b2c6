import { registerActivation } from '../webgpu/activation.ts';
import { BACKWARD_WGSL, FORWARD_WGSL } from './gelu-exact.wgsl.ts';

/** Kernels `GeluExact` and `GeluExactGrad`; contracts in op.ts. */
export const registerWebgpu = (): void =>
  registerActivation('GeluExact', FORWARD_WGSL, BACKWARD_WGSL);
