import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addresses, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

interface ScanInputs {
  u: TensorInfo;
  delta: TensorInfo;
  A: TensorInfo;
  B: TensorInfo;
  C: TensorInfo;
  D?: TensorInfo;
  z?: TensorInfo;
  deltaBias?: TensorInfo;
  initialState?: TensorInfo;
}
interface ScanAttributes {
  deltaSoftplus: boolean;
}

const inputsAt = ({ u, delta, A, B, C, D, z, deltaBias, initialState }: ScanInputs) => {
  const sequences = { uAt: u, deltaAt: delta, A, BAt: B, CAt: C, zAt: z };
  return addresses({ ...sequences, skipAt: D, biasAt: deltaBias, initialAt: initialState });
};

function sizes({ u, A }: ScanInputs) {
  const [prompts, length, channels] = u.shape as [number, number, number];
  return { prompts, length, channels, states: A.shape[1] as number };
}

function forward(inputs: ScanInputs, { deltaSoftplus }: ScanAttributes): TensorInfo[] {
  const shape = sizes(inputs);
  const { prompts, length, channels, states } = shape;
  const out = allocate([prompts, length, channels]);
  const lastState = allocate([prompts, channels, states]);
  const { scanForward, scanScratch } = kernels();
  scanForward({
    ...inputsAt(inputs),
    ...addresses({ out, lastState }),
    ...shape,
    softplusOn: deltaSoftplus,
    scratch: scratch(scanScratch(shape)),
  });
  return [out, lastState];
}

function backward(
  { dOut, ...inputs }: ScanInputs & { dOut: TensorInfo },
  { deltaSoftplus }: ScanAttributes,
): TensorInfo[] {
  const shape = sizes(inputs);
  const like = (input: TensorInfo | undefined) => input && allocate(input.shape);
  const { u, delta, A, B, C, D, z, deltaBias, initialState } = inputs;
  const gradients = {
    duAt: like(u),
    dDeltaAt: like(delta),
    dAAt: like(A),
    dBAt: like(B),
    dCAt: like(C),
    dSkipAt: like(D),
    dzAt: like(z),
    dBiasAt: like(deltaBias),
    dInitialAt: like(initialState),
  };
  const { scanBackward, scanGradScratch } = kernels();
  scanBackward({
    ...inputsAt(inputs),
    ...addresses({ dOutAt: dOut, ...gradients }),
    ...shape,
    softplusOn: deltaSoftplus,
    scratch: scratch(scanGradScratch(shape)),
  });
  return Object.values(gradients).filter((gradient) => gradient !== undefined);
}

export function registerWasmKernels(): void {
  registerWasm('SelectiveScan', forward);
  registerWasm('SelectiveScanGrad', backward);
}
