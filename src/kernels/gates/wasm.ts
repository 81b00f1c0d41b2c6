import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Address } from '../wasm/exports.ts';
import { address, addresses, after, allocate, kernels, registerWasm } from '../wasm/module.ts';

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

/** Rows, width of a half and address of the gates, which lie in the second half of each row. */
function halves(x: TensorInfo): { rows: number; size: number; gate: Address } {
  const [rows, width] = x.shape as [number, number];
  return { rows, size: width / 2, gate: after(address(x), width / 2) };
}

/** Gates in a tensor of their own: one row. */
const apart = (x: TensorInfo) => ({ rows: 1, size: count(x), stride: count(x) });

function gluForward({ x }: Single): TensorInfo {
  const { rows, size, gate } = halves(x);
  const out = allocate([rows, size]);
  const stride = 2 * size;
  kernels().sigmoidGateForward({ gate, ...addresses({ x, out }), rows, size, stride });
  return out;
}

function gluBackward({ dOut, x }: Single & Gradient): TensorInfo {
  const { rows, size, gate } = halves(x);
  const dx = allocate(x.shape);
  const at = { ...addresses({ dOut, x, dx }), gate, dGate: halves(dx).gate };
  kernels().sigmoidGateBackward({ ...at, rows, size, stride: 2 * size });
  return dx;
}

function gateForward({ gate, x }: Gated): TensorInfo {
  const out = allocate(x.shape);
  kernels().sigmoidGateForward({ ...addresses({ gate, x, out }), ...apart(x) });
  return out;
}

function gateBackward({ dOut, gate, x }: Gated & Gradient): TensorInfo[] {
  const [dGate, dx] = [allocate(gate.shape), allocate(x.shape)];
  const tensors = { dOut, gate, x, dGate, dx };
  kernels().sigmoidGateBackward({ ...addresses(tensors), ...apart(x) });
  return [dGate, dx];
}

function reluForward({ x }: Single): TensorInfo {
  const out = allocate(x.shape);
  kernels().squaredReluForward({ ...addresses({ x, out }), n: count(x) });
  return out;
}

function reluBackward({ dOut, x }: Single & Gradient): TensorInfo {
  const dx = allocate(x.shape);
  kernels().squaredReluBackward({ ...addresses({ dOut, x, dx }), n: count(x) });
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
