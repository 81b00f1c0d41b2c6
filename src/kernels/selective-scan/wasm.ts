import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm, scratch } from '../wasm/module.ts';

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

const ordered = (inputs: ScanInputs): (TensorInfo | undefined)[] => {
  const { u, delta, A, B, C, D, z, deltaBias, initialState } = inputs;
  return [u, delta, A, B, C, D, z, deltaBias, initialState];
};

const sizes = ({ u, A }: ScanInputs): [number, number, number, number] => [
  ...(u.shape as [number, number, number]),
  A.shape[1] as number,
];

function forward(inputs: ScanInputs, { deltaSoftplus }: ScanAttributes): TensorInfo[] {
  const [prompts, length, channels, states] = sizes(inputs);
  const out = allocate([prompts, length, channels]);
  const lastState = allocate([prompts, channels, states]);
  const { scanForward, scanScratch } = kernels();
  const work = scratch(scanScratch(channels, states));
  scanForward(
    ...ordered(inputs).map(address),
    address(out),
    address(lastState),
    prompts,
    length,
    channels,
    states,
    Number(deltaSoftplus),
    work,
  );
  return [out, lastState];
}

function backward(
  { dOut, ...inputs }: ScanInputs & { dOut: TensorInfo },
  { deltaSoftplus }: ScanAttributes,
): TensorInfo[] {
  const [prompts, length, channels, states] = sizes(inputs);
  const gradients = ordered(inputs).map((x) => x && allocate(x.shape));
  const { scanBackward, scanGradScratch } = kernels();
  const work = scratch(scanGradScratch(length, channels, states));
  scanBackward(
    address(dOut),
    ...ordered(inputs).map(address),
    ...gradients.map(address),
    prompts,
    length,
    channels,
    states,
    Number(deltaSoftplus),
    work,
  );
  return gradients.filter((gradient) => gradient !== undefined);
}

export function registerWasmKernels(): void {
  registerWasm('SelectiveScan', forward);
  registerWasm('SelectiveScanGrad', backward);
}
