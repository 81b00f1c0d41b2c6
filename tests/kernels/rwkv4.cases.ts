import { sigmoidGate, squaredRelu } from '../../src/kernels/gates/op.ts';
import {
  sigmoidGateGradReference,
  sigmoidGateReference,
  squaredReluGradReference,
  squaredReluReference,
} from '../../src/kernels/gates/reference.ts';
import { tokenMix } from '../../src/kernels/token-mix/op.ts';
import { tokenMixGradReference, tokenMixReference } from '../../src/kernels/token-mix/reference.ts';
import { wkv } from '../../src/kernels/wkv/op.ts';
import type { WkvInputs } from '../../src/kernels/wkv/op.ts';
import { wkvGradReference, wkvReference } from '../../src/kernels/wkv/reference.ts';
import type { WkvArrays } from '../../src/kernels/wkv/reference.ts';
import type { OperationCase } from './case.ts';

type Named<Keys extends string> = Record<Keys, Float64Array>;

/** @param offset of every key: the outputs do not depend on it, overflowing exponentials would */
function wkvCase(
  [batch, length, channels]: readonly [number, number, number],
  offset = 0,
): OperationCase {
  const shape = [batch, length, channels];
  return {
    name: `wkv B${batch} L${length} D${channels}${offset === 0 ? '' : ` keys ${offset}`}`,
    shapes: { k: shape, v: shape, w: [channels], u: [channels] },
    prepare: ({ k, v, w, u }) => ({
      k: k!.map((x) => Math.fround(4 * x + offset)),
      v: v!,
      w: w!.map((x) => Math.fround(-Math.exp(4 * x - 2))),
      u: u!,
    }),
    run: (tensors) => wkv(tensors as WkvInputs),
    // An infinite key or decay has a limit, which ours reach and the reference's ∞ / ∞ and 0 · ∞ do not.
    poisons: [NaN],
    reference: (arrays) => wkvReference(arrays as unknown as WkvArrays, length),
    gradient: (arrays, dOut) => ({
      ...wkvGradReference(arrays as unknown as WkvArrays, length, dOut),
    }),
  };
}

function tokenMixCase(...[batch, length, channels]: [number, number, number]): OperationCase {
  type Arrays = Named<'x' | 'mix'>;
  return {
    name: `tokenMix B${batch} L${length} D${channels}`,
    shapes: { x: [batch, length, channels], mix: [channels] },
    run: ({ x, mix }) => tokenMix(x!, mix!),
    reference: (arrays) => tokenMixReference(arrays as Arrays, length),
    gradient: (arrays, dOut) => ({ ...tokenMixGradReference(arrays as Arrays, length, dOut) }),
  };
}

function sigmoidGateCase(...shape: number[]): OperationCase {
  type Arrays = Named<'gate' | 'x'>;
  return {
    name: `sigmoidGate [${shape.join(' ')}]`,
    shapes: { gate: shape, x: shape },
    prepare: ({ gate, x }) => ({ gate: gate!.map((value) => Math.fround(6 * value)), x: x! }),
    run: ({ gate, x }) => sigmoidGate(gate!, x!),
    reference: (arrays) => sigmoidGateReference(arrays as Arrays),
    gradient: (arrays, dOut) => sigmoidGateGradReference(arrays as Arrays, dOut),
  };
}

function squaredReluCase(...shape: number[]): OperationCase {
  return {
    name: `squaredRelu [${shape.join(' ')}]`,
    shapes: { x: shape },
    run: ({ x }) => squaredRelu(x!),
    reference: ({ x }) => squaredReluReference(x!),
    gradient: ({ x }, dOut) => ({ x: squaredReluGradReference(x!, dOut) }),
  };
}

export const rwkv4Cases: OperationCase[] = [
  wkvCase([1, 1, 1]),
  wkvCase([2, 7, 5]),
  wkvCase([3, 16, 4], 80),
  wkvCase([1, 33, 3], -60),
  wkvCase([2, 67, 65]),
  tokenMixCase(1, 1, 1),
  tokenMixCase(2, 3, 5),
  tokenMixCase(1, 67, 7),
  tokenMixCase(3, 16, 64),
  sigmoidGateCase(1),
  sigmoidGateCase(3, 43),
  squaredReluCase(1),
  squaredReluCase(2, 3, 65),
];
