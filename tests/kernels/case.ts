import type { Tensor } from '@tensorflow/tfjs-core';
import type { Arrays, Shapes } from './support.ts';

/** One operation at one shape, beside its float64 reference. */
export interface OperationCase {
  name: string;
  shapes: Shapes;
  /** Turns drawn values in (-1, 1) into inputs that mean something to the operation. */
  prepare?: (arrays: Arrays) => Arrays;
  run: (tensors: Record<string, Tensor>) => Tensor;
  reference: (arrays: Arrays) => Float64Array;
  gradient: (arrays: Arrays, dOut: Float64Array) => Record<string, Float64Array | undefined>;
  /** What must not vanish in an input; left out: NaN and both infinities. */
  poisons?: readonly number[];
}
