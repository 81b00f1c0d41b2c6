import { env } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  elements,
  launch,
  need,
  newTensor,
  pack,
  registerWebgpuKernel,
} from '../webgpu/dispatch.ts';
import type { Kernel, Launch } from '../webgpu/dispatch.ts';
import { sumParts } from '../webgpu/sum-parts.ts';
import { MOST_SHARES, SHARE, backwardWgsl } from './backward.wgsl.ts';
import { blockOf, CHUNK, forwardWgsl, propagateWgsl, summaryWgsl } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/** Channels of a workgroup. */
const TILE = 32;
/** States that a lane holds in registers at a time. */
const MOST_STATES = 16;
/** Tokens whose states a lane holds in the gradient's last pass; divides CHUNK. */
const SPAN = 4;
const COLUMNS = 64;

/**
 * Whether the gradient keeps the states before, and its own after, every chunk in half precision: a word for the
 * two instead of two. Off unless set, and on any adapter, since packing needs no feature. A state above 65,504
 * then becomes infinite; the error is measured by `lab bench --filter half` and bounded by a test.
 */
export const HALF_STATES = 'WEBGPU_SCAN_HALF_STATES';
env().registerFlag(HALF_STATES, () => false);

type Inputs = Record<string, TensorInfo | undefined>;

/** Kernels `SelectiveScan` and `SelectiveScanGrad`; contracts in op.ts. */
export function registerWebgpu(): void {
  registerWebgpuKernel('SelectiveScan', forward);
  registerWebgpuKernel('SelectiveScanGrad', backward);
}

function shapeOf(inputs: Inputs) {
  const [batch, length, channels] = need(inputs, 'u').shape as [number, number, number];
  const states = need(inputs, 'A').shape[1] as number;
  const tiles = Math.ceil(channels / TILE);
  const pieces = batch * Math.ceil(length / CHUNK);
  return { batch, length, channels, states, tiles, pieces };
}

const variantOf = (inputs: Inputs, attributes: object, forGradient: boolean): ScanVariant => ({
  D: inputs.D !== undefined,
  z: inputs.z !== undefined,
  deltaBias: inputs.deltaBias !== undefined,
  initialState: inputs.initialState !== undefined,
  deltaSoftplus: 'deltaSoftplus' in attributes && attributes.deltaSoftplus === true,
  halfStates: forGradient && env().getBool(HALF_STATES),
  states: shapeOf(inputs).states,
});

const present = (inputs: Inputs, ...names: string[]): TensorInfo[] =>
  names.map((name) => inputs[name]).filter((input) => input !== undefined);

const named = (inputs: Inputs, ...names: string[]): Record<string, TensorInfo> =>
  Object.fromEntries(
    names.filter((name) => inputs[name]).map((name) => [name, need(inputs, name)]),
  );

/** Where each part of scratch begins, in elements; the parts are listed in scan.wgsl.ts. */
function layoutOf(inputs: Inputs, forGradient: boolean, halfStates: boolean) {
  const { batch, length, channels, states, tiles, pieces } = shapeOf(inputs);
  const tokens = batch * length * states;
  const count = (name: string): number => (inputs[name] ? elements(need(inputs, name)) : 0);
  const parts: Record<string, number> = {
    at_b: tokens,
    at_c: tokens,
    at_a: channels * states,
    at_d: count('D'),
    at_bias: count('deltaBias'),
    at_initial: count('initialState'),
    at_steps: pieces * channels,
    at_starts: pieces * states * channels,
    at_ends: forGradient && !halfStates ? pieces * states * channels : 0,
    at_parts: forGradient ? 2 * tiles * tokens : 0,
    at_sums: forGradient ? pieces * channels * (states + 2) : 0,
    at_d_initial: forGradient ? count('initialState') : 0,
  };
  let size = 0;
  const offsets = Object.entries(parts).map(([name, elementsOfPart]) => {
    size += elementsOfPart;
    return [name, size - elementsOfPart] as const;
  });
  return { size, offsets: Object.fromEntries(offsets) };
}

