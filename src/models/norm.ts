import type { Tensor } from '@tensorflow/tfjs-core';
import { layerNorm } from '../kernels/norm/op.ts';
import { constant } from './initial.ts';
import type { Parameters, ParameterValues } from './model.ts';

const EPSILON = 1e-5;

/** PyTorch's `nn.LayerNorm` over the last axis. */
export const norm = (p: Parameters, prefix: string, x: Tensor): Tensor =>
  layerNorm(x, p[`${prefix}.weight`]!, p[`${prefix}.bias`]!, EPSILON);

/** One that changes nothing yet. */
export const initNorm = (prefix: string, d_model: number): ParameterValues => ({
  [`${prefix}.weight`]: constant([d_model], 1),
  [`${prefix}.bias`]: constant([d_model], 0),
});
