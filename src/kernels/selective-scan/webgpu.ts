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
import { CHUNK, backwardWgsl, checkpointWgsl, forwardWgsl } from './scan.wgsl.ts';
import type { ScanVariant } from './scan.wgsl.ts';

/** Channels of a workgroup. */
const TILE = 32;
/** States that a lane holds in registers at a time. */
const MOST_STATES = 16;

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
  const block = Math.min(states, MOST_STATES);
  const launchBase = {
    constants: { CHANNELS: channels, STATES: states, BLOCK: block, CHUNK },
    workgroups: batch * tiles,
    workgroupSize: TILE,
  } satisfies Partial<Launch>;
  return { batch, length, channels, states, tiles, launchBase };
}

const variantOf = (inputs: Inputs, attributes: object): ScanVariant => ({
  D: inputs.D !== undefined,
  z: inputs.z !== undefined,
  deltaBias: inputs.deltaBias !== undefined,
  initialState: inputs.initialState !== undefined,
  deltaSoftplus: 'deltaSoftplus' in attributes && attributes.deltaSoftplus === true,
});

const present = (inputs: Inputs, ...names: string[]): TensorInfo[] =>
  names.map((name) => inputs[name]).filter((input) => input !== undefined);

const named = (inputs: Inputs, ...names: string[]): Record<string, TensorInfo> =>
  Object.fromEntries(
    names.filter((name) => inputs[name]).map((name) => [name, need(inputs, name)]),
  );

const forward: Kernel = (backend, inputs, attributes) => {
  const { batch, length, channels, states, launchBase } = shapeOf(inputs);
  const parts = present(inputs, 'A', 'D', 'deltaBias', 'initialState');
  const channel = newTensor(backend, total(parts));
  pack(backend, channel, parts);
  const out = newTensor(backend, batch, length, channels);
  const lastState = newTensor(backend, batch, channels, states);
  launch(backend, {
    ...launchBase,
    name: 'SelectiveScan',
    wgsl: forwardWgsl(variantOf(inputs, attributes)),
    reads: { ...named(inputs, 'u', 'delta', 'B', 'C', 'z'), channel },
    writes: { out, last_state: lastState },
    sizes: { length },
  });
  backend.disposeData(channel.dataId);
  return [out, lastState];
};

const total = (tensors: readonly TensorInfo[]): number =>
  tensors.reduce((sum, tensor) => sum + elements(tensor), 0);

/** Where each part of the backward pass's scratch buffer begins, in elements. */
function scratchLayout(inputs: Inputs) {
  const { batch, length, channels, states, tiles } = shapeOf(inputs);
  const tokens = batch * length * states;
  const parts = present(inputs, 'B', 'C', 'A', 'D', 'deltaBias', 'initialState');
  const at_a = 2 * tokens;
  const at_d = at_a + channels * states;
  const at_bias = at_d + (inputs.D ? channels : 0);
  const at_initial = at_bias + (inputs.deltaBias ? channels : 0);
  const at_checkpoints = total(parts);
  const at_parts = at_checkpoints + Math.ceil(length / CHUNK) * batch * channels * states;
  const at_sums = at_parts + 2 * tiles * tokens;
  const at_d_initial = at_sums + batch * channels * (states + 2);
  const size = at_d_initial + batch * channels * states;
  const starts = { at_c: tokens, at_a, at_d, at_bias, at_initial, at_checkpoints };
  return { parts, size, offsets: { ...starts, at_parts, at_sums, at_d_initial } };
}

const backward: Kernel = (backend, inputs, attributes) => {
  const { batch, length, launchBase } = shapeOf(inputs);
  const { parts, size, offsets } = scratchLayout(inputs);
  const variant = variantOf(inputs, attributes);
  const scratch = newTensor(backend, size);
  pack(backend, scratch, parts);
  const base = { ...launchBase, sizes: { batch, length, ...offsets } };
  launch(backend, {
    ...base,
    name: 'SelectiveScanGrad checkpoints',
    wgsl: checkpointWgsl(variant),
    reads: named(inputs, 'u', 'delta', 'z'),
    writes: { scratch },
  });
  const like = (input: TensorInfo): TensorInfo => newTensor(backend, ...input.shape);
  const du = like(need(inputs, 'u'));
  const ddelta = like(need(inputs, 'delta'));
  const dz = inputs.z ? { dz: like(inputs.z) } : {};
  launch(backend, {
    ...base,
    name: 'SelectiveScanGrad',
    wgsl: backwardWgsl(variant),
    reads: { ...named(inputs, 'u', 'delta', 'z'), d_out: need(inputs, 'dOut') },
    writes: { scratch, du, ddelta, ...dz },
  });
  const sums = reduced(backend, inputs, scratch, offsets);
  backend.disposeData(scratch.dataId);
  const gradients: Inputs = { u: du, delta: ddelta, z: dz.dz, ...sums };
  return present(gradients, 'u', 'delta', 'A', 'B', 'C', 'D', 'z', 'deltaBias', 'initialState');
};

/** The gradients that are sums over prompts and tokens, from the partial sums in scratch. */
function reduced(
  backend: WebGPUBackend,
  inputs: Inputs,
  scratch: TensorInfo,
  { at_parts, at_sums, at_d_initial }: Record<'at_parts' | 'at_sums' | 'at_d_initial', number>,
): Inputs {
  const { batch, length, channels, states, tiles } = shapeOf(inputs);
  const tokens = batch * length * states;
  const overTiles = (offset: number): TensorInfo =>
    sumParts(backend, scratch, { offset, count: tiles, stride: tokens }, [batch, length, states]);
  const overBatch = (offset: number, shape: number[]): TensorInfo =>
    sumParts(backend, scratch, { offset, count: batch, stride: channels * (states + 2) }, shape);
  const at_skip = at_sums + channels * states;
  return {
    A: overBatch(at_sums, [channels, states]),
    B: overTiles(at_parts),
    C: overTiles(at_parts + tiles * tokens),
    D: inputs.D && overBatch(at_skip, [channels]),
    deltaBias: inputs.deltaBias && overBatch(at_skip + channels, [channels]),
    initialState:
      inputs.initialState &&
      sumParts(backend, scratch, { offset: at_d_initial, count: 1, stride: 0 }, [
        batch,
        channels,
        states,
      ]),
  };
}