/** Scratch with its inputs packed, and the two passes that bring each chunk its state. */
function prepare(backend: WebGPUBackend, inputs: Inputs, attributes: object, dOut?: TensorInfo) {
  const { batch, length, channels, states, tiles, pieces } = shapeOf(inputs);
  const chunks = pieces / batch;
  const variant = variantOf(inputs, attributes, dOut !== undefined);
  const { size, offsets } = layoutOf(inputs, dOut !== undefined, variant.halfStates);
  const scratch = newTensor(backend, size);
  pack(backend, scratch, present(inputs, 'B', 'C', 'A', 'D', 'deltaBias', 'initialState'));
  const base = {
    constants: {
      CHANNELS: channels,
      STATES: states,
      TILE,
      BLOCK: blockOf(variant, MOST_STATES),
      CHUNK,
    },
    sizes: { batch, length, chunks, tokens: Math.ceil(length / chunks), ...offsets },
    workgroups: pieces * tiles,
    workgroupSize: TILE,
    ...(variant.halfStates && { words: ['scratch'] }),
  } satisfies Partial<Launch>;
  launch(backend, {
    ...base,
    name: 'SelectiveScan summary',
    wgsl: summaryWgsl(variant, MOST_STATES, dOut !== undefined),
    reads: dOut
      ? { ...named(inputs, 'u', 'delta', 'z'), d_out: dOut }
      : named(inputs, 'u', 'delta'),
    writes: { scratch },
  });
  const lastState = dOut ? undefined : newTensor(backend, batch, channels, states);
  launch(backend, {
    ...base,
    name: 'SelectiveScan propagate',
    wgsl: propagateWgsl(variant, dOut !== undefined),
    reads: {},
    writes: { scratch, ...(lastState && { last_state: lastState }) },
    workgroups: Math.ceil((batch * channels * states) / COLUMNS),
    workgroupSize: COLUMNS,
  });
  return { scratch, lastState, base, offsets, variant };
}

const forward: Kernel = (backend, inputs, attributes) => {
  const { batch, length, channels } = shapeOf(inputs);
  const { scratch, lastState, base, variant } = prepare(backend, inputs, attributes);
  const out = newTensor(backend, batch, length, channels);
  launch(backend, {
    ...base,
    name: 'SelectiveScan',
    wgsl: forwardWgsl(variant, MOST_STATES),
    reads: named(inputs, 'u', 'delta', 'z'),
    writes: { scratch, out },
  });
  backend.disposeData(scratch.dataId);
  return [out, lastState as TensorInfo];
};

const backward: Kernel = (backend, inputs, attributes) => {
  const dOut = need(inputs, 'dOut');
  const { scratch, base, offsets, variant } = prepare(backend, inputs, attributes, dOut);
  const like = (input: TensorInfo): TensorInfo => newTensor(backend, ...input.shape);
  const du = like(need(inputs, 'u'));
  const ddelta = like(need(inputs, 'delta'));
  const dz = inputs.z ? { dz: like(inputs.z) } : {};
  const shares = Math.min(MOST_SHARES, Math.ceil(variant.states / SHARE));
  launch(backend, {
    ...base,
    name: 'SelectiveScanGrad',
    wgsl: backwardWgsl(variant, SPAN),
    constants: { ...base.constants, BLOCK: shares * SHARE, SHARE, SHARES: shares, SPAN },
    workgroupSize: TILE * shares,
    reads: { ...named(inputs, 'u', 'delta', 'z'), d_out: dOut },
    writes: { scratch, du, ddelta, ...dz },
  });
  const sums = reduced(backend, inputs, scratch, offsets);
  backend.disposeData(scratch.dataId);
  const gradients: Inputs = { u: du, delta: ddelta, z: dz.dz, ...sums };
  return present(gradients, 'u', 'delta', 'A', 'B', 'C', 'D', 'z', 'deltaBias', 'initialState');
};

/** The gradients that are sums over prompts, chunks or tiles, from the partial sums in scratch. */
function reduced(
  backend: WebGPUBackend,
  inputs: Inputs,
  scratch: TensorInfo,
  offsets: Record<string, number>,
): Inputs {
  const { batch, length, channels, states, tiles, pieces } = shapeOf(inputs);
  const tokens = batch * length * states;
  const at = (name: string): number => offsets[name] as number;
  const overTiles = (offset: number): TensorInfo =>
    sumParts(backend, scratch, { offset, count: tiles, stride: tokens }, [batch, length, states]);
  const overPieces = (offset: number, shape: number[]): TensorInfo =>
    sumParts(backend, scratch, { offset, count: pieces, stride: channels * (states + 2) }, shape);
  const skipAt = at('at_sums') + channels * states;
  const initial = { offset: at('at_d_initial'), count: 1, stride: 0 };
  return {
    A: overPieces(at('at_sums'), [channels, states]),
    B: overTiles(at('at_parts')),
    C: overTiles(at('at_parts') + tiles * tokens),
    D: inputs.D && overPieces(skipAt, [channels]),
    deltaBias: inputs.deltaBias && overPieces(skipAt + channels, [channels]),
    initialState:
      inputs.initialState && sumParts(backend, scratch, initial, [batch, channels, states]),
  };
}
