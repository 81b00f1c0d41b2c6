import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { address, allocate, kernels, registerWasm } from '../wasm/module.ts';

interface Gradient {
  dOut: TensorInfo;
}
interface Single {
  x: TensorInfo;
}
interface Gated {
  gate: TensorInfo;
  x: TensorInfo;
}

const count = ({ shape }: TensorInfo): number => util.sizeFromShape(shape);

/** Rows, width of a half and byte offset of the gates, which lie in the second half of each row. */
function halves(x: TensorInfo): { rows: number; size: number; gateAt: number } {
  const [rows, width] = x.shape as [number, number];
  return { rows, size: width / 2, gateAt: address(x) + 2 * width };
}

function gluForward({ x }: Single): TensorInfo {
  const { rows, size, gateAt } = halves(x);
  const out = allocate([rows, size]);
  kernels().sigmoidGateForward(gateAt, address(x), address(out), rows, size, 2 * size);
  return out;
}

function gluBackward({ dOut, x }: Single & Gradient): TensorInfo {
  const { rows, size, gateAt } = halves(x);
  const dx = allocate(x.shape);
  kernels().sigmoidGateBackward(
    address(dOut),
    gateAt,
    address(x),
    halves(dx).gateAt,
    address(dx),
    rows,
    size,
    2 * size,
  );
  return dx;
}

function gateForward({ gate, x }: Gated): TensorInfo {
  const out = allocate(x.shape);
  kernels().sigmoidGateForward(...[gate, x, out].map(address), 1, count(x), count(x));
  return out;
}

function gateBackward({ dOut, gate, x }: Gated & Gradient): TensorInfo[] {
  const gradients = [gate, x].map(({ shape }) => allocate(shape));
  const operands = [dOut, gate, x, ...gradients].map(address);
  kernels().sigmoidGateBackward(...operands, 1, count(x), count(x));
  return gradients;
}

function reluForward({ x }: Single): TensorInfo {
  const out = allocate(x.shape);
  kernels().squaredReluForward(address(x), address(out), count(x));
  return out;
}

function reluBackward({ dOut, x }: Single & Gradient): TensorInfo {
  const dx = allocate(x.shape);
  kernels().squaredReluBackward(...[dOut, x, dx].map(address), count(x));
  return dx;
}

export function registerWasmKernels(): void {
  registerWasm('Glu', gluForward);
  registerWasm('GluGrad', gluBackward);
  registerWasm('SigmoidGate', gateForward);
  registerWasm('SigmoidGateGrad', gateBackward);
  registerWasm('SquaredRelu', reluForward);
  registerWasm('SquaredReluGrad', reluBackward);
}
