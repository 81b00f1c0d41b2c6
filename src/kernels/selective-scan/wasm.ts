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
}
interface ScanAttributes {
  deltaSoftplus: boolean;
}

const addresses = ({ u, delta, A, B, C, D, z, deltaBias }: ScanInputs): number[] =>
  [u, delta, A, B, C, D, z, deltaBias].map(address);

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
    ...addresses(inputs),
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
  const { u, delta, A, B, C, D, z, deltaBias } = inputs;
  const gradients = [u, delta, A, B, C, D, z, deltaBias].map((x) => x && allocate(x.shape));
  const { scanBackward, scanGradScratch } = kernels();
  const work = scratch(scanGradScratch(length, channels, states));
  scanBackward(
    address(dOut),
    ...addresses(inputs),
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
